import TLS
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files that the tests need, made once with the `openssl` program in a temporary folder.
struct TestFiles {
    let folder: String

    static let shared: TestFiles = {
        var template = Array("/tmp/parley-tls-XXXXXX".utf8CString)
        let folder = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
        return TestFiles(folder: folder.map { String(cString: $0) } ?? "/tmp")
    }()

    private init(folder: String) {
        self.folder = folder
        makeCertificate("server", subject: "/CN=localhost")
        makeCertificate("other", subject: "/CN=other.example")
        run("openssl", "pkey", "-in", key("server"), "-aes256", "-passout", "pass:secret", "-out", key("locked"))
        write("garbage", to: certificate("garbage"))
        // The folder goes with the process; its files are small and the names are unique.
        atexit { TestFiles.shared.remove() }
    }

    func certificate(_ name: String) -> String { "\(folder)/\(name).crt" }
    func key(_ name: String) -> String { "\(folder)/\(name).key" }

    func context(_ name: String = "server") throws -> TLSContext {
        try TLSContext(certificatePath: certificate(name), keyPath: key(name))
    }

    /// A client that trusts the server of the tests.
    func client() throws -> TLSContext { try TLSContext(clientTrusting: certificate("server")) }

    func makeCertificate(_ name: String, subject: String) {
        run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", subject, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key(name), "-out",
            certificate(name))
    }

    private func write(_ text: String, to path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    private func remove() {
        for name in ["server", "other", "locked", "garbage", "reloaded"] {
            unlink(certificate(name))
            unlink(key(name))
        }
        rmdir(folder)
    }

    private func run(_ arguments: String...) {
        var id: pid_t = 0
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        posix_spawnp(&id, words[0] ?? strdup(""), &actions, nil, &words, environ)
        for word in words { free(word) }
        posix_spawn_file_actions_destroy(&actions)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
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
