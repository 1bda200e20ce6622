import Network
import SocketIOClient

/// Opens the clients of a run, a limited number at a time, so that the server's accept queue does not run over.
final class BenchFleet {
    private(set) var clients: [BenchClient] = []
    private(set) var readyCount = 0
    private(set) var lostCount = 0
    private(set) var firstError: ClientError?
    private var opened = 0
    /// Called once, when each client is ready or lost.
    private var settled: (() -> Void)?

    /// How many connections are being made at a time.
    private static let concurrency = 64

    func open(_ clients: [BenchClient], _ settled: @escaping () -> Void) {
        self.clients = clients
        self.settled = settled
        for _ in 0..<min(Self.concurrency, clients.count) { openNext() }
    }

    func ready(_ client: BenchClient) {
        readyCount += 1
        goOn()
    }

    func lost(_ client: BenchClient, _ error: ClientError) {
        if firstError == nil { firstError = error }
        lostCount += 1
        if client.isReady { readyCount -= 1 }
        goOn()
    }

    func close() {
        for client in clients { client.abort() }
    }

    private func openNext() {
        guard opened < clients.count else { return }
        opened += 1
        clients[opened - 1].open()
    }

    private func goOn() {
        guard let settled else { return }
        openNext()
        guard readyCount + lostCount >= clients.count else { return }
        self.settled = nil
        settled()
    }
}
