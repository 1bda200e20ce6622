import EngineIO
import ParleyTesting
import Testing

@testable import Serving

@Suite("The end of a WebSocket", .timeLimit(.minutes(10)))
struct WebSocketCloseTests {
    private static let path = "/engine.io/?EIO=4&transport=websocket"
    private static let engine = EchoEngine { $0.maxPayload = 10_000 }

    /// Sends bytes on a new WebSocket, and gives the server's close frame and what comes behind it.
    private static func ended(by bytes: [UInt8]) async throws -> [String] {
        try await conversation(with: engine) { wire in
            let socket = try wire.webSocket(path)
            _ = try socket.nextFrame()
            try socket.send(bytes)
            let close = try socket.closeFrame() ?? "none"
            let rest = try socket.nextFrame()
            while wire.server.sessionCount > 0 { usleepBriefly() }
            return [close, rest]
        }
    }

    private static func close(_ code: Int, _ reason: String = "") -> [UInt8] {
        WireClient.frame(0x88, [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8))
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
    func `a client's code comes back without its reason, and the stream ends`(code: Int) async throws {
        #expect(try await Self.ended(by: Self.close(code, "bye, κόσμε")) == ["\(code) ", "end"])
    }

    @Test func `a close without a code comes back without one`() async throws {
        #expect(try await Self.ended(by: WireClient.frame(0x88, [])) == ["", "end"])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
    func `a code that nobody may send is a fault`(code: Int) async throws {
        let lines = try await Self.ended(by: Self.close(code))
        #expect(lines.first?.hasPrefix("1002 ") == true, "\(lines)")
        #expect(lines.last == "end")
    }

    @Test func `a message may have so many fragments, and one more is a fault`() async throws {
        // The limit of bytes is another one than at the start, and the limit of fragments stays.
        let engine = EchoEngine {
            $0.maxFragments = 3
            $0.maxPayloadBeforeJoin = 5000
        }
        let lines = try await conversation(with: engine) { wire in
            let socket = try wire.webSocket(Self.path)
            _ = try socket.nextFrame()
            let piece = { (first: UInt8, text: String) in WireClient.frame(first, Array(text.utf8)) }
            try socket.send(piece(0x01, "4a") + piece(0, "b") + piece(0x80, "c"))
            let echo = try socket.nextFrame()
            try socket.send(piece(0x01, "4a") + piece(0, "b") + piece(0, "c") + piece(0x80, "d"))
            return [echo, String(try socket.closeFrame()?.prefix(5) ?? "none")]
        }
        #expect(lines == ["4abc", "1008 "])
    }

    /// What breaks the rules, and the code that says so (RFC 6455 section 7.4.1).
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: Int
        let bytes: [UInt8]

        init(_ name: String, _ code: Int, _ bytes: [UInt8]) {
            (testDescription, self.code, self.bytes) = (name, code, bytes)
        }

        static let all = [
            Fault("a close of one byte", 1002, WireClient.frame(0x88, [3])),
            Fault("a reason that is not UTF-8", 1007, WireClient.frame(0x88, [3, 0xe8, 0xff])),
            Fault("a text that is not UTF-8", 1007, WireClient.frame(0x81, [0x34, 0xc0, 0xaf])),
            Fault("a text cut in a character", 1007, WireClient.frame(0x81, [0x34, 0xf0, 0x9f])),
            Fault("an unmasked frame", 1002, [0x81, 2, 0x34, 0x61]),
            Fault("an unknown type", 1002, WireClient.frame(0x83, [])),
            Fault("an unknown control type", 1002, WireClient.frame(0x8b, [])),
            Fault("a bit without its extension", 1002, WireClient.frame(0xc1, [0x34])),
            Fault("a ping in pieces", 1002, WireClient.frame(0x09, [])),
            Fault("a ping of 126 bytes", 1002, WireClient.frame(0x89, [UInt8](repeating: 0, count: 126))),
            Fault("a continuation of nothing", 1002, WireClient.frame(0x80, [])),
            Fault("a text inside a text", 1002, WireClient.frame(0x01, [0x34]) + WireClient.frame(0x81, [0x34])),
            Fault("a message too large", 1009, WireClient.frame(0x82, [UInt8](repeating: 0, count: 10_001))),
            Fault(
                "pieces that are too large together", 1009,
                WireClient.frame(0x02, [UInt8](repeating: 0, count: 9999)) + WireClient.frame(0x80, [1, 2])),
            Fault("a length of 2^63 and more", 1002, [0x82, 0xff] + [UInt8](repeating: 0xff, count: 8)),
        ]
    }

    @Test(arguments: Fault.all)
    func `a fault is answered by its code, and nothing behind it is read`(fault: Fault) async throws {
        let behind = WireClient.frame(0x81, Array("4behind".utf8))
        let lines = try await Self.ended(by: fault.bytes + behind)
        #expect(lines.first?.hasPrefix("\(fault.code) ") == true, "\(lines)")
        #expect(lines.last == "end")
    }

    @Test func `a message as large as it may be is none of them, and is answered before a close behind it`()
        async throws
    {
        let lines = try await conversation(with: Self.engine) { wire in
            let socket = try wire.webSocket(Self.path)
            _ = try socket.nextFrame()
            let message = WireClient.frame(0x82, [UInt8](repeating: 7, count: 10_000))
            try socket.send(message + WireClient.frame(0x89, [1, 2]) + Self.close(1000))
            let echo = try socket.takeFrame()?.payload.count ?? 0
            let pong = try socket.takeFrame()
            return ["\(echo)", "\(pong?.opcode ?? 0) \(pong?.payload ?? [])", try socket.closeFrame() ?? "none"]
        }
        #expect(lines == ["10000", "10 [1, 2]", "1000 "])
    }

    @Test func `a server that closes waits for the client's word, and reads nothing else any more`() async throws {
        let lines = try await conversation(with: Self.engine) { wire in
            let socket = try wire.webSocket(Self.path)
            _ = try socket.nextFrame()
            // Engine.IO's own packet: the server closes the WebSocket.
            try socket.frame("1")
            let close = try socket.closeFrame() ?? "none"
            try socket.frame("4unheard")
            let isOpen = try !socket.hasArrived(within: 50)
            try socket.send(Self.close(1000))
            return [close, "\(isOpen)", try socket.nextFrame()]
        }
        #expect(lines == ["", "true", "end"])
    }

    @Test func `a client that does not answer a close is cut`() async throws {
        let setup = ServerSetup { $0.closeTimeout = .milliseconds(200) }.with { $0.applications = [Self.engine] }
        let lines = try await conversation(setup) { wire in
            let socket = try wire.webSocket(Self.path)
            _ = try socket.nextFrame()
            try socket.frame("1")
            let lines = [try socket.closeFrame() ?? "none", try socket.nextFrame()]
            while wire.server.connectionCount > 0 { usleepBriefly() }
            return lines
        }
        #expect(lines == ["", "end"])
    }

    @Test func `a client that goes without a word leaves nothing behind`() async throws {
        let count = try await conversation(with: Self.engine) { wire in
            for number in 0..<30 {
                let socket = try wire.webSocket(Self.path)
                _ = try socket.nextFrame()
                // Half a frame, too.
                if number % 2 == 0 { try socket.send([0x81]) }
                if number % 3 == 0 { socket.reset() } else { socket.hangUp() }
            }
            // A connection's place is free a moment before its session is counted out.
            while wire.server.connectionCount > 0 || wire.server.sessionCount > 0 { usleepBriefly() }
            return wire.server.sessionCount
        }
        #expect(count == 0)
    }
}
