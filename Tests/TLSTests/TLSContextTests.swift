import TLS
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct TLSContextTests {
    let files = TestFiles.shared

    @Test func `a missing certificate is named`() {
        let error = #expect(throws: TLSError.self) {
            try TLSContext(certificatePath: files.certificate("absent"), keyPath: files.key("server"))
        }
        guard case .badCertificate(files.certificate("absent"), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("no such file") == true)
    }

    @Test func `what is no certificate is named`() {
        let error = #expect(throws: TLSError.self) {
            try TLSContext(certificatePath: files.certificate("garbage"), keyPath: files.key("server"))
        }
        guard case .badCertificate = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a missing key and a key behind a password are named, and nobody is asked for it`() {
        for name in ["absent", "locked"] {
            let error = #expect(throws: TLSError.self) {
                try TLSContext(certificatePath: files.certificate("server"), keyPath: files.key(name))
            }
            guard case .badKey(files.key(name), _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `the key of another certificate is named`() {
        #expect(
            throws: TLSError.keyDoesNotMatch(certificatePath: files.certificate("server"), keyPath: files.key("other"))
        ) {
            try TLSContext(certificatePath: files.certificate("server"), keyPath: files.key("other"))
        }
    }

    @Test func `a reload is used by new connections, and a bad one changes nothing`() throws {
        files.makeCertificate("reloaded", commonName: "localhost")
        let context = try files.context("reloaded")
        let old = try TLSContext(clientTrusting: files.certificate("reloaded"))
        try Pair(client: old, server: context).settle()
        let open = try Pair(client: old, server: context)
        try open.settle()

        files.makeCertificate("reloaded", commonName: "localhost")
        try Pair(client: old, server: context).settle()
        try context.reload()
        #expect(throws: TLSError.self) { try Pair(client: old, server: context).settle() }
        let new = try TLSContext(clientTrusting: files.certificate("reloaded"))
        try Pair(client: new, server: context).settle()
        #expect(try open.server.read(try open.client.encrypt([1])) == [1])

        unlink(files.certificate("reloaded"))
        #expect(throws: TLSError.self) { try context.reload() }
        try Pair(client: new, server: context).settle()
    }
}
