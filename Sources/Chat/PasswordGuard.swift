import Bytes
import EventLoops

/// Counts wrong passwords for each pair of room and address, and for each address in all rooms, and refuses those who
/// have used up their tries.
///
/// A try is counted before the password is looked at, so that a thousand tries at once are a thousand tries.
final class PasswordGuard: Sendable {
    /// Whose tries are counted; in all rooms where there is none.
    private struct Account: Hashable {
        let room: RoomID?
        let address: IPAddress?
    }

    private struct Record {
        var failures: Int
        var ends: Int64
    }

    private let records = Locked<[Account: Record]>([:])
    private let clock: any WallClock
    private let limits: ChatLimits

    init(clock: any WallClock, limits: ChatLimits) {
        self.clock = clock
        self.limits = limits
    }

    /// How many accounts are remembered.
    var count: Int { records.withLock { $0.count } }

    /// What a try counts for. Callers without an address have nothing in common.
    private func accounts(_ room: RoomID, _ address: IPAddress?) -> [(account: Account, most: Int)] {
        let address = address?.subscriber
        let pair = (Account(room: room, address: address), limits.passwordFailures)
        return address == nil
            ? [pair] : [pair, (Account(room: nil, address: address), limits.passwordFailuresPerAddress)]
    }

    /// Counts a try; throws where there is none left.
    func begin(_ room: RoomID, from address: IPAddress?) throws(ChatError) {
        let accounts = accounts(room, address)
        let now = clock.epochMilliseconds
        let fresh = Record(failures: 0, ends: now + limits.passwordWindow * 1000)
        let wait: Int64? = records.withLock { records in
            let current = accounts.map { entry in records[entry.account].flatMap { $0.ends > now ? $0 : nil } ?? fresh }
            for (entry, record) in zip(accounts, current) where record.failures >= entry.most {
                return record.ends - now
            }
            for (entry, record) in zip(accounts, current) {
                if records[entry.account] == nil { makeRoom(in: &records, now: now) }
                records[entry.account] = Record(failures: record.failures + 1, ends: record.ends)
            }
            return nil
        }
        if let wait { throw .tooManyAttempts(retryAfter: (wait + 999) / 1000) }
    }

    /// The password was right: earlier mistakes in the room are forgotten.
    func succeeded(_ room: RoomID, from address: IPAddress?) {
        withdrew(room, from: address)
        records.withLock { $0[Account(room: room, address: address?.subscriber)] = nil }
    }

    /// The password was not looked at: the try is given back.
    func withdrew(_ room: RoomID, from address: IPAddress?) {
        let accounts = accounts(room, address)
        records.withLock { records in
            for (account, _) in accounts {
                guard let record = records[account] else { continue }
                records[account] = record.failures > 1 ? Record(failures: record.failures - 1, ends: record.ends) : nil
            }
        }
    }

    /// Drops what is over, and where that is not enough, what ends first.
    private func makeRoom(in records: inout [Account: Record], now: Int64) {
        guard records.count >= limits.passwordRecords else { return }
        records = records.filter { $0.value.ends > now }
        guard records.count >= limits.passwordRecords else { return }
        let kept = records.sorted { $0.value.ends > $1.value.ends }.prefix(limits.passwordRecords / 2)
        records = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
