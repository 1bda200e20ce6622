/// How far the closing handshake (RFC 6455 section 7.1) has come; the time limit for each wait is the driver's.
public struct WebSocketCloseHandshake: Sendable, Equatable {
    /// How far the close has come.
    public enum State: Sendable, Equatable {
        case open
        /// This end sent its close frame first and waits for the peer's.
        case awaitingPeer
        /// Both close frames are under way: the server ends the connection once its own is written, the client waits
        /// for the server to do so.
        case complete
    }

    public private(set) var state = State.open
    /// What the peer closed with; `nil` before its close frame and where that had no code.
    public private(set) var peerCode: WebSocketCloseCode?

    /// A connection that nobody has closed.
    public init() {}

    /// Whether messages may still be sent (section 5.5.1: none after the close frame).
    public var maySend: Bool { state == .open }

    /// This end wants to close: whether a close frame is to be sent now.
    public mutating func closeRequested() -> Bool {
        guard state == .open else { return false }
        state = .awaitingPeer
        return true
    }

    /// What the peer's close frame asks for.
    public enum Answer: Sendable, Equatable {
        /// Echo the code in a close frame (`nil`: an empty one).
        case reply(WebSocketCloseCode?)
        /// The close frame was sent before; nothing more is to be sent.
        case nothing
    }

    /// The peer's close frame has come.
    public mutating func closeReceived(_ code: WebSocketCloseCode?) -> Answer {
        peerCode = code
        let answer: Answer = state == .open ? .reply(code) : .nothing
        state = .complete
        return answer
    }
}
