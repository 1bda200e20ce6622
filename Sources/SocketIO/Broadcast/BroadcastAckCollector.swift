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
    }

    private let state: Locked<State>

    init(_ completion: @escaping @Sendable (Result<[EventArguments], BroadcastAckError>) -> Void) {
        state = Locked(State(completion: completion))
    }

    /// Starts the clock. Whoever may still answer keeps the collector alive.
    func start(on loop: (any EventLoop)?, timeout: Duration?) {
        guard let loop, let timeout else { return }
        loop.execute { [self] in
            guard state.withLock({ $0.completion != nil }) else { return }
            loop.schedule(after: timeout, self)
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
        let (completion, result) = state.withLock {
            state -> (Completion?, Result<[EventArguments], BroadcastAckError>) in
            let isComplete = state.isCounted && state.responses.count + state.lost == state.clients
            let isWhole = isComplete && state.lost == 0
            guard isComplete || evenIfIncomplete else { return (nil, .success([])) }
            let completion = state.completion
            state.completion = nil
            let error = BroadcastAckError(responses: state.responses, expected: state.clients)
            return (completion, isWhole ? .success(state.responses) : .failure(error))
        }
        completion?(result)
    }
}
