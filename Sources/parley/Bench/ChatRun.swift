import Bytes
import EventLoops
import Network
import SocketIOClient

/// Each member of each chat room keeps some messages under way; one unit is a message that was acknowledged.
///
/// Checks besides that every member hears each message of the room once, each sender's in order, and all in one order.
final class ChatRun: BenchRun {
    private static let password = "a bench's password"

    /// By client and slot: when the message under way was sent.
    private var sentAt: [UInt64] = []
    private var pending = 0
    /// By client: how many messages it has sent.
    private var sent: [Int] = []
    /// By receiver and place of the sender in the room: the number of its last message that was heard.
    private var heard: [Int] = []
    /// By receiver: the id of the last message.
    private var lastID: [Int] = []
    private var missing = 0
    /// Rooms stay on the server, so that those of each run have names of their own.
    private let prefix = "bench-\(BenchClock.now)"
    private let filler: String
    private var maker: RoomMaker?
    private let membersPerRoom: Int

    override init(_ options: BenchOptions, loop: UVLoop) {
        filler = String(repeating: "x", count: options.payload)
        membersPerRoom = (options.clients + options.rooms - 1) / options.rooms
        super.init(options, loop: loop)
    }

    override var underWay: Int { pending + missing }

    override func room(of number: Int) -> Int? { number % options.rooms }

    private func name(ofRoom room: Int) -> String { "\(prefix)-\(room)" }

    override func prepare() {
        let rooms = (0..<options.rooms).map { (id: name(ofRoom: $0), password: Self.password) }
        maker = RoomMaker(rooms, url: options.url, loop: loop) { [unowned self] failure in
            maker = nil
            if let failure { fail(failure) } else { connectFleet() }
        }
        maker?.start()
    }

    override func join(of number: Int) -> [UInt8]? {
        let room = name(ofRoom: number % options.rooms)
        let fields = #""room":"\#(room)","user_id":"user\#(number)","password":"\#(Self.password)""#
        return Array(#"20["join",{\#(fields)}]"#.utf8)
    }

    override func begin() {
        let now = BenchClock.now
        sentAt = Array(repeating: now, count: options.clients * options.inFlight)
        sent = Array(repeating: 0, count: options.clients)
        heard = Array(repeating: 0, count: options.clients * membersPerRoom)
        lastID = Array(repeating: 0, count: options.clients)
        (result.deliveries, result.violations) = (0, 0)
        for slot in 0..<options.inFlight {
            for client in fleet.clients where client.isReady { send(slot, client) }
        }
    }

    /// The text begins with the sender's number and the message's.
    private func send(_ slot: Int, _ client: BenchClient) {
        guard let room = client.room, mayStart() else { return }
        let number = client.number
        sent[number] += 1
        result.expected += 1
        pending += 1
        missing += members(ofRoom: room)
        sentAt[number * options.inFlight + slot] = BenchClock.now
        let text = "\(number):\(sent[number]) \(filler)"
        let fields = #""room":"\#(name(ofRoom: room))","user_id":"user\#(number)","message":"\#(text)""#
        client.send(Array(#"2\#(slot)["message",{\#(fields)}]"#.utf8))
    }

    private func members(ofRoom room: Int) -> Int { (options.clients - room + options.rooms - 1) / options.rooms }

    override func answered(_ id: Int, _ text: RawSpan, at client: BenchClient) {
        guard id < options.inFlight, pending > 0 else { return }
        pending -= 1
        if BenchPacket.end(of: #""status":"success""#, in: text) != nil {
            completed(sentAt: sentAt[client.number * options.inFlight + id])
        } else {
            missing -= client.room.map(members) ?? 0
        }
        send(id, client)
        checkFinished()
    }

    override func event(_ text: RawSpan, at client: BenchClient) {
        // Rooms also hear who comes and goes.
        guard result.deliveries != nil, let id = BenchPacket.end(of: #"["message",{"id":"msg_"#, in: text),
            let start = BenchPacket.end(of: #""message":""#, in: text)
        else { return }
        let sender = BenchPacket.number(in: text, from: start)
        var end = start
        while end < text.byteCount, text.byte(at: end) != UInt8(ascii: ":") { end += 1 }
        note(
            sender, BenchPacket.number(in: text, from: end + 1), id: BenchPacket.number(in: text, from: id), at: client)
        checkFinished()
    }

    private func note(_ sender: Int, _ number: Int, id: Int, at client: BenchClient) {
        missing -= 1
        result.deliveries? += 1
        let place = client.number * membersPerRoom + sender / options.rooms
        guard sender % options.rooms == client.room, heard.indices.contains(place), number == heard[place] + 1,
            id > lastID[client.number]
        else {
            result.violations? += 1
            return
        }
        heard[place] = number
        lastID[client.number] = id
    }

    override func finish() {
        // What never came is as bad as what came twice.
        if missing > 0 { result.violations? += missing }
        missing = 0
        super.finish()
    }
}
