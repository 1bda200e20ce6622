/// Why a set of options cannot be served.
public enum EngineOptionsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path has no slash at its begin or its end.
    case path
    /// No transport is enabled.
    case transports
    /// The cookie would break its header, or browsers would not keep it.
    case cookie
    /// This is no origin.
    case origin(String)
    /// An interval or a time-out is not longer than nothing.
    case interval
    /// A limit is below 1.
    case limit
    /// `maxPayloadBeforeJoin` is below 1 or above `maxPayload`.
    case payloadBeforeJoin
    /// A compression threshold is below 0.
    case threshold

    public var description: String {
        switch self {
        case .path: "Begin and end the engine's path with a slash."
        case .transports: "Enable at least one transport."
        case .cookie: "Name the cookie with a token, give it a path, and make it secure where SameSite is None."
        case .origin(let text): "Write the origin \"\(text)\" as scheme://host or scheme://host:port."
        case .interval: "Make every interval and time-out of the engine longer than nothing."
        case .limit: "Make every limit of the engine at least 1."
        case .payloadBeforeJoin: "Make maxPayloadBeforeJoin at least 1 and no more than maxPayload, or leave it out."
        case .threshold: "Make every compression threshold of the engine 0 or more, or nil for never."
        }
    }
}

extension EngineOptions {
    /// Whether the options make sense. A server checks them once, before it listens.
    public func check() throws(EngineOptionsError) {
        guard path.hasPrefix("/"), path.hasSuffix("/") else { throw .path }
        guard !transports.isEmpty else { throw .transports }
        if let cookie, !cookie.isWellFormed { throw .cookie }
        if case .listed(let origins) = origins, let wrong = origins.first(where: { EngineOrigin($0) == nil }) {
            throw .origin(wrong)
        }
        let intervals = [pingInterval, pingTimeout, upgradeTimeout, closeTimeout, closeGrace]
        guard intervals.allSatisfy({ $0 > .zero }) else { throw .interval }
        let limits = [
            maxPayload, maxFragments, maxBufferedBytes, maxPacketsPerPayload, maxPacketsPerAnswer,
            maxUnjoinedSessionsPerAddress, maxSessionsPerAddress, maxSessions,
        ]
        guard limits.allSatisfy({ $0 > 0 }) else { throw .limit }
        if let early = maxPayloadBeforeJoin, early < 1 || early > maxPayload { throw .payloadBeforeJoin }
        let thresholds = [httpCompressionThreshold, webSocketCompressionThreshold].compactMap(\.self)
        guard thresholds.allSatisfy({ $0 >= 0 }) else { throw .threshold }
    }
}
