import COpenSSL
import Testing

@testable import TLS

@Suite struct TLSMachineTests {
    @Test(arguments: [Int.max, 1, 7])
    func `two machines agree and understand each other, however the bytes are split`(size: Int) throws {
        let pair = try Pair()
        #expect(pair.client.state == .handshaking)
        #expect(pair.server.version == nil)
        try pair.settle(pieces: size)
        #expect(pair.client.state == .open)
        #expect(pair.server.state == .open)
        #expect(pair.server.version == "TLSv1.3")
        #expect(pair.server.applicationProtocol == "http/1.1")
        #expect(pair.client.applicationProtocol == "http/1.1")

        let question = Array("question".utf8)
        #expect(try pair.server.read(try pair.client.encrypt(question), pieces: size) == question)
        let answer = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(try pair.client.read(try pair.server.encrypt(answer), pieces: size) == answer)
        #expect(!pair.server.hasOutgoing)
    }

    @Test func `TLS 1_2 is spoken with who speaks no more`() throws {
        let old = try TestFiles.shared.client()
        #expect(parley_ssl_set_versions(old.ssl.pointer, TLS1_2_VERSION, TLS1_2_VERSION) != 0)
        let pair = try Pair(client: old)
        try pair.settle(pieces: 1)
        #expect(pair.server.version == "TLSv1.2")
        #expect(try pair.server.read(try pair.client.encrypt([1, 2, 3])) == [1, 2, 3])
    }

