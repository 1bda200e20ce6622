import Bytes
import Network
import SocketIOClient

/// Who hears what a bench client hears, on the loop.
protocol BenchClientOwner: AnyObject {
    /// The client is in the namespace (and in its room, where it has one).
    func ready(_ client: BenchClient)
    /// A packet that is an event; the bytes are lent.
    func event(_ text: RawSpan, at client: BenchClient)
    /// The answer to what was sent with this id; the bytes are lent.
    func answered(_ id: Int, _ text: RawSpan, at client: BenchClient)
    func closed(_ client: BenchClient, _ error: ClientError)
}

/// One connection of the load: knows as little of Socket.IO as it needs, and allocates nothing for a message.
final class BenchClient: ClientConnectionDelegate {
    let number: Int
    /// The number of the client's room, where it has one.
    let room: Int?
    /// What to send before being ready; its acknowledgement has the id 0.
    private let join: [UInt8]?
    let connection: ClientConnection
    unowned let owner: any BenchClientOwner
    private(set) var isReady = false

    init(
        number: Int, room: Int?, join: [UInt8]?, options: BenchOptions, loop: UVLoop, owner: any BenchClientOwner
    ) throws(ClientError) {
        self.number = number
        self.room = room
        self.join = join
        self.owner = owner
        connection = try ClientConnection(url: options.url, options: options.client, loop: loop)
        connection.delegate = self
    }

    func open() { connection.open() }

    /// Ends the connection with a goodbye; the owner, which may be gone by then, hears nothing of it.
    func leave() {
        connection.delegate = nil
        connection.close()
    }

    /// The same without one.
    func abort() {
        connection.delegate = nil
        connection.abort()
    }

    func send(_ packet: [UInt8]) { connection.send(text: packet.span.bytes) }

    func opened(_ connection: ClientConnection) { send(Array("0".utf8)) }

    func received(text: RawSpan, from connection: ClientConnection) {
        guard text.byteCount > 0 else { return }
        switch text.byte(at: 0) {
        case UInt8(ascii: "2"): owner.event(text, at: self)
        case UInt8(ascii: "3"): answered(text)
        case UInt8(ascii: "0"): connected()
        default: connection.abort()
        }
    }

    func received(binary: RawSpan, from connection: ClientConnection) {}

    func closed(_ connection: ClientConnection, _ error: ClientError) { owner.closed(self, error) }

    private func connected() {
        guard let join else { return becomeReady() }
        send(join)
    }

    private func becomeReady() {
        isReady = true
        owner.ready(self)
    }

    private func answered(_ text: RawSpan) {
        if isReady { return owner.answered(BenchPacket.number(in: text, from: 1), text, at: self) }
        if BenchPacket.end(of: #""status":"error""#, in: text) == nil { becomeReady() } else { connection.abort() }
    }
}

/// What the load reads in packets.
enum BenchPacket {
    /// The digits from `start` on as a number.
    static func number(in text: RawSpan, from start: Int) -> Int {
        var value = 0
        var index = start
        while index < text.byteCount, text.byte(at: index) &- 0x30 < 10, value < 1 << 50 {
            value = value * 10 + Int(text.byte(at: index) &- 0x30)
            index += 1
        }
        return value
    }

    /// Where the first occurrence of `pattern` ends.
    static func end(of pattern: StaticString, in text: RawSpan) -> Int? {
        let count = pattern.utf8CodeUnitCount
        var index = 0
        while index + count <= text.byteCount {
            var same = 0
            while same < count, text.byte(at: index + same) == pattern.utf8Start[same] { same += 1 }
            if same == count { return index + count }
            index += 1
        }
        return nil
    }

    /// Where `pattern` ends, with which the text begins.
    static func end(of pattern: StaticString, atStartOf text: RawSpan) -> Int? {
        let count = pattern.utf8CodeUnitCount
        guard count <= text.byteCount else { return nil }
        for index in 0..<count where text.byte(at: index) != pattern.utf8Start[index] { return nil }
        return count
    }

    /// The number behind the first `"n":`, which comes before any text of a message.
    static func sequence(in text: RawSpan) -> Int? {
        var index = 0
        while index + 4 < text.byteCount {
            if text.byte(at: index) == UInt8(ascii: "n"), text.byte(at: index + 1) == UInt8(ascii: "\""),
                text.byte(at: index + 2) == UInt8(ascii: ":"), index > 0, text.byte(at: index - 1) == UInt8(ascii: "\"")
            {
                return number(in: text, from: text.byte(at: index + 3) == 0x20 ? index + 4 : index + 3)
            }
            index += 1
        }
        return nil
    }
}
