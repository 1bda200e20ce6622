import EventLoops
import Network
import SocketIOClient

/// Everybody is in the lobby of a chat, where somebody begins to type, somebody posts and somebody reacts at a steady pace;
/// one unit is a message that was acknowledged.
///
/// Checks besides that every member hears each message and each reaction once, and the messages in one order.
final class PeopleRun: BenchRun {
    /// By what the answer to an event is known.
    private enum Kind {
        static let message = 0
        static let other = 1
    }

    private static let pause = Duration.milliseconds(5)
    /// Few enough kinds for one message.
    private static let emoji = ["👍", "🎉", "🚀", "❤️", "😀", "👀", "🔥", "🙏"]

    private var tick: TimerToken?
    private var beganAt: UInt64 = 0
    /// How many turns there were: in each somebody types, somebody posts and somebody reacts.
    private var turns = 0
    /// By client: when its message under way was sent.
    private var sentAt: [UInt64] = []
    private var pending = 0
    /// Messages and reactions that members have yet to hear.
    private var missing = 0
    /// By client: the id of the last message that it heard.
    private var lastID: [Int] = []
    private var newestID = 0
    private var memoryAtStart: Double?
    private var measuredAt: UInt64 = 0
    /// The lobby remembers names, so that those of each run are its own.
    private let prefix = "people-\(BenchClock.now)"
    private let filler: String

    override init(_ options: BenchOptions, loop: UVLoop) {
        filler = String(repeating: "x", count: options.payload)
        super.init(options, loop: loop)
    }

    override var underWay: Int { pending + missing }

    override func join(of number: Int) -> [UInt8]? {
        Array(#"20["join",{"room":"lobby","user_id":"\#(prefix)-\#(number)"}]"#.utf8)
    }

    override func begin() {
        beganAt = BenchClock.now
        sentAt = Array(repeating: beganAt, count: options.clients)
        lastID = Array(repeating: 0, count: options.clients)
        (result.deliveries, result.violations, result.reactions, result.typings) = (0, 0, 0, 0)
        memoryAtStart = meter?.residentBytes
        tick = loop.schedule(after: Self.pause, self)
    }

    override func timerFired(_ token: TimerToken) {
        guard token == tick else { return super.timerFired(token) }
        let now = BenchClock.now
        // What was held up is caught up on: the pace is that of the clock.
        let due = Int(Double(now - beganAt) / 1e9 * Double(options.rate))
        while turns < due, isSending { takeTurn() }
        if now - measuredAt > 1_000_000_000 { measureMemory(now) }
        tick = isSending ? loop.schedule(after: Self.pause, self) : nil
    }

    private func takeTurn() {
        let count = options.clients
        // Who posts has been typing for a second.
        begin(typing: turns % count)
        post(by: (turns + count - min(options.rate, count - 1)) % count)
        react(by: (turns + count / 2) % count)
        turns += 1
    }

    private func begin(typing number: Int) {
        guard let client = client(number) else { return }
        result.typings? += 1
        pending += 1
        client.send(Array(#"2\#(Kind.other)["typing",{"room":"lobby","is_typing":true}]"#.utf8))
    }

    private func post(by number: Int) {
        guard let client = client(number), mayStart() else { return }
        result.expected += 1
        pending += 1
        missing += fleet.readyCount
        sentAt[number] = BenchClock.now
        let text = "\(turns) \(filler)"
        client.send(Array(#"2\#(Kind.message)["message",{"room":"lobby","message":"\#(text)"}]"#.utf8))
    }

    private func react(by number: Int) {
        guard newestID > 0, isSending, let client = client(number) else { return }
        result.reactions? += 1
        pending += 1
        missing += fleet.readyCount
        let emoji = Self.emoji[turns % Self.emoji.count]
        let fields = #""room":"lobby","message_id":"msg_\#(newestID)","reaction":"\#(emoji)","op":"add""#
        client.send(Array(#"2\#(Kind.other)["reaction",{\#(fields)}]"#.utf8))
    }

    private func client(_ number: Int) -> BenchClient? {
        let client = fleet.clients[number]
        return client.isReady ? client : nil
    }

    private func measureMemory(_ now: UInt64) {
        measuredAt = now
        guard let memoryAtStart, let bytes = meter?.residentBytes else { return }
        result.serverGrowth = max(result.serverGrowth ?? 0, bytes - memoryAtStart)
    }

    override func answered(_ id: Int, _ text: RawSpan, at client: BenchClient) {
        guard pending > 0 else { return }
        pending -= 1
        if BenchPacket.end(of: #""status":"success""#, in: text) == nil {
            // What was to be heard of it never comes.
            result.violations? += 1
        } else if id == Kind.message {
            completed(sentAt: sentAt[client.number])
        }
        checkFinished()
    }

    override func event(_ text: RawSpan, at client: BenchClient) {
        // While the clients come, there is nothing to count.
        guard result.deliveries != nil else { return }
        if let start = BenchPacket.end(of: #"2["message",{"id":"msg_"#, atStartOf: text) {
            let id = BenchPacket.number(in: text, from: start)
            if id <= lastID[client.number] { result.violations? += 1 }
            lastID[client.number] = id
            newestID = max(newestID, id)
        } else if BenchPacket.end(of: #"2["reaction_update""#, atStartOf: text) == nil {
            return
        }
        missing -= 1
        result.deliveries? += 1
        checkFinished()
    }

    override func finish() {
        if let tick { loop.cancel(tick) }
        // What never came is as bad as what came twice.
        result.violations? += abs(missing)
        missing = 0
        super.finish()
    }
}
