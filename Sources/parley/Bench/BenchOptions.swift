import EngineIO
import SocketIOClient

/// What `parley bench` measures.
enum BenchMode: String, CaseIterable {
    case echo, fanout, rooms, idle, handshake, polling, chat, people

    /// What one unit of work is.
    var unit: String {
        switch self {
        case .echo, .polling: "echo"
        case .fanout, .rooms: "delivery"
        case .idle: "connection"
        case .handshake: "handshake"
        case .chat, .people: "message"
        }
    }
}

/// The options of `parley bench`, with their defaults.
struct BenchOptions {
    var mode = BenchMode.echo
    var url = ClientURL(host: "127.0.0.1", port: 3000)
    var clients = 100
    var rooms = 1
    var inFlight = 1
    /// Messages a second, of all together.
    var rate = 20
    var seconds = 10.0
    /// `nil` for no bound but the time.
    var messages: Int?
    var payload = 100
    /// The server's process, for its CPU time and memory.
    var pid: Int?
    var asJSON = false
    /// Serve instead of measuring.
    var servePort: UInt16?
    /// Event loops of that server; `nil` for one per core.
    var threads: Int?

    var client: ClientOptions {
        var options = ClientOptions()
        options.transports = mode == .polling ? [.polling] : [.webSocket]
        options.upgrades = false
        return options
    }

    /// Why the arguments make no sense: one sentence.
    struct Refusal: Error {
        let sentence: String
    }

    init(_ arguments: [String]) throws(Refusal) {
        var rest = arguments.flatMap(Self.split)[...]
        if let word = rest.first, !word.hasPrefix("-") {
            guard let mode = BenchMode(rawValue: word) else {
                let modes = BenchMode.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(sentence: "There is no benchmark '\(Console.clean(word))'; choose one of \(modes).")
            }
            self.mode = mode
            rest = rest.dropFirst()
        }
        if mode == .rooms { rooms = 10 }
        if mode == .chat { (clients, rooms) = (200, 20) }
        if mode == .people { clients = 1_000 }
        while let flag = rest.popFirst() { try take(flag, &rest) }
        guard ![.rooms, .chat].contains(mode) || rooms <= clients else {
            throw Refusal(sentence: "Give --rooms at most as many rooms as there are clients.")
        }
    }

    /// `--name=value` as two arguments.
    private static func split(_ argument: String) -> [String] {
        guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return [argument] }
        return [String(argument[..<equals]), String(argument[argument.index(after: equals)...])]
    }

    private mutating func take(_ flag: String, _ rest: inout ArraySlice<String>) throws(Refusal) {
        if flag == "--json" {
            asJSON = true
            return
        }
        guard let value = rest.popFirst() else { throw Refusal(sentence: "Give \(Console.clean(flag)) a value.") }
        switch flag {
        case "--url": url = try Self.url(value)
        case "--port": url = ClientURL(host: "127.0.0.1", port: UInt16(try number(flag, value, 1...65_535)))
        case "--clients": clients = try number(flag, value, 1...1_000_000)
        case "--rooms": rooms = try number(flag, value, 1...1_000_000)
        case "--in-flight": inFlight = try number(flag, value, 1...10_000)
        case "--rate": rate = try number(flag, value, 1...100_000)
        case "--seconds": seconds = Double(try number(flag, value, 1...86_400))
        case "--messages": messages = try number(flag, value, 1...1_000_000_000)
        case "--payload": payload = try number(flag, value, 0...10_000_000)
        case "--pid": pid = try number(flag, value, 1...Int(Int32.max))
        case "--serve": servePort = UInt16(try number(flag, value, 0...65_535))
        case "--threads": threads = try number(flag, value, 1...1_024)
        default:
            throw Refusal(sentence: "There is no option \(Console.clean(flag)); `parley bench --help` lists them.")
        }
    }

    private static func url(_ text: String) throws(Refusal) -> ClientURL {
        do throws(ClientError) { return try ClientURL(text) } catch { throw Refusal(sentence: error.description) }
    }

    private func number(_ flag: String, _ text: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(sentence: "Give \(flag) a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
