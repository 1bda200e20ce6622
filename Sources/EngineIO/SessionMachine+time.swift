public import EventLoops

extension SessionMachine {
    /// When `deadlineReached` has something to do; `nil` once the session has ended.
    public var nextDeadline: MonotonicTime? {
        switch phase {
        case .ended: nil
        case .closing(let closing): min(closing.until, candidate?.deadline ?? closing.until)
        case .open: min(heartbeat.deadline, candidate?.deadline ?? heartbeat.deadline)
        }
    }

    /// What is due.
    public enum DeadlineAction: Equatable, Sendable {
        case nothing
        /// Something was queued: `takePollAnswer` at the end of the turn.
        case flush
        /// Write this as a text frame.
        case write([UInt8])
        /// Close the candidate: it took too long. The session is as it was.
        case closeCandidate
        case end(EngineSessionEnd)
    }

    /// The timer has fired. To be called until it says `.nothing`.
    public mutating func deadlineReached(now: MonotonicTime) -> DeadlineAction {
        if isEnded { return .nothing }
        if let candidate, candidate.deadline <= now {
            self.candidate = nil
            return .closeCandidate
        }
        if let end = overdueEnd(now: now) { return .end(end) }
        guard phase == .open, case .pingDue(let due) = heartbeat, due <= now else { return .nothing }
        // A timer that fires a grain late must not move the time-out; after a longer delay the client gets its full
        // time.
        heartbeat = .pongDue((now - due <= Self.timerGrain ? due : now) + shared.options.pingTimeout)
        if transport == .webSocket { return .write([EnginePacketType.ping.digit]) }
        return queue.append(.ping) ? .flush : .end(end(.bufferOverflow))
    }
}

extension SessionMachine {
    private static var timerGrain: Duration { .milliseconds(20) }

    /// The end of a session whose time is up. Requests ask too: they may come before the timer does.
    mutating func overdueEnd(now: MonotonicTime) -> EngineSessionEnd? {
        switch (phase, heartbeat) {
        case (.closing(let closing), _): closing.until <= now ? end(closing.reason) : nil
        case (.open, .pongDue(let due)), (.open, .pingExpected(let due)): due <= now ? end(.pingTimeout) : nil
        case (.open, .pingDue), (.ended, _): nil
        }
    }

    /// What closing takes.
    public enum CloseAction: Equatable, Sendable {
        /// The next poll takes what is queued, the one behind it the close packet; its action brings the end.
        case wait
        /// Answer the poll that waits; the next one brings the end.
        case answer(EngineResponse)
        case nothing
        case end(EngineSessionEnd)
    }

    /// This side closes the session: what is queued goes out first.
    ///
    /// It goes in a poll of its own, since clients act on a close packet before the messages beside it, and would take a
    /// namespace's farewell for a broken connection. Only a server that stops does not wait for a second poll.
    public mutating func closeRequested(_ reason: EngineCloseReason, now: MonotonicTime) -> CloseAction {
        guard phase == .open else { return .nothing }
        if transport == .webSocket { return .end(end(reason)) }
        if reason != .serverShuttingDown, let answer = takePollAnswer() {
            phase = .closing(Closing(reason: reason, until: now + shared.options.closeTimeout))
            return .answer(answer)
        }
        if let answer = takeLastAnswer() { return .end(end(reason, pollAnswer: answer)) }
        phase = .closing(Closing(reason: reason, until: now + shared.options.closeTimeout))
        return .wait
    }

    /// The session ends at once, without its last packets: the driver's own bound was passed, or the server is gone.
    public mutating func failed(_ reason: EngineCloseReason) -> EngineSessionEnd? {
        isEnded ? nil : end(reason)
    }

    /// Ends the session. A poll that still waits is told so with a close packet.
    mutating func end(_ reason: EngineCloseReason) -> EngineSessionEnd {
        end(reason, pollAnswer: answerPoll(with: .close))
    }

    mutating func end(_ reason: EngineCloseReason, pollAnswer: EngineResponse?) -> EngineSessionEnd {
        phase = .ended
        poll = nil
        candidate = nil
        _ = queue.drain()
        return EngineSessionEnd(reason: reason, pollAnswer: pollAnswer)
    }
}
