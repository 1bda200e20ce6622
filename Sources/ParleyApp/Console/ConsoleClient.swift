import EventLoops
import JSON
import Network

/// Asks a server that runs, over its console's socket.
enum ConsoleClient {
    enum Outcome: Sendable {
        case answered(JSONValue)
        /// No server takes requests there.
        case unreachable
        /// It was asked and has not answered: whether it was done is not known.
        case interrupted
    }

    static func ask(_ request: ConsoleRequest, at path: String) async -> Outcome {
        let loop = UVLoop()
        let outcome = await withCheckedContinuation { continuation in
            loop.execute {
                ConsoleExchange(loop, request.line) { continuation.resume(returning: $0) }.start(path)
            }
        }
        loop.stop()
        return outcome
    }
}

/// One request on its way; lives on one loop until it is done.
private final class ConsoleExchange: TCPConnectionDelegate, TimerTarget {
    private let loop: UVLoop
    private let request: [UInt8]
    private var done: ((ConsoleClient.Outcome) -> Void)?
    private var connection: TCPConnection?
    private var answer: [UInt8] = []

    /// How long the server may take.
    private static let patience = Duration.seconds(300)
    /// How long an answer may be, in bytes.
    private static let longest = 64 << 20

    init(_ loop: UVLoop, _ request: [UInt8], _ done: @escaping (ConsoleClient.Outcome) -> Void) {
        self.loop = loop
        self.request = request
        self.done = done
    }

    func start(_ path: String) {
        loop.connect(to: .unix(path: path)) { [self] result in
            guard case .success(let made) = result else { return finish(.unreachable) }
            connection = made
            loop.schedule(after: Self.patience, self)
            made.delegate = self
            made.write(request)
        }
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        unsafe answer.append(contentsOf: bytes)
        if answer.count > Self.longest { finish(.interrupted) }
    }

    func closed(_ error: NetworkError?) {
        connection = nil
        guard answer.last == UInt8(ascii: "\n"), let json = try? JSONParser.parse(answer, limits: Self.limits) else {
            return finish(.interrupted)
        }
        finish(.answered(json))
    }

    func timerFired(_ token: TimerToken) { finish(.interrupted) }

    private static let limits = JSONLimits.knownUTF8

    private func finish(_ outcome: ConsoleClient.Outcome) {
        guard let done else { return }
        self.done = nil
        connection?.abort()
        done(outcome)
    }
}
