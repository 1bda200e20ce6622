import Bytes
import Glibc
import Network
import ParleyTesting
import Testing

@testable import Fetch

/// Answers each connection to the loopback with the same bytes, and keeps what was sent to it.
private final class CannedServer: Sendable {
    let port: UInt16
    let requests = Locked<[String]>([])
    private let listener: Int32

    init(_ answer: String) throws {
        (listener, port) = try listening()
        SystemThread.start { [requests, listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                requests.withLock { $0.append(Self.request(connection)) }
                _ = answer.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
                shutdown(connection, Int32(SHUT_WR))
                var rest = [UInt8](repeating: 0, count: 1024)
                while recv(connection, &rest, rest.count, 0) > 0 {}
                close(connection)
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// A head, and the content that it tells of.
    private static func request(_ connection: Int32) -> String {
        var text = ""
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { return text }
            text += String(decoding: piece.prefix(count), as: UTF8.self)
            guard let head = text.range(of: "\r\n\r\n") else { continue }
            let field = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let wanted = field.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
            if text[head.upperBound...].utf8.count >= wanted { return text }
        }
    }
}

/// Takes connections and says nothing, until it ends.
private final class SilentServer: Sendable {
    let port: UInt16
    private let listener: Int32

    init() throws {
        (listener, port) = try listening()
    }

    deinit { close(listener) }
}

/// A socket that listens on the loopback, and its port.
private func listening() throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && listen(listener, 16) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    try #require(isBound)
    return (listener, UInt16(bigEndian: address.sin_port))
}

extension String {
    fileprivate func range(of part: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(part) }.map { $0..<index($0, offsetBy: part.count) }
    }
}

/// Ends its threads with the test.
private final class Pool: Sendable {
    let pool = BlockingPool(threads: 1, maxQueued: 1, name: "fetch")

    deinit { pool.stop() }
}

@Suite(.timeLimit(.minutes(5))) struct FetcherTests {
    private let pool = Pool()

    private func fetcher(allowing networks: [String] = ["127.0.0.1/32"], bytes: Int = 1000) throws -> Fetcher {
        var options = FetchOptions()
        options.timeout = 60_000
        options.connectTimeout = 60_000
        options.contentBytes = bytes
        options.headBytes = 1000
        let allowed = try networks.map { try #require(CIDR($0)) }
        return Fetcher(AddressGuard(allowing: allowed), options: options, pool: pool.pool)
    }

    @Test func `a post brings its headers and its body, and the answer comes back`() async throws {
        let server = try CannedServer("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok")
        let request = FetchRequest(
            .post, try FetchURL("http://127.0.0.1:\(server.port)/hook?a=b"),
            headers: [("Content-Type", "application/json"), ("X-Mark", "1")], body: Array("{}".utf8))
        let answer = try await fetcher().fetch(request)
        #expect(answer == FetchResponse(status: 201, body: Array("ok".utf8)))
        let sent = try #require(server.requests.withLock { $0.first })
        #expect(sent.hasPrefix("POST /hook?a=b HTTP/1.1\r\n") && sent.hasSuffix("\r\n\r\n{}"))
        for line in ["Content-Type: application/json", "X-Mark: 1", "User-Agent: Parley"] {
            #expect(sent.contains("\r\n\(line)\r\n"), "\(line)")
        }
        #expect(!sent.contains("Expect:"))
    }

    @Test func `a redirect is an answer, and is not followed`() async throws {
        let other = try CannedServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let location = "http://127.0.0.1:\(other.port)/"
        let server = try CannedServer("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        let answer = try await fetcher().fetch(
            FetchRequest(.get, try FetchURL("http://127.0.0.1:\(server.port)/")))
        #expect(answer.status == 302)
        #expect(other.requests.withLock { $0.isEmpty })
    }

    @Test(arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
    func `an address that is refused is not connected to`(host: String) async throws {
        let server = try CannedServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await #expect(throws: FetchError.addressRefused) {
            try await fetcher(allowing: []).fetch(FetchRequest(.get, try FetchURL("http://\(host):\(server.port)/")))
        }
        #expect(server.requests.withLock { $0.isEmpty })
    }

    @Test func `content is as long as the limit, and no longer`() async throws {
        for (count, isTaken) in [(1000, true), (1001, false)] {
            let content = String(repeating: "a", count: count)
            let server = try CannedServer("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n\(content)")
            let request = FetchRequest(.get, try FetchURL("http://127.0.0.1:\(server.port)/"))
            if isTaken {
                #expect(try await fetcher().fetch(request).body.count == count)
            } else {
                await #expect(throws: FetchError.tooLarge) { try await fetcher().fetch(request) }
            }
        }
    }

    @Test func `what does not answer in its time is given up`() async throws {
        let server = try SilentServer()
        let request = FetchRequest(.get, try FetchURL("http://127.0.0.1:\(server.port)/"))
        var options = FetchOptions()
        options.timeout = 100
        let hasty = Fetcher(
            AddressGuard(allowing: [try #require(CIDR("127.0.0.1/32"))]), options: options, pool: pool.pool)
        await #expect(throws: FetchError.timedOut) { try await hasty.fetch(request) }
    }

    @Test func `with as much as may wait nothing more is taken`() async throws {
        let gate = Gate()
        try pool.pool.submit { gate.waitUntilOpen() }
        await gate.untilSomeoneWaits()
        try pool.pool.submit {}
        let request = FetchRequest(.get, try FetchURL("http://127.0.0.1:1/"))
        await #expect(throws: FetchError.busy) { try await fetcher().fetch(request) }
        gate.open()
    }

    @Test func `a head that is too long is refused`() async throws {
        let padding = String(repeating: "a", count: 1000)
        let server = try CannedServer("HTTP/1.1 200 OK\r\nX: \(padding)\r\nContent-Length: 0\r\n\r\n")
        await #expect(throws: FetchError.tooLarge) {
            try await fetcher().fetch(FetchRequest(.get, try FetchURL("http://127.0.0.1:\(server.port)/")))
        }
    }

    @Test func `what answers nothing that is HTTP, and what does not answer, is told`() async throws {
        let server = try CannedServer("220 mail.example.org ESMTP\r\n")
        await #expect(throws: FetchError.self) {
            try await fetcher().fetch(FetchRequest(.get, try FetchURL("http://127.0.0.1:\(server.port)/")))
        }
        // Nobody listens at port 1 of the loopback.
        await #expect(throws: FetchError.cannotConnect) {
            try await fetcher().fetch(FetchRequest(.get, try FetchURL("http://127.0.0.1:1/")))
        }
        await #expect(throws: FetchError.unknownHost) {
            try await fetcher().fetch(FetchRequest(.get, try FetchURL("http://nobody.invalid/")))
        }
    }
}
