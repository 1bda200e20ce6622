import EventLoops

/// The last events of one namespace, numbered without gaps, within bounds of count, bytes and age.
struct EventLog {
    struct Entry {
        let packet: EventPacket
        let rooms: RoomList
        let except: RoomList
        let time: MonotonicTime

        /// Whether a client in these rooms would have been sent the event.
        func isFor(_ joined: Set<String>) -> Bool {
            (rooms.isEmpty || rooms.contains { joined.contains($0) }) && !except.contains { joined.contains($0) }
        }
    }

    private let options: RecoveryOptions
    private var entries: [Entry] = []
    private var firstKept = 0
    private var bytes = 0
    /// The number of the newest event.
    private(set) var last: UInt64

    init(start: UInt64, options: RecoveryOptions) {
        last = start
        self.options = options
    }

    /// How many events are kept.
    var count: Int { entries.count - firstKept }

    /// Gives the event its number, as text behind its arguments, and keeps it.
    mutating func stamp(_ item: BroadcastItem, isKept: Bool, now: MonotonicTime) -> EventPacket {
        if isKept { last += 1 }
        let packet = item.packet.appending(OffsetText.bytes(last))
        guard isKept else { return packet }
        entries.append(Entry(packet: packet, rooms: item.target.rooms, except: item.target.except, time: now))
        bytes += packet.byteCount
        trim(now: now)
        return packet
    }

    /// Whether all events behind this number are kept.
    func reaches(_ number: UInt64) -> Bool { number <= last && last - number <= UInt64(count) }

    /// The events behind this number; `nil` where not all of them are kept.
    func entries(after number: UInt64) -> [Entry]? {
        guard reaches(number) else { return nil }
        return Array(entries.suffix(Int(last - number)))
    }

    private mutating func trim(now: MonotonicTime) {
        while count > 0, isBeyondBounds(now) {
            bytes -= entries[firstKept].packet.byteCount
            firstKept += 1
        }
        if firstKept > 64, firstKept * 2 > entries.count {
            entries.removeFirst(firstKept)
            firstKept = 0
        }
    }

    private func isBeyondBounds(_ now: MonotonicTime) -> Bool {
        count > options.maxEvents || bytes > options.maxBytes
            || entries[firstKept].time + options.maxDisconnectionDuration < now
    }
}

/// Offsets as clients see them: numbers in an alphabet of 64 letters.
enum OffsetText {
    private static let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-".utf8)

    static func bytes(_ number: UInt64) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = number
        repeat {
            digits.append(letters[Int(rest & 63)])
            rest >>= 6
        } while rest > 0
        return digits.reversed()
    }

    static func text(_ number: UInt64) -> String { String(decoding: bytes(number), as: UTF8.self) }

    /// The number of an offset, or `nil` for any other text.
    static func number(_ text: String) -> UInt64? {
        guard !text.isEmpty, text.utf8.count <= 10 else { return nil }
        var number: UInt64 = 0
        for letter in text.utf8 {
            guard let digit = letters.firstIndex(of: letter) else { return nil }
            number = number << 6 | UInt64(digit)
        }
        return number
    }
}
