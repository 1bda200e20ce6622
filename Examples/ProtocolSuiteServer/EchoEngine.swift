import Bytes
import EngineIO
import EventLoops

/// Engine.IO alone: every message comes back as it was. What the Engine.IO protocol suites talk to.
struct EchoEngine: EngineApplication {
    let engineOptions: EngineOptions

    func started(on loops: [any EventLoop]) {}

    func opened(_ session: any EngineSession) -> any EngineSessionDelegate { EchoSession(session) }

    func stopping() async {}
}

private final class EchoSession: EngineSessionDelegate {
    private weak var session: (any EngineSession)?

    init(_ session: any EngineSession) { self.session = session }

    func received(text: RawSpan) { session?.send(text: text) }

    func received(binary: RawSpan) { session?.send(OutgoingMessage(text: nil, binaries: [SharedBytes(binary)])) }

    func closed(_ reason: EngineCloseReason) {}
}
