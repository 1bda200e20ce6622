/// Why a message was refused. After one of these nothing more of the stream can be trusted: answer and close.
public enum HTTPError: Error, Equatable, Sendable {
    case malformedRequestLine
    case invalidMethod
    case unsupportedMethod
    case invalidTarget
    case unsupportedVersion
    case requestLineTooLong
    case headerBlockTooLarge
    case tooManyHeaders
    case bareCarriageReturn
    case bareLineFeed
    case controlCharacter
    case foldedHeader
    case malformedHeader
    case invalidHeaderName
    case spaceBeforeColon
    case missingHost
    case repeatedHost
    case invalidHost
    case hostDiffersFromTarget
    case lengthAndTransferEncoding
    case repeatedContentLength
    case invalidContentLength
    case invalidTransferEncoding
    case unsupportedTransferCoding
    case transferEncodingBeforeHTTP11
    case unsupportedExpectation
    case bodyTooLarge
    case invalidChunkSize
    case chunkExtensionsTooLong
    case malformedChunk
    case malformedTrailer
    case trailersTooLarge
    /// A query or a form that is not percent-encoded UTF-8.
    case invalidQuery
    case tooManyParameters
    /// This side tried to send a field that would break the message.
    case unsendableHeader
    /// What a client reads as a status line is none.
    case malformedStatusLine
    /// The stream ended inside a message.
    case truncatedMessage

    /// The status to answer with.
    public var status: HTTPStatus {
        switch self {
        case .requestLineTooLong: .uriTooLong
        case .headerBlockTooLarge, .tooManyHeaders, .trailersTooLarge: .headerFieldsTooLarge
        case .unsupportedMethod, .unsupportedTransferCoding: .notImplemented
        case .unsupportedVersion: .versionNotSupported
        case .unsupportedExpectation: .expectationFailed
        case .bodyTooLarge: .contentTooLarge
        case .unsendableHeader: .internalServerError
        case .malformedStatusLine: .badGateway
        default: .badRequest
        }
    }

    /// One plain sentence that tells what to do.
    public var message: String {
        switch self {
        case .malformedRequestLine: "Send a request line of method, target and version with one space between them."
        case .invalidMethod: "Send a method of letters only."
        case .unsupportedMethod: "Use the method GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."
        case .invalidTarget: "Send a target that is a path beginning with a slash, percent-encoded."
        case .unsupportedVersion: "Speak HTTP/1.1 or HTTP/1.0."
        case .requestLineTooLong: "The address is too long: shorten it."
        case .headerBlockTooLarge: "The headers are too large: send fewer or smaller ones."
        case .tooManyHeaders: "There are too many headers: send fewer."
        case .bareCarriageReturn: "Send a line feed after each carriage return."
        case .bareLineFeed: "End each line with a carriage return and a line feed."
        case .controlCharacter: "Send no control characters in the request line and the headers."
        case .foldedHeader: "Send each header on one line."
        case .malformedHeader: "Send each header as a name, a colon and a value."
        case .invalidHeaderName: "Send header names of letters, digits and hyphens."
        case .spaceBeforeColon: "Send no space between a header's name and its colon."
        case .missingHost: "Send a Host header."
        case .repeatedHost: "Send one Host header."
        case .invalidHost: "Send a Host header of a host name and, if needed, a port."
        case .hostDiffersFromTarget: "Send a Host header that equals the host in the target."
        case .lengthAndTransferEncoding: "Send either Content-Length or Transfer-Encoding."
        case .repeatedContentLength: "Send one Content-Length header."
        case .invalidContentLength: "Send a Content-Length of digits only."
        case .invalidTransferEncoding: "Send chunked once and as the only transfer coding."
        case .unsupportedTransferCoding: "Use no transfer coding but chunked."
        case .transferEncodingBeforeHTTP11: "Use HTTP/1.1 to send a Transfer-Encoding."
        case .unsupportedExpectation: "Expect nothing but 100-continue."
        case .bodyTooLarge: "The content is too large: send less."
        case .invalidChunkSize: "Send each chunk size as hexadecimal digits."
        case .chunkExtensionsTooLong: "Send shorter chunk extensions."
        case .malformedChunk: "End each chunk with a carriage return and a line feed."
        case .malformedTrailer: "Send each trailer field as a name, a colon and a value."
        case .trailersTooLarge: "The trailer fields are too large: send fewer or smaller ones."
        case .invalidQuery: "Send parameters as percent-encoded UTF-8."
        case .tooManyParameters: "There are too many parameters: send fewer."
        case .unsendableHeader: "The server made a header that cannot be sent."
        case .malformedStatusLine: "The server's answer is no HTTP/1.1."
        case .truncatedMessage: "The connection ended inside a message: send it again."
        }
    }
}
