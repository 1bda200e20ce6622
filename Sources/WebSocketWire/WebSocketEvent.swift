/// What a peer sent. Payloads are lent until the callback returns.
public enum WebSocketEvent: ~Escapable {
    /// A whole text message, checked to be UTF-8.
    case text(RawSpan)
    /// A whole binary message.
    case binary(RawSpan)
    /// To be answered by a pong with the same payload (RFC 6455 section 5.5.3).
    case ping(RawSpan)
    case pong(RawSpan)
    /// The peer closes; `nil` where it gave no code. The reason is UTF-8. Nothing comes after it.
    case close(WebSocketCloseCode?, reason: RawSpan)
}
