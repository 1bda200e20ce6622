import Accounts
import Chat
import HTTPWire
import JSON
import Routing

extension MessageController {
    /// What has become of a room's messages since the `revision` of a join, of an event, or of an earlier answer.
    nonisolated(nonsending) func changes(_ request: Request) async throws -> Response {
        let (room, caller) = (try request.parameter("room"), try await caller(request, .readMessages))
        let (reader, query) = (caller.reader, try request.query)
        let most = chat.options.limits.historyMost
        try began(request)
        defer { pages.ended(request.remoteAddress) }
        let page = try await asked { () throws(ChatError) in
            let since = try Self.number(query.first("since"), or: .invalid(.revision))
            let limit = try Self.number(query.first("limit"), or: .invalid(.historyLimit(most: most)))
            return try await chat.changes(since: since, limit: limit.map { Int($0) }, in: room, for: caller) {
                HistoryEntry($0, of: $1.id, reader: reader, isNative: true)
            }
        }
        return Response.json(text: page.nativeJSON).with("Cache-Control", "no-store")
    }

    private static func number(_ text: String?, or error: ChatError) throws(ChatError) -> Int64? {
        guard let text else { return nil }
        guard let number = Int64(text) else { throw error }
        return number
    }
}

extension ChangePage<HistoryEntry> {
    /// `{"messages":[…],"revision":…,"more":…,"oldest":…,"reset":…}`
    fileprivate var nativeJSON: [UInt8] {
        var out: [UInt8] = []
        out.append(contentsOf: #"{"messages":"#.utf8)
        out.append(contentsOf: entries.json)
        out.append(contentsOf: #","revision":\#(revision),"more":\#(hasMore)"#.utf8)
        out.append(contentsOf: #","oldest":\#(oldest.map(String.init) ?? "null"),"reset":\#(isReset)}"#.utf8)
        return out
    }
}
