import EngineIO
import EventLoops
import ParleyTesting
import Testing

/// Refuses every session, and says what it was told of the client.
private struct DoorEngine: EngineApplication {
    var engineOptions: EngineOptions {
        var options = EngineOptions()
        options.path = "/engine.io/"
        return options
    }

    func started(on loops: [any EventLoop]) {}
    func verify(_ handshake: EngineHandshake) async -> EngineVerdict {
        let names = handshake.headers.map(\.name).filter { $0 != "host" && $0 != "content-length" }
        return .refuse(
            message: "\(handshake.address) \(handshake.header("x-name") ?? "nobody") \(names.joined(separator: " "))")
    }
    func opened(_ session: any EngineSession) -> any EngineSessionDelegate { NoSession() }
    func stopping() async {}
}

private final class NoSession: EngineSessionDelegate {
    func received(text: RawSpan) {}
    func received(binary: RawSpan) {}
    func closed(_ reason: EngineCloseReason) {}
}

@Suite("Requests over the wire", .timeLimit(.minutes(10)))
struct RequestWireTests {
    @Test(arguments: ["", "&sid=", "&sid=a&sid=", "&sid"])
    func `who opens a session is known, whatever the query says of another`(query: String) async throws {
        let line = try await conversation(with: DoorEngine()) { wire in
            try wire.connect().exchange(
                "GET", "/engine.io/?EIO=4&transport=polling" + query, headers: ["X-Name: alice"]
            ).line
        }
        #expect(line == #"403 {"code":4,"message":"127.0.0.1 alice x-name"}"#)
    }

    @Test func `what concerns the connection alone is not told of`() async throws {
        let line = try await conversation(with: DoorEngine()) { wire in
            try wire.connect().exchange(
                "GET", "/engine.io/?EIO=4&transport=polling",
                headers: ["Connection: keep-alive", "Cookie: a=b", "Sec-WebSocket-Version: 13", "Keep-Alive: 1"]
            ).line
        }
        #expect(line == #"403 {"code":4,"message":"127.0.0.1 nobody cookie"}"#)
    }

    @Test func `a chunk beyond the limit of a route is refused when its size is known`() async throws {
        // Engines may take more than routes, which must not lift the limit of those.
        let engine = EchoEngine { $0.maxPayload = 8_000_000 }
        let status = try await conversation(with: engine) { wire in
            let client = try wire.connect()
            try client.request("POST", "/", headers: ["Transfer-Encoding: chunked"])
            try client.send("f4241\r\n")
            return try client.answer()?.status
        }
        #expect(status == 413)
    }

    @Test func `two origins are refused`() async throws {
        let statuses = try await conversation(with: EchoEngine()) { wire in
            let path = "/engine.io/?EIO=4&transport=polling"
            let headers = ["Origin: http://127.0.0.1", "Origin: http://evil.example"]
            let session = try wire.openPolling(path)
            return [
                try wire.connect().exchange("GET", path, headers: [headers[0]]).status,
                try wire.connect().exchange("GET", path, headers: headers).status,
                try wire.connect().exchange("POST", session, headers: headers, body: [0x36]).status,
            ]
        }
        #expect(statuses == [200, 403, 403])
    }
}
