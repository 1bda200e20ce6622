import EventLoops
import Network

/// The connections of one loop whose clients have much of an answer still to take, the one that waits longest first.
struct UnreadAnswers {
    private var waiting: [(connection: HTTPConnection, since: MonotonicTime)] = []

    mutating func add(_ connection: HTTPConnection) {
        waiting.append((connection, connection.host.loop.now))
    }

    mutating func remove(_ connection: HTTPConnection) {
        waiting.removeAll { $0.connection === connection }
    }

    /// The one that has been waiting longest, where that is `time` or longer.
    func slowest(after time: Duration) -> HTTPConnection? {
        guard let first = waiting.first, first.connection.host.loop.now - first.since >= time else { return nil }
        return first.connection
    }
}
