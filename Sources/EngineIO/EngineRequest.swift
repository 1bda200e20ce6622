/// An HTTP request under the engine's path, as far as the engine cares.
public struct EngineRequest: Sendable {
    /// In upper case.
    public var method: String
    /// Whether the request asks for a WebSocket (`Upgrade: websocket`).
    public var isUpgrade: Bool
    /// Headers, query and where the request came from.
    public var handshake: EngineHandshake

    public init(method: String, isUpgrade: Bool, handshake: EngineHandshake) {
        self.method = method
        self.isUpgrade = isUpgrade
        self.handshake = handshake
    }

    /// The parameter of this name, the last where there are several; an empty one counts as absent.
    func parameter(_ name: String) -> String? {
        guard let value = handshake.query.last(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    /// The index of a JSONP request; any `j` makes a polling request one.
    var jsonp: String? {
        handshake.query.last { $0.name == "j" }.map { EngineJSONP.index($0.value) }
    }

    var isOctetStream: Bool {
        guard let type = handshake.header("content-type") else { return false }
        let name = type.prefix { $0 != ";" }.trimmingSuffix { $0 == " " || $0 == "\t" }
        return name.lowercased() == EngineResponse.octets
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, predicate(last) { text.removeLast() }
        return text
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
    public var revision: EngineRevision
    public var transport: EngineTransport
    /// Whether the client takes binary content as it is (no `b64` parameter, no JSONP). Says nothing in revision 4.
    public var supportsBinary: Bool
    /// The index of a JSONP request: goes on to `SessionMachine.pollBegan`.
    public var jsonp: String?

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
    case text
    /// `application/octet-stream`.
    case binary
    /// A JSONP form.
    case form
}
