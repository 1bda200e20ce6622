import Bytes
import EventLoops
import Network
import ParleyApp
import Settings

/// `parley health`: asks a running server whether it answers; what a container's health check calls.
enum HealthCommand: Subcommand {
    static let name = "health"
    static let summary = "ask the running server whether it answers"

    static var help: String {
        """
        parley health [FLAG VALUE …]

        Ends with 0 where the server that `parley serve` starts with the same flags, variables and file answers within five
        seconds (with TLS: accepts a connection), and with 1 and a sentence where it does not. The flags are those of
        `parley serve`.

        """
    }

    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        do throws(SettingsError) {
            let settings = try AppSettings.catalog.load(arguments: arguments, environment: environment)
            guard let complaint = await probe(settings) else { return ExitCode.success }
            Console.complain(complaint)
            return ExitCode.failure
        } catch {
            Console.complain(error.description)
            return ExitCode.usage
        }
    }

    /// A sentence where something is wrong.
    private static func probe(_ settings: Settings) async -> String? {
        let host = reachable(settings[AppSettings.host])
        let port = UInt16(clamping: settings[AppSettings.port])
        let hasTLS = settings[AppSettings.tlsCertificate] != nil
        let loop = UVLoop()
        let result = await withCheckedContinuation { continuation in
            loop.execute {
                HealthProbe(loop, asks: !hasTLS) { continuation.resume(returning: $0) }.start(host, port)
            }
        }
        loop.stop()
        return result.map { "The server at \(host), port \(port), is not well: \($0)." }
    }

    /// "Any address" is no address to connect to.
    private static func reachable(_ host: String) -> String {
        guard let address = IPAddress(host), address.isUnspecified else { return host }
        return address.isIPv4 ? "127.0.0.1" : "::1"
    }
}

/// One request and the first line of its answer; lives on one loop until it is done.
private final class HealthProbe: TCPConnectionDelegate, TimerTarget {
    private let loop: UVLoop
    private let asks: Bool
    private var done: ((String?) -> Void)?
    private var connection: TCPConnection?
    private var answer: [UInt8] = []

    private static let wanted = Array("HTTP/1.1 200 ".utf8)

    init(_ loop: UVLoop, asks: Bool, _ done: @escaping (String?) -> Void) {
        self.loop = loop
        self.asks = asks
        self.done = done
    }

    func start(_ host: String, _ port: UInt16) {
        loop.schedule(after: .seconds(5), self)
        loop.connect(host: host, port: port, timeout: .seconds(5)) { [self] result in
            switch result {
            case .failure: finish("nothing accepts a connection there")
            case .success(let made) where done == nil || !asks:
                made.abort()
                finish(nil)
            case .success(let made):
                connection = made
                made.delegate = self
                made.write(Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
            }
        }
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        answer.append(contentsOf: bytes)
        guard answer.count >= Self.wanted.count else { return }
        finish(answer.starts(with: Self.wanted) ? nil : "it answers, but not with 200")
    }

    func closed(_ error: NetworkError?) {
        connection = nil
        finish("it closed the connection without an answer")
    }

    func timerFired(_ token: TimerToken) { finish("it did not answer in time") }

    private func finish(_ complaint: String?) {
        guard let done else { return }
        self.done = nil
        connection?.abort()
        done(complaint)
    }
}
