/// Why a peer's bytes were refused; the connection is to be closed with `closeCode` and `reason`.
public enum WebSocketError: Error, Equatable, Sendable {
    case maskMissing
    case maskForbidden
    case reservedBits
    case reservedOpcode
    case lengthNotMinimal
    case lengthOutOfRange
    case controlTooLong
    case controlFragmented
    case continuationExpected
    case continuationUnexpected
    case messageTooLarge(limit: Int)
    case tooManyFragments(limit: Int)
    case invalidText
    case damagedCompression
    case outOfMemory
    case closePayloadTooShort
    case closeCodeForbidden
    case invalidCloseReason

    /// The code to close the connection with.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .messageTooLarge: .messageTooBig
        case .tooManyFragments: .policyViolation
        case .invalidText, .damagedCompression, .invalidCloseReason: .invalidPayload
        case .outOfMemory: .internalError
        default: .protocolError
        }
    }

    /// One plain sentence, short enough for a close frame.
    public var reason: String {
        switch self {
        case .maskMissing: "Mask every frame that a client sends."
        case .maskForbidden: "Do not mask frames that a server sends."
        case .reservedBits: "Leave the reserved bits of a frame at zero."
        case .reservedOpcode: "Use only the opcodes 0, 1, 2, 8, 9 and 10."
        case .lengthNotMinimal: "Encode a frame's length in the shortest form."
        case .lengthOutOfRange: "Leave the highest bit of a frame's length at zero."
        case .controlTooLong: "Send at most 125 bytes in a control frame."
        case .controlFragmented: "Do not fragment control frames."
        case .continuationExpected: "Finish the fragmented message before the next one."
        case .continuationUnexpected: "Begin a message with a text or binary frame."
        case .messageTooLarge(let limit): "Send messages of at most \(limit) bytes."
        case .tooManyFragments(let limit): "Send a message in at most \(limit) fragments."
        case .invalidText: "Send text as valid UTF-8."
        case .damagedCompression: "Send valid compressed data."
        case .outOfMemory: "There is no memory for compressed data; try again later."
        case .closePayloadTooShort: "Begin a close frame's payload with a code of two bytes."
        case .closeCodeForbidden: "Close with a code that may be sent."
        case .invalidCloseReason: "Send the close reason as valid UTF-8."
        }
    }
}
