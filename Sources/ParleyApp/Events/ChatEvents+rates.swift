import EventLoops
import JSON
import SocketIO

/// An event that came too fast.
struct RateRefusal: AcknowledgedError {
    /// After how many seconds to send again.
    let seconds: Int

    var acknowledgement: JSONValue {
        [
            "status": "error",
            "message": .string("You send faster than this server takes; try again in \(seconds) s."),
            "error": "rate_limited", "retry_after": JSONValue(seconds),
        ]
    }
}

extension ChatEvents {
    /// Throws where an event comes faster than it may from its connection or its address.
    func limit(_ event: SocketEvent, _ session: ClientSession) throws(RateRefusal) {
        var wait = rates.take(bytes: event.byteCount, &session.rates)
        if wait == nil, let kind = EventRates.Kind(event: event.name) { wait = rates.take(kind, &session.rates) }
        guard let seconds = wait else { return }
        let refusal = RateRefusal(seconds: seconds)
        tell(event.socket, session, refusal)
        throw refusal
    }

    func refuse(_ event: SocketEvent, _ session: ClientSession, _ refusal: RateRefusal) {
        event.acknowledge(refusal.acknowledgement)
        tell(event.socket, session, refusal)
    }

    /// Tells also those who ask for no acknowledgements, once a second: to tell of each event would be to send as fast as
    /// they do.
    private func tell(_ socket: Socket, _ session: ClientSession, _ refusal: RateRefusal) {
        let now = socket.loop.now
        if let last = session.lastRateRefusal, now - last < .seconds(1) { return }
        session.lastRateRefusal = now
        socket.emit("error", refusal.acknowledgement)
    }
}

extension EventRates.Kind {
    /// What an event counts as; `nil` where it may come at any rate.
    fileprivate init?(event name: String) {
        switch name {
        case "message", "edit", "delete", "search": self = .message
        case "typing", "mark_read", "read", "unread": self = .typing
        case "reaction", "pin", "unpin": self = .reaction
        case "join", "authenticate", "presence": self = .join
        case _ where ChatEvents.moderation.contains { $0.0 == name }: self = .join
        default: return nil
        }
    }
}
