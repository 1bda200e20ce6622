public import Chat
import EventLoops
public import Metrics
import SQLite

/// How much waits for the store.
public struct StoreQueues: Sendable, Equatable {
    /// Changes.
    public let writes: Int
    /// What joins and the like read.
    public let reads: Int
    /// Pages of history.
    public let pages: Int
}

extension SQLiteStore {
    /// How many changes shared a commit.
    public var commitBatches: Histogram { commits.batches }

    /// How long commits took.
    public var commitDurations: Histogram { commits.durations }

    /// Commits that failed, and the changes in them with them.
    public var commitFailures: Counter { commits.failures }

    /// How much waits now. From any thread.
    public var queues: StoreQueues {
        StoreQueues(writes: writer.queuedCount, reads: readers.queuedCount, pages: pages.queuedCount)
    }

    /// Writes a note of no meaning and returns once that is on the disk: what is thrown is what a message would meet.
    public func probe() async throws(StoreError) {
        do {
            _ = try await writer.write { (log, _) in
                try log.database.run(
                    "INSERT OR REPLACE INTO counters (name, value) VALUES ('probe', ?)",
                    .integer(log.clock.epochMilliseconds))
            }
        } catch {
            throw StoreError(error)
        }
    }
}
