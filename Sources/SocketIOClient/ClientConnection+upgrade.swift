import Bytes
import EngineIO
import EventLoops
import Network

// Engine.IO protocol 4, "Upgrade": a second transport is probed with `2probe`; once it answers `3probe`, polling comes to
// rest, and `5` makes the server forget it.

extension ClientConnection {
    private static let probeText: StaticString = "probe"

    func beginUpgrade() {
        let options = endpoint.options
        guard options.upgrades, options.transports.contains(.webSocket), session?.offersWebSocket == true else {
            return
        }
        let probe = WebSocketTransport(loop: loop, endpoint: endpoint)
        probe.owner = self
        self.probe = probe
        probeDeadline = loop.schedule(after: options.connectTimeout, self)
        probe.open()
    }

    func sendProbe() {
        let text = Array("probe".utf8)
        unsafe probe?.send(.ping, text.span.bytes)
    }

    func probeAnswered(_ type: EnginePacketType, _ content: RawSpan) {
        guard type == .pong, content.elementsEqual(Self.probeText), let polling = carrier as? PollingTransport,
            held == nil
        else { return upgradeFailed() }
        held = []
        polling.pause { [weak self] in self?.takeOver() }
    }

    private func takeOver() {
        guard let probe, state == .open else { return }
        cancelProbeDeadline()
        carrier?.abort()
        probe.send(.upgrade, RawSpan())
        carrier = probe
        self.probe = nil
        transport = .webSocket
        sendHeld()
        delegate?.upgraded(self)
    }

    /// Polling goes on.
    func upgradeFailed() {
        dropProbe()
        guard held != nil else { return }
        (carrier as? PollingTransport)?.resume()
        sendHeld()
    }

    private func sendHeld() {
        let waiting = held ?? []
        held = nil
        for message in waiting {
            switch message {
            case .text(let text): unsafe send(text: text.span.bytes)
            case .binary(let bytes): unsafe send(binary: bytes.span.bytes)
            }
        }
    }

    func upgradeTimedOut(_ token: TimerToken) {
        if token == probeDeadline { upgradeFailed() }
    }

    func dropProbe() {
        cancelProbeDeadline()
        probe?.abort()
        probe = nil
    }

    private func cancelProbeDeadline() {
        if let probeDeadline { loop.cancel(probeDeadline) }
        probeDeadline = nil
    }
}
