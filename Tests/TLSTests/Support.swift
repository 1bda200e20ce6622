import ParleyTesting
import TLS
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files that the tests need, made once with the `openssl` program.
struct TestFiles {
    private let folder = TemporaryFolder()

    static let shared = TestFiles()

    private init() {
        makeCertificate("server", commonName: "localhost")
        makeCertificate("other", commonName: "other.example")
        do {
            try Program.run(
                "openssl", "pkey", "-in", key("server"), "-aes256", "-passout", "pass:secret", "-out", key("locked"))
        } catch {
            Issue.record(error)
        }
        folder.put(Array("garbage".utf8), in: "garbage.crt")
        // The folder goes with the process.
        atexit { TestFiles.shared.folder.removeAll() }
    }

    func certificate(_ name: String) -> String { folder.file("\(name).crt") }
    func key(_ name: String) -> String { folder.file("\(name).key") }

    func context(_ name: String = "server") throws -> TLSContext {
        try TLSContext(certificatePath: certificate(name), keyPath: key(name))
    }

    /// A client that trusts the server of the tests.
    func client() throws -> TLSContext { try TLSContext(clientTrusting: certificate("server")) }

    func makeCertificate(_ name: String, commonName: String) {
        do {
            try TestCertificate.make(
                certificatePath: certificate(name), keyPath: key(name), commonName: commonName)
        } catch {
            Issue.record(error)
        }
    }
}

/// A client and a server that talk in memory.
struct Pair {
    let client: TLSMachine
    let server: TLSMachine

    init(client: TLSContext? = nil, server: TLSContext? = nil, serverName: String? = "localhost") throws {
        self.client = try TLSMachine(try client ?? TestFiles.shared.client(), serverName: serverName)
        self.server = try TLSMachine(try server ?? TestFiles.shared.context())
    }

    /// Carries ciphertext to and fro until both are silent, in pieces of at most `size` bytes.
    func settle(pieces size: Int = .max) throws {
        while client.hasOutgoing || server.hasOutgoing {
            try carry(from: client, to: server, pieces: size)
            try carry(from: server, to: client, pieces: size)
        }
    }

    /// Carries what waits; returns what `target` read.
    @discardableResult
    func carry(from source: TLSMachine, to target: TLSMachine, pieces size: Int = .max) throws -> [UInt8] {
        var bytes: [UInt8] = []
        source.takeOutgoing(to: &bytes)
        return try target.read(bytes, pieces: size)
    }
}

extension TLSMachine {
    func read(_ ciphertext: [UInt8], pieces size: Int = .max) throws -> [UInt8] {
        var plaintext: [UInt8] = []
        var start = 0
        while start < ciphertext.count {
            let end = min(ciphertext.count, start + min(size, ciphertext.count))
            try ciphertext[start..<end].withUnsafeBytes { try received($0) { plaintext += $0 } }
            start = end
        }
        return plaintext
    }

    func encrypt(_ plaintext: [UInt8]) throws -> [UInt8] {
        var out: [UInt8] = []
        try encrypt(plaintext.span.bytes, to: &out)
        return out
    }
}
