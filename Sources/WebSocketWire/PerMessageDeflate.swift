/// Compression of messages (RFC 7692 section 7).
public enum PerMessageDeflate {
    /// The extension's name in `Sec-WebSocket-Extensions`.
    public static let name = "permessage-deflate"

    /// What a compressor leaves out at the end of each message (section 7.2.1).
    static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

    /// How one end compresses.
    public struct Direction: Sendable, Equatable {
        /// Whether a message may refer to the ones before it: better compression, for memory that an idle connection
        /// holds (about 40 KB to read, 256 KB to write).
        public var keepsContext: Bool
        /// How far back data refers, as a power of two; 8 to 15.
        public var windowBits: Int

        public init(keepsContext: Bool = false, windowBits: Int = 15) {
            self.keepsContext = keepsContext
            self.windowBits = min(max(windowBits, 8), 15)
        }
    }

    /// What both ends agreed on.
    public struct Agreement: Sendable, Equatable {
        /// What the client sends.
        public var client: Direction
        /// What the server sends.
        public var server: Direction

        public init(client: Direction = Direction(), server: Direction = Direction()) {
            self.client = client
            self.server = server
        }
    }

    /// What this end wants. The default keeps no context in either direction, so that idle connections hold no memory
    /// and a broadcast is compressed once for all.
    public struct Options: Sendable, Equatable {
        public var client: Direction
        public var server: Direction

        public init(client: Direction = Direction(), server: Direction = Direction()) {
            self.client = client
            self.server = server
        }
    }
}
