import Bytes
import EventLoops

/// Counts wrong passwords for each pair of room and address, and refuses those who have used up their tries.
///
/// A try is counted before the password is looked at, so that a thousand tries at once are a thousand tries.
final class PasswordGuard: Sendable {
    private struct Pair: Hashable {
        let room: RoomID
        let address: IPAddress?
    }

    private struct Record {
        var failures: Int
        var ends: Int64
    }

    private let records = Locked<[Pair: Record]>([:])
    private let clock: any WallClock
    private let limits: ChatLimits

    init(clock: any WallClock, limits: ChatLimits) {
        self.clock = clock
        self.limits = limits
    }

    /// How many pairs are remembered.
    var count: Int { records.withLock { $0.count } }

    /// Counts a try; throws where there is none left.
    func begin(_ room: RoomID, from address: IPAddress?) throws(ChatError) {
        let pair = Pair(room: room, address: address?.subscriber)
        let now = clock.epochMilliseconds
        let wait: Int64? = records.withLock { records in
            var record = records[pair] ?? Record(failures: 0, ends: 0)
            if record.ends <= now { record = Record(failures: 0, ends: now + limits.passwordWindow * 1000) }
            guard record.failures < limits.passwordFailures else { return record.ends - now }
            record.failures += 1
            if records[pair] == nil { makeRoom(in: &records, now: now) }
            records[pair] = record
            return nil
        }
        if let wait { throw .tooManyAttempts(retryAfter: (wait + 999) / 1000) }
    }

    /// The password was right: earlier mistakes are forgotten.
    func succeeded(_ room: RoomID, from address: IPAddress?) {
        records.withLock { $0[Pair(room: room, address: address?.subscriber)] = nil }
    }

    /// The password was not looked at: the try is given back.
    func withdrew(_ room: RoomID, from address: IPAddress?) {
        let pair = Pair(room: room, address: address?.subscriber)
        records.withLock { records in
            guard let record = records[pair], record.failures > 0 else { return }
            records[pair]?.failures -= 1
        }
    }

    /// Drops what is over, and where that is not enough, what ends first.
    private func makeRoom(in records: inout [Pair: Record], now: Int64) {
        guard records.count >= limits.passwordRecords else { return }
        records = records.filter { $0.value.ends > now }
        guard records.count >= limits.passwordRecords else { return }
        let kept = records.sorted { $0.value.ends > $1.value.ends }.prefix(limits.passwordRecords / 2)
        records = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
