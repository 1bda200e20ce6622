import JSON

/// What a request is answered with. The driver adds `EngineGate.caching` and
/// `EngineGate.headers(for:)`, the cookie, and HTTP's own fields.
public struct EngineResponse: Equatable, Sendable {
    /// The status code of HTTP.
    public var status: Int
    /// The field of that name; `nil` for no such field.
    public var contentType: String?
    /// The content.
    public var body: [UInt8]
    /// Whether compressing is worth a try: a poll's answer with a message that allows it.
    public var mayCompress: Bool

    /// An answer with this content.
    public init(status: Int, contentType: String?, body: [UInt8], mayCompress: Bool = false) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.mayCompress = mayCompress
    }

    static let text = "text/plain; charset=UTF-8"
    static let octets = "application/octet-stream"
    static let script = "text/javascript; charset=UTF-8"

    /// A POST that was taken. `text/html`, for other types make some browsers offer a download.
    static let posted = EngineResponse(status: 200, contentType: "text/html", body: Array("ok".utf8))

    /// A body over the limit.
    static let tooLarge = EngineResponse(
        status: 413, contentType: text, body: Array("Send at most maxPayload bytes in one request.".utf8))

    /// A request that is refused: JSON with code and message; to an upgrade the message alone.
    public static func refusal(_ error: EngineRequestError, toUpgrade: Bool = false) -> EngineResponse {
        if toUpgrade { return EngineResponse(status: error.status, contentType: text, body: Array(error.message.utf8)) }
        var body: [UInt8] = []
        JSONPrinter.append(["code": JSONValue(error.code), "message": .string(error.message)], to: &body)
        return EngineResponse(status: error.status, contentType: "application/json", body: body)
    }
}
