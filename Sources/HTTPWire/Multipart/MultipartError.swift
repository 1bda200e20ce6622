/// Why a form was refused. After one of these nothing more of it can be trusted.
public enum MultipartError: Error, Equatable, Sendable {
    case notAForm
    case invalidBoundary
    case preamble
    case malformedBoundary
    case bareLineFeed
    case malformedPartHeader
    case partHeaderTooLarge
    case missingDisposition
    case malformedDisposition
    case nameTooLong
    case fileNameTooLong
    case tooManyParts
    case nested
    case transferEncoding
    case epilogue
    /// The content ended before the form's last boundary.
    case truncated

    /// The status to answer with.
    public var status: HTTPStatus {
        switch self {
        case .notAForm: HTTPStatus(415)
        case .partHeaderTooLarge, .nameTooLong, .fileNameTooLong, .tooManyParts: .contentTooLarge
        default: .badRequest
        }
    }

    /// One plain sentence that tells what to do.
    public var message: String {
        switch self {
        case .notAForm: "Send the Content-Type multipart/form-data."
        case .invalidBoundary: "Send one boundary of 1 to 70 characters in the Content-Type."
        case .preamble: "Begin the form with its boundary."
        case .malformedBoundary: "End the line of each boundary behind it, and the last one with two hyphens."
        case .bareLineFeed: "End each line of a part's header with a carriage return and a line feed."
        case .malformedPartHeader: "Send each field of a part's header as a name, a colon and a value."
        case .partHeaderTooLarge: "The header of a part is too large: send fewer or smaller fields."
        case .missingDisposition: "Send one Content-Disposition with each part of the form."
        case .malformedDisposition:
            "Send form-data with one name, and for a file one filename, as the Content-Disposition."
        case .nameTooLong: "The name of a part is too long: shorten it."
        case .fileNameTooLong: "The name of the file is too long: shorten it."
        case .tooManyParts: "The form has too many parts: send fewer."
        case .nested: "Send each file as a part of its own: a part may hold no multipart content."
        case .transferEncoding: "Send the content of each part as it is, without a Content-Transfer-Encoding."
        case .epilogue: "Send nothing behind the form's last boundary."
        case .truncated: "The form ended before its last boundary: send it again."
        }
    }
}