    @Test func `TLS 1_1 is refused with an alert`() throws {
        let old = try TestFiles.shared.client()
        #expect(parley_ssl_set_versions(old.ssl.pointer, TLS1_VERSION, TLS1_1_VERSION) != 0)
        // The library must be talked into offering what it holds for broken itself.
        SSL_CTX_set_security_level(old.ssl.pointer, 0)
        #expect(SSL_CTX_set_cipher_list(old.ssl.pointer, "ALL:@SECLEVEL=0") == 1)
        let pair = try Pair(client: old)
        #expect(throws: TLSError.failed(reason: "unsupported protocol")) {
            try pair.carry(from: pair.client, to: pair.server)
        }
        #expect(pair.server.state == .failed)
        #expect(throws: TLSError.self) { try pair.carry(from: pair.server, to: pair.client) }
    }

    @Test func `what is no TLS is refused`() throws {
        let server = try TLSMachine(try TestFiles.shared.context())
        #expect(throws: TLSError.self) { try server.read(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)) }
        #expect(server.state == .failed)
        #expect(throws: TLSError.closed) { try server.read([1]) }
        #expect(throws: TLSError.closed) { try server.encrypt([1]) }
    }

    @Test func `a changed record is refused with an alert`() throws {
        let pair = try Pair()
        try pair.settle()
        var record = try pair.client.encrypt(Array("money: 10".utf8))
        record[record.count - 1] ^= 1
        let error = #expect(throws: TLSError.self) { try pair.server.read(record) }
        #expect(error?.description.contains("connect again") == true)
        #expect(pair.server.state == .failed)
        #expect(pair.server.hasOutgoing)
        #expect(throws: TLSError.self) { try pair.carry(from: pair.server, to: pair.client) }
    }

    @Test func `nothing is encrypted before the handshake is done`() throws {
        let pair = try Pair()
        #expect(throws: TLSError.closed) { try pair.server.encrypt([1]) }
        try pair.settle()
        #expect(try pair.client.read(try pair.server.encrypt([1])) == [1])
    }

    @Test func `close_notify is told, and the other side may still write`() throws {
        let pair = try Pair()
        try pair.settle()
        var farewell: [UInt8] = []
        pair.client.close(to: &farewell)
        #expect(!farewell.isEmpty)
        #expect(pair.client.state == .closed)
        #expect(try pair.server.read(farewell).isEmpty)
        #expect(pair.server.state == .peerClosed)
        #expect(!(try pair.server.encrypt([1, 2])).isEmpty)
        var answer: [UInt8] = []
        pair.server.close(to: &answer)
        pair.server.close(to: &answer)
        #expect(pair.server.state == .closed)
        #expect(throws: TLSError.closed) { try pair.server.encrypt([3]) }
    }

    @Test func `the plaintext may be answered and the machine closed from inside the call`() throws {
        let pair = try Pair()
        try pair.settle()
        var question: [UInt8] = []
        for number in 0..<3 { question += try pair.client.encrypt([UInt8(number)]) }
        var answers: [UInt8] = []
        var seen: [UInt8] = []
        try question.withUnsafeBytes { bytes in
            try pair.server.received(bytes) { plaintext in
                seen += plaintext
                if seen.count == 2 { return pair.server.close(to: &answers) }
                try? pair.server.encrypt(Array("answer".utf8).span.bytes, to: &answers)
            }
        }
        #expect(seen == [0, 1])
        #expect(try pair.client.read(answers) == Array("answer".utf8))
        #expect(pair.client.state == .peerClosed)
    }

    @Test func `the plaintext may be changed in place`() throws {
        let pair = try Pair()
        try pair.settle()
        try pair.client.encrypt([1, 2, 3]).withUnsafeBytes { bytes in
            try pair.server.received(bytes) { plaintext in
                for index in plaintext.indices { plaintext[index] ^= 0xff }
                #expect(Array(plaintext) == [0xfe, 0xfd, 0xfc])
            }
        }
    }

    @Test func `a client refuses a certificate of another name or that it does not trust`() throws {
        let wrongName = try Pair(serverName: "wrong.example")
        #expect(throws: TLSError.self) { try wrongName.settle() }
        #expect(wrongName.client.state == .failed)
        let untrusted = try Pair(server: try TestFiles.shared.context("other"))
        #expect(throws: TLSError.self) { try untrusted.settle() }
        let byAddress = try Pair(serverName: "127.0.0.1")
        try byAddress.settle()
        #expect(byAddress.client.state == .open)
        let wrongAddress = try Pair(serverName: "127.0.0.2")
        #expect(throws: TLSError.self) { try wrongAddress.settle() }
        let trusting = try Pair(
            client: try TLSContext(verifies: false), server: try TestFiles.shared.context("other"),
            serverName: "wrong.example")
        try trusting.settle()
        #expect(trusting.client.state == .open)
    }

    @Test func `a client that wants only other protocols is refused`() throws {
        let client = try TestFiles.shared.client()
        let onlyH2 = [2] + Array("h2".utf8)
        SSL_CTX_set_alpn_protos(client.ssl.pointer, onlyH2, UInt32(onlyH2.count))
        let pair = try Pair(client: client)
        #expect(throws: TLSError.self) { try pair.settle() }
        let both = try TestFiles.shared.client()
        let h2First = onlyH2 + [8] + Array("http/1.1".utf8)
        SSL_CTX_set_alpn_protos(both.ssl.pointer, h2First, UInt32(h2First.count))
        let agreed = try Pair(client: both)
        try agreed.settle()
        #expect(agreed.server.applicationProtocol == "http/1.1")
    }

    @Test func `renegotiation is refused`() throws {
        let old = try TestFiles.shared.client()
        #expect(parley_ssl_set_versions(old.ssl.pointer, TLS1_2_VERSION, TLS1_2_VERSION) != 0)
        SSL_CTX_clear_options(old.ssl.pointer, SSL_CTX_get_options(old.ssl.pointer))
        let pair = try Pair(client: old)
        try pair.settle()
        #expect(SSL_renegotiate(pair.client.ssl) == 1)
        SSL_do_handshake(pair.client.ssl)
        #expect(pair.client.hasOutgoing)
        // The server answers with a warning, which the client takes for the end.
        try pair.carry(from: pair.client, to: pair.server)
        #expect(pair.server.state == .open)
        #expect(throws: TLSError.failed(reason: "no renegotiation")) {
            try pair.carry(from: pair.server, to: pair.client)
        }
    }
}
