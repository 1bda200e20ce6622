/// What a packet is; the raw value is its first character on the wire (Socket.IO protocol 5, "Packet encoding").
public enum PacketType: UInt8, Sendable {
    /// Asks to join a namespace, or says that it was joined.
    case connect = 0
    /// Leaves a namespace; nothing answers it.
    case disconnect = 1
    case event = 2
    /// Answers an event that had an id.
    case ack = 3
    /// Refuses a `connect`; sent by servers only.
    case connectError = 4
    /// An event whose attachments follow as binary messages.
    case binaryEvent = 5
    /// An answer whose attachments follow as binary messages.
    case binaryAck = 6

    /// Whether binary messages belong to the packet.
    public var isBinary: Bool { self == .binaryEvent || self == .binaryAck }

    /// The digit on the wire.
    var digit: UInt8 { 0x30 + rawValue }
}
