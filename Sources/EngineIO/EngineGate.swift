/// Decides about requests: the checks of Engine.IO before a session is touched, in the order of the official server.
///
/// The transport is read once, into a type: nothing that runs between the decision and the session can change it.
public final class EngineGate: Sendable {
    let options: EngineOptions
    let listedOrigins: [EngineOrigin]
    private let allowsPolling: Bool
    private let allowsWebSocket: Bool

    /// A gate for the engine with these options.
    public init(_ options: EngineOptions) {
        self.options = options
        allowsPolling = options.transports.contains(.polling)
        allowsWebSocket = options.transports.contains(.webSocket)
        if case .listed(let origins) = options.origins {
            listedOrigins = origins.compactMap { EngineOrigin($0) }
        } else {
            listedOrigins = []
        }
    }

    /// What is to be done with a request, by its head alone.
    public func decide(_ request: some EngineRequest) -> EngineDecision {
        if request.method == "OPTIONS" && !request.isUpgrade {
            return .preflight(EngineResponse(status: 204, contentType: nil, body: []))
        }
        guard let transport = request.parameter("transport").flatMap(EngineTransport.init(rawValue:)),
            allows(transport)
        else { return .refuse(.unknownTransport) }
        guard allowsOrigin(of: request) else { return .refuse(Self.originRefused) }
        if let id = request.parameter("sid") { return .existing(id: id, use(of: request, transport)) }
        return opening(request, transport)
    }

    static let originRefused = EngineRequestError.forbidden("Origin not allowed: add it to the allowed origins")

    private func allows(_ transport: EngineTransport) -> Bool {
        switch transport {
        case .polling: allowsPolling
        case .webSocket: allowsWebSocket
        }
    }

    private func opening(_ request: some EngineRequest, _ transport: EngineTransport) -> EngineDecision {
        guard request.method == "GET" else { return .refuse(.badHandshakeMethod) }
        guard (transport == .webSocket) == request.isUpgrade else { return .refuse(.badRequest) }
        // A missing parameter, and any other than 4, means revision 3.
        let revision: EngineRevision = request.parameter("EIO") == "4" ? .v4 : .v3
        guard revision == .v4 || options.allowRevision3 else { return .refuse(.unsupportedProtocolVersion) }
        let jsonp = transport == .polling ? request.jsonp : nil
        return .open(
            EngineOpening(
                revision: revision, transport: transport,
                supportsBinary: request.parameter("b64") == nil && jsonp == nil, jsonp: jsonp))
    }

    private func use(of request: some EngineRequest, _ transport: EngineTransport) -> EngineUse {
        switch (transport, request.isUpgrade, request.method) {
        case (.webSocket, true, "GET"): .upgrade
        case (.polling, false, "GET"): .poll(jsonp: request.jsonp)
        case (.polling, false, "POST"):
            request.jsonp != nil ? .post(.form) : .post(request.isOctetStream ? .binary : .text)
        default: .unsupported
        }
    }
}
