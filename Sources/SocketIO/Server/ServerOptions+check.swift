import EngineIO
import JSON

/// Why a set of options cannot be served, beside `EngineOptionsError`.
public enum ServerOptionsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A time is not longer than nothing.
    case time
    /// A limit is below 1.
    case limit
    /// `maxAttachments` is below 0.
    case attachments
    /// The event that tells the first offset belongs to the library.
    case offsetEvent(String)

    public var description: String {
        switch self {
        case .time: "Make every time of the server longer than nothing."
        case .limit: "Make every limit of the server at least 1."
        case .attachments: "Make maxAttachments 0 or more."
        case .offsetEvent(let name): "Give offsetEvent another name than \"\(name)\", which is reserved."
        }
    }
}

extension ServerOptions {
    /// Whether the options make sense, those of the engine and of recovery included. `WebServer` asks once, before it
    /// listens.
    ///
    /// - Throws: `EngineOptionsError` or `ServerOptionsError`, whose descriptions say what to change.
    public func check() throws {
        try engine.check()
        try checkOwn()
    }

    private func checkOwn() throws(ServerOptionsError) {
        var times = [connectTimeout, attachmentTimeout]
        if let ackTimeout { times.append(ackTimeout) }
        var limits = [
            maxNamespacesPerConnection, maxNamespaceNameLength, maxUnfinishedEvents, jsonLimits.maxBytes,
            jsonLimits.maxValues,
        ]
        if let recovery = connectionStateRecovery {
            times.append(recovery.maxDisconnectionDuration)
            limits += [recovery.maxEvents, recovery.maxBytes, recovery.maxSessions]
            if let name = recovery.offsetEvent, EventName.isReserved(name) { throw .offsetEvent(name) }
        }
        guard times.allSatisfy({ $0 > .zero }) else { throw .time }
        guard limits.allSatisfy({ $0 > 0 }) else { throw .limit }
        guard maxAttachments >= 0 else { throw .attachments }
    }
}
