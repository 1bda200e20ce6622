import Bytes
public import EventLoops

extension SessionMachine {
    /// What is to be done with a further WebSocket.
    public enum CandidateAction: Equatable, Sendable {
        /// The candidate may try; bring its messages to `candidateReceived`.
        case accept
        /// Close the candidate, which is then no longer one. The session is as it was.
        case close
    }

    /// A further WebSocket with this session's id has been accepted.
    public mutating func candidateOpened(now: MonotonicTime) -> CandidateAction {
        guard !isEnded, transport == .polling, candidate == nil, shared.options.allowUpgrades else { return .close }
        candidate = Candidate(deadline: now + shared.options.upgradeTimeout)
        return .accept
    }

    /// What a message of the candidate asks for.
    public enum ProbeAction {
        /// Write this to the candidate as a text frame, and answer the poll that waits, where one does.
        case write([UInt8], pollAnswer: EngineResponse?)
        /// The candidate is the session's WebSocket now: write these to it, in order.
        case upgraded([EngineOutgoing])
        /// The same, and then the end.
        case upgradedAndEnd([EngineOutgoing], EngineSessionEnd)
        /// Close the candidate. The session is as it was.
        case close
    }

    /// A text message of the candidate. Anything but the probe and the upgrade packet closes it.
    public mutating func candidateReceived(text: RawSpan) -> ProbeAction {
        guard !isEnded, let candidate else { return .close }
        if text.elementsEqual("2probe") {
            self.candidate?.isProbed = true
            // The client goes on only when its poll has come back.
            let answer = queue.isEmpty ? answerPoll(with: .noop) : takePollAnswer()
            return .write(Array("3probe".utf8), pollAnswer: answer)
        }
        guard text.elementsEqual("5"), candidate.isProbed else {
            self.candidate = nil
            return .close
        }
        return upgraded()
    }

    /// The candidate has sent a binary message. Close it.
    public mutating func candidateReceivedBinary() { candidate = nil }

    /// The candidate has ended. The session stays on polling.
    public mutating func candidateClosed() { candidate = nil }

    private mutating func upgraded() -> ProbeAction {
        transport = .webSocket
        candidate = nil
        let items = queue.drain()
        if case .closing(let closing) = phase { return .upgradedAndEnd(items, end(closing.reason)) }
        return .upgraded(items)
    }
}
