public import Bytes
public import HTTPWire
public import JSON

/// Content that is read piece by piece while it is sent, by whoever sends the response, off the loop.
public protocol ContentReader: Sendable {
    /// The bytes from `offset` on, at least one of them and at most `count`. Blocks, and is called on a thread that may.
    /// What it throws ends the connection, for the head has been sent.
    func read(at offset: Int, count: Int) throws -> [UInt8]
}

/// What a handler answers.
public struct Response: Sendable {
    public var status: HTTPStatus
    /// Date, Content-Length, Transfer-Encoding and Connection are the encoder's.
    public var headers: HTTPHeaders
    public var body: Body

    /// What an answer carries.
    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        case text(String)
        /// A part of bytes that many responses share.
        case shared(SharedBytes, Range<Int>)
        case file(FileReference)
        /// A part of what is read while it is sent.
        case reader(any ContentReader, Range<Int>)

        /// How many bytes it has: the Content-Length, also of an answer to HEAD.
        public var count: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes): bytes.count
            case .text(let text): text.utf8.count
            case .shared(_, let range): range.count
            case .file(let file): file.count
            case .reader(_, let range): range.count
            }
        }
    }

    /// A part of a file, to be read by whoever sends the response, off the loop.
    public struct FileReference: Sendable, Equatable {
        public var path: String
        public var offset: Int
        public var count: Int

        public init(path: String, offset: Int, count: Int) {
            self.path = path
            self.offset = offset
            self.count = count
        }
    }

    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text.
    public static func text(_ text: String, status: HTTPStatus = .ok) -> Response {
        Response(status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .text(text))
    }

    /// A page.
    public static func html(_ text: String, status: HTTPStatus = .ok) -> Response {
        Response(status, headers: ["Content-Type": "text/html; charset=utf-8"], body: .text(text))
    }

    /// A value as JSON.
    public static func json(_ value: JSONValue, status: HTTPStatus = .ok) -> Response {
        json(text: JSONPrinter.text(of: value), status: status)
    }

    /// The JSON of an `Encodable` value.
    public static func json(encoding value: some Encodable, status: HTTPStatus = .ok) throws -> Response {
        json(try JSONValueEncoder().encode(value), status: status)
    }

    /// A text that is JSON already.
    public static func json(text: [UInt8], status: HTTPStatus = .ok) -> Response {
        Response(status, headers: ["Content-Type": "application/json"], body: .bytes(text))
    }

    /// Sends the client to another address; 303, so that it asks there with GET.
    public static func redirect(to location: String, status: HTTPStatus = .seeOther) -> Response {
        Response(status, headers: ["Location": location])
    }

    /// Adds a cookie; one that cannot be written safely is this program's fault.
    public mutating func setCookie(_ cookie: SetCookie) throws(HTTPError) {
        guard let field = cookie.field else { throw .unsendableHeader }
        headers.add("Set-Cookie", field)
    }

    /// The same response with this field, replaced if it was there.
    public func with(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.headers.set(name, value)
        return copy
    }
}
