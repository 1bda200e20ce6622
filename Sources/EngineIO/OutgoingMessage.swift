public import Bytes

/// One message on its way to one or many sessions of one loop.
///
/// The content is encoded once. A transport that needs another form of it (a WebSocket frame, a polling payload) makes
/// that form at the first need and leaves it in `forms`, so that a broadcast to a thousand sessions frames once.
/// Belongs to the loop it was made on.
public final class OutgoingMessage {
    /// A packet of Socket.IO is one text, followed by its attachments.
    public let text: SharedBytes?
    /// Sent after `text`, each as a message of its own.
    public let binaries: [SharedBytes]
    /// How it is to be sent.
    public let flags: Flags
    /// What transports made of this message.
    public var forms = Forms()
    /// How many polling sessions keep the message.
    var holders = 0
    /// Bytes that are counted for all of them together.
    var countedBytes = 0

    /// How a message is to be sent.
    public struct Flags: Sendable, Equatable {
        /// May be dropped where it cannot be written at once.
        public var isVolatile = false
        /// May be compressed where the transport negotiated that; default `true`.
        public var mayCompress = true

        /// Sent for certain, and compressed where the engine does that.
        public init() {}
    }

    /// The kept wire forms; each is the whole message with its attachments.
    public struct Forms {
        /// WebSocket frames of revision 4, uncompressed.
        public var webSocket4: SharedBytes?
        /// WebSocket frames of revision 3, uncompressed.
        public var webSocket3: SharedBytes?
        /// WebSocket frames of revision 4, compressed without context, where every session agreed to that.
        public var webSocket4Deflated: SharedBytes?

        init() {}
    }

    /// A text, the binary messages that follow it, or both.
    public init(text: SharedBytes?, binaries: [SharedBytes] = [], flags: Flags = Flags()) {
        self.text = text
        self.binaries = binaries
        self.flags = flags
    }

    /// The bytes of the content, without framing.
    public var byteCount: Int { (text?.count ?? 0) + binaries.reduce(0) { $0 + $1.count } }

    /// The same content with owner counts of its own, for another loop.
    public static func copy(text: SharedBytes?, binaries: [SharedBytes], flags: Flags) -> OutgoingMessage {
        OutgoingMessage(text: text?.copied(), binaries: binaries.map { $0.copied() }, flags: flags)
    }
}
