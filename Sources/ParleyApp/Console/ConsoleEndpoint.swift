import EventLoops
import JSON
import Logging
import Network
import Serving

/// Where a server that runs takes what `parley user` and `parley room` ask for: a unix socket beside the database, which
/// its owner alone may connect to. Who can do that can read the keys as well.
struct ConsoleEndpoint: Sendable {
    let path: String
    let console: OperatorConsole

    /// How many may ask at a time.
    private static let connections = 16

    /// Listens; where that cannot be, the server runs without, and its log says so.
    func listen(on server: WebServer, logger: Logger) {
        var options = Listener.Options()
        options.mode = 0o600
        options.maxConnections = Self.connections
        options.connection.maxPendingBytes = 16 << 20
        do {
            try server.listen(.unix(path: path), options: options) { [console] connection in
                ConsoleConnection(connection, console).start()
            }
        } catch {
            logger.warning(
                "`parley user` and `parley room` work while the server is stopped only",
                ["error": .describing(error)])
        }
    }
}

/// One request and its answer.
///
/// `@unchecked Sendable` because it is touched on the connection's loop only.
private final class ConsoleConnection: TCPConnectionDelegate, TimerTarget, @unchecked Sendable {
    private let connection: TCPConnection
    private let console: OperatorConsole
    private var line: [UInt8] = []
    private var isAnswering = false
    private var timer: TimerToken?

    /// How long a request may take to come, and an answer to be taken.
    private static let patience = Duration.seconds(10)

    init(_ connection: TCPConnection, _ console: OperatorConsole) {
        self.connection = connection
        self.console = console
    }

    func start() {
        timer = connection.loop.schedule(after: Self.patience, self)
        connection.delegate = self
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        guard !isAnswering else { return }
        unsafe line.append(contentsOf: bytes)
        guard line.count <= ConsoleRequest.longest else { return connection.abort() }
        guard line.last == UInt8(ascii: "\n") else { return }
        isAnswering = true
        cancelTimer()
        connection.loop.start { [self] in await answer() }
    }

    private nonisolated(nonsending) func answer() async {
        let answer =
            if let request = ConsoleRequest(line: line) { await console.answer(request) } else {
                OperatorConsole.unknown.json
            }
        guard connection.isOpen else { return }
        connection.write(JSONPrinter.text(of: answer) + [UInt8(ascii: "\n")])
        connection.shutdownAfterFlush()
        timer = connection.loop.schedule(after: Self.patience, self)
    }

    func timerFired(_ token: TimerToken) {
        timer = nil
        connection.abort()
    }

    func closed(_ error: NetworkError?) { cancelTimer() }

    private func cancelTimer() {
        if let timer { connection.loop.cancel(timer) }
        timer = nil
    }
}
