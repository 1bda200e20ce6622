/// One search over several rooms, the newest messages of all first.
///
/// Reads a part of one room after the other, always of the one that has the newest messages nobody has looked at; two parts
/// at a time, on as many threads.
struct SearchRun {
    private struct Track {
        let room: Room
        let start: Int64
        /// What has been looked at begins here.
        var end: Int64
        /// No message that was not looked at is newer than this one.
        var newest: MessageID
    }

    struct Hit: Sendable {
        let room: Room
        let message: StoredMessage
    }

    private let query: SearchQuery
    private let store: any ChatStore
    private let limits: ChatLimits
    private let ticket: SearchTicket
    private var tracks: [Track]
    private(set) var hits: [Hit] = []
    private(set) var scanned = 0
    /// Everything newer than this was looked at; `nil` at the end.
    private(set) var frontier: MessageID?

    init(
        _ query: SearchQuery, _ rooms: [(room: Room, span: SearchSpan)], _ store: any ChatStore, _ limits: ChatLimits,
        _ ticket: SearchTicket
    ) {
        self.query = query
        self.store = store
        self.limits = limits
        self.ticket = ticket
        tracks = rooms.compactMap { room, span in
            span.newest.map {
                Track(room: room, start: span.sequences.lowerBound, end: span.sequences.upperBound, newest: $0)
            }
        }
        frontier = tracks.map(\.newest).max()
    }

    /// Looks until there are `count` messages found that nothing else comes before, or as many were looked at as may be.
    mutating func run(until count: Int) async throws(ChatError) {
        while let frontier, scanned < limits.searchScan, !isComplete(count, frontier) {
            guard !ticket.isCancelled else { throw .searchSuperseded }
            try await step(count)
            self.frontier = tracks.map(\.newest).max()
        }
        guard !ticket.isCancelled else { throw .searchSuperseded }
        hits.sort { $0.message.place.id > $1.message.place.id }
    }

    private func isComplete(_ count: Int, _ frontier: MessageID) -> Bool {
        hits.count >= count && hits.count { $0.message.place.id > frontier } >= count
    }

    private mutating func step(_ count: Int) async throws(ChatError) {
        guard let index = tracks.indices.max(by: { tracks[$0].newest < tracks[$1].newest }) else { return }
        let track = tracks[index]
        let middle = max(track.start, track.end - Self.part)
        let low = max(track.start, middle - Self.part)
        async let newer = scan(track.room, middle..<track.end, count)
        async let older = scan(track.room, low..<middle, count)
        let results: [ScanResult]
        do {
            results = [try await newer, try await older]
        } catch let error as StoreError where error == .roomMissing {
            tracks.remove(at: index)
            return
        } catch {
            throw (error as? StoreError).map { ChatError($0) } ?? .internalFailure
        }
        note(results[0], of: index, end: middle)
        // Behind a part that was left half-way nothing counts.
        if results[0].isWhole { note(results[1], of: index, end: low) }
        if tracks[index].end <= track.start { tracks.remove(at: index) }
    }

    private mutating func note(_ result: ScanResult, of index: Int, end: Int64) {
        let room = tracks[index].room
        scanned += result.scanned
        hits += result.found.map { Hit(room: room, message: $0) }
        tracks[index].end = result.isWhole ? end : result.oldest?.sequence ?? end
        if let oldest = result.oldest { tracks[index].newest = MessageID(rawValue: oldest.id.rawValue - 1) }
    }

    private func scan(_ room: Room, _ sequences: Range<Int64>, _ count: Int) async throws -> ScanResult {
        guard !sequences.isEmpty else { return ScanResult(found: [], scanned: 0, oldest: nil, isWhole: true) }
        let (query, ticket) = (query, ticket)
        return try await store.scan(room, sequences, most: count + 1, listedReactors: limits.listedReactors) {
            MessageFinder(query, in: room, ticket)
        }
    }

    /// How many places of a room one thread looks at before it does something else.
    private static let part: Int64 = 4096
}
