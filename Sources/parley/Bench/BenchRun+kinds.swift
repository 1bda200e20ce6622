import Bytes
import EventLoops
import Network
import SocketIOClient

/// Each client keeps some `echo` events under way; one unit is an acknowledgement. Also over polling.
final class EchoRun: BenchRun {
    /// When each event under way was sent, by client and slot.
    private var sentAt: [UInt64] = []
    private var pending = 0
    private var packets: [[UInt8]] = []

    override var underWay: Int { pending }

    override func begin() {
        sentAt = Array(repeating: BenchClock.now, count: options.clients * options.inFlight)
        let text = String(repeating: "x", count: options.payload)
        packets = (0..<options.inFlight).map { Array(#"2\#($0)["echo","\#(text)"]"#.utf8) }
        for slot in 0..<options.inFlight {
            for client in fleet.clients where client.isReady { send(slot, client) }
        }
    }

    private func send(_ slot: Int, _ client: BenchClient) {
        guard mayStart() else { return }
        result.expected += 1
        pending += 1
        sentAt[client.number * options.inFlight + slot] = BenchClock.now
        client.send(packets[slot])
    }

    override func answered(_ id: Int, _ text: RawSpan, at client: BenchClient) {
        guard id < options.inFlight, pending > 0 else { return }
        pending -= 1
        completed(sentAt: sentAt[client.number * options.inFlight + id])
        send(id, client)
        checkFinished()
    }
}

/// In each room one member keeps some messages under way; one unit is a delivery to one member.
final class RoomsRun: BenchRun {
    private struct Message {
        var sentAt: UInt64
        /// Deliveries that have not come.
        var missing: Int
    }

    /// Messages under way, by room and slot.
    private var messages: [Message] = []
    private var members: [Int] = []
    private var senders: [BenchClient?] = []
    private var pending = 0
    private let text: String

    override init(_ options: BenchOptions, loop: UVLoop) {
        text = String(repeating: "x", count: options.payload)
        super.init(options, loop: loop)
    }

    override var underWay: Int { pending }

    override func room(of number: Int) -> Int? { number % options.rooms }

    override func begin() {
        members = Array(repeating: 0, count: options.rooms)
        senders = Array(repeating: nil, count: options.rooms)
        for client in fleet.clients where client.isReady {
            guard let room = client.room else { continue }
            members[room] += 1
            if senders[room] == nil { senders[room] = client }
        }
        messages = Array(
            repeating: Message(sentAt: BenchClock.now, missing: 0), count: options.rooms * options.inFlight)
        for slot in 0..<options.inFlight {
            for room in 0..<options.rooms { send(room, slot) }
        }
    }

    /// The number in a message is its place in `messages`.
    private func send(_ room: Int, _ slot: Int) {
        guard let sender = senders[room], mayStart() else { return }
        let number = room * options.inFlight + slot
        result.expected += members[room]
        pending += members[room]
        messages[number] = Message(sentAt: BenchClock.now, missing: members[room])
        sender.send(Array(#"21["message",{"room":"room\#(room)","n":\#(number),"text":"\#(text)"}]"#.utf8))
    }

    override func event(_ text: RawSpan, at client: BenchClient) {
        guard let number = BenchPacket.sequence(in: text), number < messages.count, messages[number].missing > 0 else {
            return
        }
        pending -= 1
        messages[number].missing -= 1
        completed(sentAt: messages[number].sentAt)
        guard messages[number].missing == 0 else { return }
        send(number / options.inFlight, number % options.inFlight)
        checkFinished()
    }
}

/// The clients do nothing; what they cost is measured.
final class IdleRun: BenchRun {
    override func begin() {
        result.expected = options.clients
        result.completed = fleet.readyCount
    }
}

/// Clients connect, join the namespace and leave; one unit is one client that was let in.
final class HandshakeRun: BenchRun {
    private var underWayByClient: [ObjectIdentifier: (client: BenchClient, since: UInt64)] = [:]
    private var next = 1

    override var underWay: Int { underWayByClient.count }

    /// One client, so that a server that is not there is noticed.
    override var fleetSize: Int { 1 }

    override func begin() {
        for _ in 0..<options.inFlight { connect() }
    }

    private func connect() {
        guard mayStart(), let client = try? makeClient(next, room: nil) else { return }
        next += 1
        result.expected += 1
        underWayByClient[ObjectIdentifier(client)] = (client, BenchClock.now)
        client.open()
    }

    override func ready(_ client: BenchClient) {
        guard let entry = underWayByClient.removeValue(forKey: ObjectIdentifier(client)) else {
            return super.ready(client)
        }
        completed(sentAt: entry.since)
        client.leave()
        connect()
        checkFinished()
    }

    override func closed(_ client: BenchClient, _ error: ClientError) {
        guard underWayByClient.removeValue(forKey: ObjectIdentifier(client)) != nil else {
            return super.closed(client, error)
        }
        result.lostConnections += 1
        if result.error == nil { result.error = error.description }
        connect()
        checkFinished()
    }
}
