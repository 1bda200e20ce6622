/// Which end of a connection one is: a client masks its frames, a server does not (RFC 6455 section 5.1).
public enum WebSocketRole: Sendable {
    case client
    case server
}

/// What a frame carries (RFC 6455 section 11.8).
public enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xa

    var isControl: Bool { rawValue & 0x8 != 0 }
}
