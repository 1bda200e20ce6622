import Bytes
public import EventLoops

/// Counts attempts for each of the subjects that they concern, and refuses those who have used theirs up.
///
/// An attempt is counted before it is looked at, so that a thousand at once are a thousand.
public final class AttemptGuard<Subject: Hashable & Sendable>: Sendable {
    private struct Record {
        var failures: Int
        var ends: Int64
    }

    private let records = Locked<[Subject: Record]>([:])
    private let clock: any WallClock
    private let window: Int64
    private let capacity: Int

    /// - Parameters:
    ///   - window: how long a failure counts, in seconds.
    ///   - capacity: how many subjects are remembered; beyond, those that end first are forgotten.
    public init(clock: any WallClock, window: Int64, capacity: Int) {
        self.clock = clock
        self.window = window
        self.capacity = capacity
    }

    /// How many subjects are remembered.
    public var count: Int { records.withLock { $0.count } }

    /// Counts an attempt for each subject, if none of them has as many as it may; else gives the seconds to wait.
    public func begin(_ subjects: [(subject: Subject, most: Int)]) -> Int64? {
        let now = clock.epochMilliseconds
        let fresh = Record(failures: 0, ends: now + window * 1000)
        return records.withLock { records in
            let current = subjects.map { records[$0.subject].flatMap { $0.ends > now ? $0 : nil } ?? fresh }
            for (entry, record) in zip(subjects, current) where record.failures >= entry.most {
                return (record.ends - now + 999) / 1000
            }
            for (entry, record) in zip(subjects, current) {
                if records[entry.subject] == nil { makeRoom(in: &records, now: now) }
                records[entry.subject] = Record(failures: record.failures + 1, ends: record.ends)
            }
            return nil
        }
    }

    /// Forgets all that a subject has failed in.
    public func forget(_ subject: Subject) { records.withLock { $0[subject] = nil } }

    /// Gives an attempt back.
    public func withdraw(_ subjects: [Subject]) {
        records.withLock { records in
            for subject in subjects {
                guard let record = records[subject] else { continue }
                records[subject] = record.failures > 1 ? Record(failures: record.failures - 1, ends: record.ends) : nil
            }
        }
    }

    /// Drops what is over, and where that is not enough, what ends first.
    private func makeRoom(in records: inout [Subject: Record], now: Int64) {
        guard records.count >= capacity else { return }
        records = records.filter { $0.value.ends > now }
        guard records.count >= capacity else { return }
        let kept = records.sorted { $0.value.ends > $1.value.ends }.prefix(capacity / 2)
        records = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
