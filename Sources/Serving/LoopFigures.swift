import EngineIO
import Metrics

/// What one loop counts; changed on its thread only, read from any.
final class LoopFigures: Sendable {
    let polling = LoopCounter()
    let webSockets = LoopCounter()
    /// Answers by the first digit of their status, from 1.
    let answers = (1...5).map { _ in LoopCounter() }

    func answered(_ status: Int) {
        let index = status / 100 - 1
        if answers.indices.contains(index) { answers[index].add() }
    }

    /// Notes that a session goes over from one transport to another; `nil` before and after its life.
    func moved(from old: EngineTransport?, to new: EngineTransport?) {
        if let old { counter(of: old).add(-1) }
        if let new { counter(of: new).add() }
    }

    private func counter(of transport: EngineTransport) -> LoopCounter {
        switch transport {
        case .polling: polling
        case .webSocket: webSockets
        }
    }
}

/// What a server is doing, on all its loops.
public struct ServerFigures: Sendable, Equatable {
    /// Connections that are open.
    public var connections = 0
    /// Sessions that are polled.
    public var pollingSessions = 0
    /// Sessions on a WebSocket.
    public var webSocketSessions = 0
    /// Requests answered so far, by the first digit of their status: 1 to 5.
    public var answers = [0, 0, 0, 0, 0]

    /// None of anything.
    public init() {}
}

extension WebServer {
    /// What the server is doing now. From any thread.
    public var figures: ServerFigures {
        var figures = ServerFigures()
        figures.connections = connectionCount
        for loop in loopFigures {
            figures.pollingSessions += loop.polling.value
            figures.webSocketSessions += loop.webSockets.value
            for (index, counter) in loop.answers.enumerated() { figures.answers[index] += counter.value }
        }
        return figures
    }
}
