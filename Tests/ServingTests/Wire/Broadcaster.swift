import Bytes
import EngineIO
import EventLoops

/// Gives every message that a session sends to all sessions of its loop, as one message.
final class Broadcaster: EngineApplication {
    let engineOptions: EngineOptions
    private let sessions = Locked<[Listener]>([])

    init(_ change: (inout EngineOptions) -> Void = { _ in }) {
        var options = EchoEngine().engineOptions
        change(&options)
        engineOptions = options
    }

    func started(on loops: [any EventLoop]) {}
    func stopping() async {}

    func opened(_ session: any EngineSession) -> any EngineSessionDelegate {
        let listener = Listener(session, self)
        sessions.withLock { $0.append(listener) }
        return listener
    }

    private func send(_ message: OutgoingMessage) {
        for listener in sessions.withLock({ $0 }) { listener.session?.send(message) }
    }

    /// Used on the one loop of its server.
    private final class Listener: EngineSessionDelegate, @unchecked Sendable {
        weak var session: (any EngineSession)?
        private unowned let owner: Broadcaster

        init(_ session: any EngineSession, _ owner: Broadcaster) { (self.session, self.owner) = (session, owner) }

        func received(text: RawSpan) { owner.send(OutgoingMessage(text: SharedBytes(text))) }

        func received(binary: RawSpan) {
            owner.send(OutgoingMessage(text: nil, binaries: [SharedBytes(binary)]))
        }

        func closed(_ reason: EngineCloseReason) {}
    }
}
