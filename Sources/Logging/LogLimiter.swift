import Bytes

/// Bounds what one source can make the log grow: a few records in each window, then only a count.
public final class LogLimiter: Sendable {
    /// How many records of one source were left out in a window that ended.
    public struct Summary: Equatable, Sendable {
        /// Who provoked the records.
        public var source: String
        /// How many were left out.
        public var leftOut: Int
    }

    struct Admission: Equatable {
        var isAdmitted: Bool
        /// Windows that are over, of any source, in which something was left out.
        var ended: [Summary] = []
    }

    private struct Window {
        var start: Int64
        var seen = 0
    }

    private struct State {
        var windows: [String: Window] = [:]
        /// The sources in the order in which their windows began.
        var order: [String] = []
        var firstOfOrder = 0
    }

    private let burst: Int
    private let window: Int64
    private let capacity: Int
    private let state = Locked(State())

    /// What sources share that come when `capacity` others are watched already.
    static let others = "(others)"

    /// - Parameters:
    ///   - burst: records that a source may write in a window; 5 unless told.
    ///   - window: its length; a minute unless told.
    ///   - capacity: sources that are told apart at a time; 1,024 unless told. Any more share one window.
    public init(burst: Int = 5, window: Duration = .seconds(60), capacity: Int = 1024) {
        self.burst = burst
        self.window = window.components.seconds * 1000 + window.components.attoseconds / 1_000_000_000_000_000
        self.capacity = capacity
    }

    func admit(_ source: String, at now: Int64) -> Admission {
        state.withLock { state in
            let ended = endWindows(of: &state, at: now)
            let isKnown = state.windows[source] != nil
            let key = isKnown || state.windows.count < capacity ? source : Self.others
            if state.windows[key] == nil {
                state.windows[key] = Window(start: now)
                state.order.append(key)
            }
            state.windows[key]?.seen += 1
            return Admission(isAdmitted: (state.windows[key]?.seen ?? 0) <= burst, ended: ended)
        }
    }

    /// Ends every window and answers what was left out in each.
    func drain() -> [Summary] {
        state.withLock { endWindows(of: &$0, at: .max) }
    }

    private func endWindows(of state: inout State, at now: Int64) -> [Summary] {
        var ended: [Summary] = []
        while state.firstOfOrder < state.order.count {
            let source = state.order[state.firstOfOrder]
            guard let entry = state.windows[source] else { break }
            guard now - entry.start >= window else { break }
            state.windows[source] = nil
            state.firstOfOrder += 1
            if entry.seen > burst { ended.append(Summary(source: source, leftOut: entry.seen - burst)) }
        }
        if state.firstOfOrder > capacity || state.firstOfOrder == state.order.count {
            state.order.removeFirst(state.firstOfOrder)
            state.firstOfOrder = 0
        }
        return ended
    }
}
