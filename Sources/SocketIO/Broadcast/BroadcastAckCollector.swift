import Bytes
import EventLoops

/// Gathers the answers to one broadcast until all have come or the time is over. For any thread.
final class BroadcastAckCollector: TimerTarget, Sendable {
    private typealias Completion = @Sendable (Result<[EventArguments], BroadcastAckError>) -> Void

    private struct State {
        var completion: Completion?
        var responses: [EventArguments] = []
        var lost = 0
        var clients = 0
        var isCounted = false
        var clock: (loop: any EventLoop, token: TimerToken)?
    }

    private let state: Locked<State>

    init(_ completion: @escaping @Sendable (Result<[EventArguments], BroadcastAckError>) -> Void) {
        state = Locked(State(completion: completion))
    }

    /// Starts the clock.
    func start(on loop: (any EventLoop)?, timeout: Duration?) {
        guard let loop, let timeout else { return }
        loop.perform { [self] in
            let token = loop.schedule(after: timeout, self)
            let isOver = state.withLock { state in
                if state.completion != nil { state.clock = (loop, token) }
                return state.completion == nil
            }
            if isOver { loop.cancel(token) }
        }
    }

    /// Some server has sent the event to that many clients; the last one to say so makes the count complete.
    func reached(_ clients: Int, isLast: Bool) {
        update {
            $0.clients += clients
            if isLast { $0.isCounted = true }
        }
    }

    func answered(_ answer: Result<EventArguments, AckError>) {
        update {
            switch answer {
            case .success(let response): $0.responses.append(response)
            case .failure: $0.lost += 1
            }
        }
    }

    func timerFired(_ token: TimerToken) { finish(evenIfIncomplete: true) }

    private func update(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        finish(evenIfIncomplete: false)
    }

    private func finish(evenIfIncomplete: Bool) {
        let ended: State? = state.withLock { state in
            let isComplete = state.isCounted && state.responses.count + state.lost == state.clients
            guard state.completion != nil, isComplete || evenIfIncomplete else { return nil }
            let ended = state
            state = State()
            return ended
        }
        guard let ended else { return }
        if let (loop, token) = ended.clock { loop.perform { loop.cancel(token) } }
        let isWhole = ended.isCounted && ended.responses.count == ended.clients
        let error = BroadcastAckError(responses: ended.responses, expected: ended.clients)
        ended.completion?(isWhole ? .success(ended.responses) : .failure(error))
    }
}
