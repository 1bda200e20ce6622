/// An HTTP request under the engine's path, as far as the engine cares.
///
/// Asked for single values, so that a poll pays only for what is looked at.
public protocol EngineRequest {
    /// In upper case.
    var method: String { get }
    /// Whether the request asks for a WebSocket (`Upgrade: websocket`).
    var isUpgrade: Bool { get }
    /// Whether the connection is encrypted.
    var isSecure: Bool { get }
    /// The first header field of this name (lower case).
    func header(_ name: String) -> String?
    /// Whether there is more than one header field of this name (lower case).
    func hasRepeated(_ name: String) -> Bool
    /// The last parameter of this name in the query, decoded.
    func lastParameter(_ name: String) -> String?
}

extension EngineRequest {
    /// The parameter of this name, the last where there are several; an empty one counts as absent.
    func parameter(_ name: String) -> String? {
        guard let value = lastParameter(name), !value.isEmpty else { return nil }
        return value
    }

    /// The index of a JSONP request; any `j` makes a polling request one.
    var jsonp: String? { lastParameter("j").map { EngineJSONP.index($0) } }

    var isOctetStream: Bool {
        guard let type = header("content-type") else { return false }
        var name = type.utf8.prefix { $0 != UInt8(ascii: ";") }
        while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
        return name.elementsEqual(EngineResponse.octets.utf8) { ($0 | ((0x41...0x5a).contains($0) ? 0x20 : 0)) == $1 }
    }
}

/// What is to be done with a request.
public enum EngineDecision: Equatable, Sendable {
    /// A CORS preflight: answer it with this and `EngineGate.headers(for:)`.
    case preflight(EngineResponse)
    /// Ask `EngineApplication.verify`, then open a session.
    case open(EngineOpening)
    /// Look the session up; where it is unknown, refuse with `.unknownSession`.
    case existing(id: String, EngineUse)
    /// Answer with `EngineResponse.refusal`.
    case refuse(EngineRequestError)
}

/// How a session is opened.
public struct EngineOpening: Equatable, Sendable {
    /// The revision of the protocol that the client speaks.
    public var revision: EngineRevision
    /// The transport that it begins with.
    public var transport: EngineTransport
    /// Whether the client takes binary content as it is (no `b64` parameter, no JSONP). Says nothing in revision 4.
    public var supportsBinary: Bool
    /// The index of a JSONP request: goes on to `SessionMachine.pollBegan`.
    public var jsonp: String?

    /// A session to be opened.
    public init(
        revision: EngineRevision, transport: EngineTransport, supportsBinary: Bool = true, jsonp: String? = nil
    ) {
        self.revision = revision
        self.transport = transport
        self.supportsBinary = supportsBinary
        self.jsonp = jsonp
    }
}

/// What a request wants of a session that exists.
public enum EngineUse: Equatable, Sendable {
    /// Goes to `SessionMachine.pollBegan`.
    case poll(jsonp: String?)
    /// Goes to `SessionMachine.postBegan`.
    case post(EnginePost)
    /// Accept the WebSocket (101) in any case, then ask `SessionMachine.candidateOpened`.
    case upgrade
    /// Nothing that a session offers: refuse with `.badRequest`.
    case unsupported
}

/// The form of a POST.
public enum EnginePost: Equatable, Sendable {
    /// Any other content type: a payload of text.
    case text
    /// `application/octet-stream`.
    case binary
    /// A JSONP form.
    case form
}
