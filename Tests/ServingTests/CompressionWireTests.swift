import Bytes
import EngineIO
import ParleyTesting
import Testing
import WebSocketWire

@testable import Serving

/// A WebSocket that compresses as it was agreed.
private final class PackedSocket {
    let wire: WireClient
    /// The extension as the server granted it; `nil` where it declined.
    let granted: String?
    private var decoder = WebSocketDecoder(role: .client)
    private var compressor: WebSocketCompressor?

    /// Whether the last frame that came was compressed, and its bytes.
    private(set) var last: WireFrame?

    init(_ wire: Wire, offer: String?) throws {
        self.wire = try wire.connect()
        let headers = offer.map { ["Sec-WebSocket-Extensions: \($0)"] } ?? []
        let path = "/engine.io/?EIO=4&transport=websocket"
        let answer = try self.wire.exchange("GET", path, headers: WireClient.upgrade + headers)
        granted = answer.headers["sec-websocket-extensions"]
        guard answer.status == 101 else { throw WireClient.Failure(step: answer.line) }
        guard let granted else { return }
        let elements = WebSocketExtension.parse([granted])
        // What any client may be told.
        let options = PerMessageDeflate.Options(
            client: .init(keepsContext: true), server: .init(keepsContext: true))
        guard let element = elements?.first,
            let agreement = PerMessageDeflate.agreement(in: element, options: options)
        else { throw WireClient.Failure(step: granted) }
        decoder = WebSocketDecoder(role: .client, deflate: agreement)
        compressor = WebSocketCompressor(agreement.client)
    }

    func send(_ text: String, isCompressed: Bool = true) throws {
        var frame: [UInt8] = []
        if isCompressed, let compressor {
            try compressor.appendMasked(.text, key: 0x0102_0304, payload: Array(text.utf8).span.bytes, to: &frame)
        } else {
            frame = WireClient.frame(0x81, Array(text.utf8))
        }
        try wire.send(frame)
    }

    /// The next message.
    func receive() throws -> String {
        guard let frame = try wire.takeFrame() else { return "end" }
        last = frame
        var (bytes, text) = (frame.bytes, "nothing")
        try decoder.receive(&bytes) { event in
            switch event {
            case .text(let content): text = content.string ?? "no text"
            case .close: text = "close"
            case .binary, .ping, .pong: text = "other"
            }
            return true
        }
        return text
    }
}

@Suite("Compression over the wire (RFC 7692)", .timeLimit(.minutes(10)))
struct CompressionWireTests {
    private static let engine = EchoEngine {
        $0.webSocketCompressionThreshold = 100
        $0.maxPayload = 100_000
    }

    /// What compresses well, and differs with its number.
    private static func text(_ number: Int) -> String {
        "4" + String(repeating: "message \(number) of many; ", count: 40)
    }

    @Test(
        arguments: [
            (nil, nil),
            ("permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            (
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
            ),
            (
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
            ),
            (
                "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; "
                    + "client_max_window_bits=9"
            ),
            (
                "permessage-deflate; server_max_window_bits=12",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"
            ),
            // The first that can be kept: zlib makes no window of 8 bits.
            (
                "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10"
            ),
            ("permessage-deflate; unknown", nil), ("permessage-deflate; server_max_window_bits=8", nil),
            ("x-webkit-deflate-frame", nil),
        ] as [(String?, String?)])
    func `what is agreed is kept, both ways`(offer: String?, granted: String?) async throws {
        let lines = try await conversation(with: Self.engine) { wire in
            let socket = try PackedSocket(wire, offer: offer)
            var lines = [socket.granted ?? "none"]
            _ = try socket.receive()
            for number in 0..<5 {
                try socket.send(Self.text(number))
                lines.append(try socket.receive() == Self.text(number) ? "same" : "other")
                lines.append("\(socket.last?.isCompressed == true)")
            }
            return lines
        }
        let round = ["same", "\(granted != nil)"]
        #expect(lines == [granted ?? "none"] + (0..<5).flatMap { _ in round })
    }

    @Test func `a message shorter than the threshold goes as it is, and plain ones are read`() async throws {
        let lines = try await conversation(with: Self.engine) { wire in
            let socket = try PackedSocket(wire, offer: "permessage-deflate")
            _ = try socket.receive()
            var lines: [String] = []
            // The content of a packet counts, and the type in front of it does not.
            for (length, isCompressed) in [(99, true), (100, true), (99, false), (100, false), (0, true)] {
                let text = "4" + String(repeating: "x", count: length)
                try socket.send(text, isCompressed: isCompressed)
                lines.append("\(try socket.receive() == text) \(socket.last?.isCompressed == true)")
            }
            return lines
        }
        #expect(lines == ["true false", "true true", "true false", "true true", "true false"])
    }

    @Test func `nothing is compressed unless it is switched on`() async throws {
        let granted = try await conversation(with: EchoEngine()) { wire in
            try PackedSocket(wire, offer: "permessage-deflate").granted ?? "none"
        }
        #expect(granted == "none")
    }

    @Test func `a message that inflates to more than it may is refused at the limit`() async throws {
        let lines = try await conversation(with: Self.engine) { wire in
            let socket = try PackedSocket(wire, offer: "permessage-deflate")
            _ = try socket.receive()
            let most = "4" + String(repeating: "x", count: 99_999)
            try socket.send(most)
            let isEchoed = try socket.receive() == most
            try socket.send(most + "x")
            return ["\(isEchoed)", String(try socket.wire.closeFrame()?.prefix(5) ?? "none")]
        }
        #expect(lines == ["true", "1009 "])
    }

    @Test func `one broadcast is right for windows of every size, and for those who do not compress`() async throws {
        let broadcaster = Broadcaster { $0.webSocketCompressionThreshold = 100 }
        let setup = ServerSetup { $0.threads = 1 }.with { $0.applications = [broadcaster] }
        let lines = try await conversation(setup) { wire in
            let offers = [
                "permessage-deflate", "permessage-deflate; server_max_window_bits=9", nil,
                "permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=10",
                "permessage-deflate; server_no_context_takeover",
            ]
            let sockets = try offers.map { try PackedSocket(wire, offer: $0) }
            for socket in sockets { _ = try socket.receive() }
            // Farther back than a small window reaches, so that a large one's data would not do.
            let noise = (0..<400).map { "\($0 &* 2_654_435_761 % 1_000_003)" }.joined(separator: " ")
            let text = "4" + noise + noise
            // Whoever is asked first makes the form that others share.
            return try sockets.map { sender in
                try sender.send(text)
                return try sockets.map { try $0.receive() == text ? "same" : "other" }.joined(separator: " ")
            }
        }
        #expect(lines == [String](repeating: [String](repeating: "same", count: 6).joined(separator: " "), count: 6))
    }
}
