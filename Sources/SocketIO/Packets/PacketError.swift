public import JSON

/// Why a packet is not taken. Each of these closes the whole connection.
public enum PacketError: Error, Equatable, Sendable {
    /// The message is empty.
    case empty
    /// The first character is none of `0` to `6`.
    case unknownType
    /// No count of attachments, or one that is not written in plain digits before a `-`.
    case illegalAttachmentCount
    /// The packet announces more attachments than the options allow.
    case tooManyAttachments(limit: Int)
    /// The attachments of a packet have more bytes together than the options allow.
    case attachmentsTooLarge(limit: Int)
    /// A text message came while attachments were awaited.
    case unexpectedText
    /// The attachments that were announced did not come in time.
    case attachmentsOverdue(limit: Duration)
    /// A binary message came while none was awaited.
    case unexpectedBinary
    /// A placeholder without a number, or with one that names no attachment.
    case illegalPlaceholder
    /// The payload has another form than the type of the packet asks for.
    case invalidPayload
    /// An event under a name that belongs to the library.
    case reservedEventName
    /// The payload is not JSON, or beyond the limits of it.
    case malformedJSON(JSONError)
    /// The message is no MessagePack packet.
    case malformedMessagePack
    /// The server keeps as much of unfinished packets as it may.
    case serverBusy
}

extension PacketError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "Send a packet that begins with its type."
        case .unknownType: "Begin a packet with a type from 0 to 6."
        case .illegalAttachmentCount: "Write the number of attachments in digits, followed by a hyphen."
        case .tooManyAttachments(let limit): "Send at most \(limit) attachments in one packet."
        case .attachmentsTooLarge(let limit): "Send at most \(limit) bytes of attachments in one packet."
        case .unexpectedText: "Send all attachments before the next packet."
        case .attachmentsOverdue(let limit): "Send all attachments within \(limit) of their packet."
        case .unexpectedBinary: "Announce attachments by a binary packet before they are sent."
        case .illegalPlaceholder: "Number placeholders from 0 to the count of attachments less one."
        case .invalidPayload: "Send the payload that the type of the packet asks for."
        case .reservedEventName: "Choose another event name: this one belongs to the library."
        case .malformedJSON(let error): error.description
        case .serverBusy: "The server has too much work under way: send this again later."
        case .malformedMessagePack: "Send one MessagePack map with type, nsp and data."
        }
    }
}
