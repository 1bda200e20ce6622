import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/rooms/{room}/messages…`: history both ways, and everything about one message.
struct MessageController: Sendable {
    let chat: Chat
    let callers: Callers
    /// Pages of history that are being made for each address.
    let pages: Concurrency
    let rates: EventRates
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/rooms/{room}/messages") { group in
            group.get("") { request in try await page(request) }
            group.post("") { request in try await post(request) }
            group.get("/{id}") { request in try await message(request) }
            group.patch("/{id}") { request in try await edit(request) }
            group.delete("/{id}") { request in try await remove(request) }
            group.get("/{id}/edits") { request in try await edits(request) }
            group.get("/{id}/thread") { request in try await thread(request) }
            group.put("/{id}/reactions/{reaction}") { request in try await react(request, .add) }
            group.delete("/{id}/reactions/{reaction}") { request in try await react(request, .remove) }
        }
        router.get("/api/v1/rooms/{room}/changes") { request in try await changes(request) }
        router.group("/api/v1/rooms/{room}/pins") { group in
            group.get("") { request in try await pins(request) }
            group.put("/{id}") { request in try await pin(request, true) }
            group.delete("/{id}") { request in try await pin(request, false) }
        }
    }

    // MARK: Pages

    private nonisolated(nonsending) func page(_ request: Request) async throws -> Response {
        Response.json(text: try await page(request, try historyQuery(request)).nativeJSON)
            .with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func thread(_ request: Request) async throws -> Response {
        var query = try historyQuery(request)
        query.thread = try reference(request)
        return Response.json(text: try await page(request, query).nativeJSON).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func page(
        _ request: Request, _ query: HistoryQuery
    ) async throws -> HistoryPage<HistoryEntry> {
        let (room, caller) = (try request.parameter("room"), try await caller(request, .readMessages))
        let reader = caller.reader
        try began(request)
        defer { pages.ended(request.remoteAddress) }
        return try await asked { () throws(ChatError) in
            try await chat.history(query, in: room, for: caller) {
                HistoryEntry($0, of: $1.id, reader: reader, isNative: true)
            }
        }
    }

    /// `pages.ended` must follow.
    func began(_ request: Request) throws(APIError) {
        guard pages.began(request.remoteAddress) else {
            throw .tooMany("Too many pages are being made for your address; try again in a moment.", retryAfter: 1)
        }
    }

    private func historyQuery(_ request: Request) throws -> HistoryQuery {
        let query = try request.query
        do throws(ChatError) {
            var page = HistoryQuery()
            if let text = query.first("date") {
                guard let date = CivilDate(iso8601: text) else { throw .invalid(.date) }
                page = .from(date)
            }
            page.includesDeleted = true
            if let limit = query.first("limit") {
                guard let number = Int(limit) else {
                    throw .invalid(.historyLimit(most: chat.options.limits.historyMost))
                }
                page.limit = number
            }
            if let before = query.first("before") { page.before = try MessageReference(before) }
            if let after = query.first("after") { page.after = try MessageReference(after) }
            if let around = query.first("around") { page.around = try MessageReference(around) }
            return page
        } catch {
            throw APIError(error)
        }
    }

    // MARK: One message

    private nonisolated(nonsending) func post(_ request: Request) async throws -> Response {
        let (room, fields) = (try request.parameter("room"), try request.fields(limits: json))
        let hasFiles = fields["attachments"].map { $0 != .null } ?? false
        // An empty text is the chat's to refuse.
        guard let text = fields["message"]?.stringValue ?? (hasFiles ? "" : nil) else {
            throw APIError.missing("message")
        }
        try limit(request)
        let caller = try await caller(request, .writeMessages, fields)
        let message = try await asked { () throws(ChatError) in
            let links = try MessageLinks(fields["reply_to"], fields["thread"])
            let files = try [String](files: fields["attachments"])
            return try await chat.post(
                text, files: files, clientID: fields.text("client_id"), links: links, in: room, by: caller)
        }
        return try answer(message, room, isSent: true, status: .created)
    }

    private nonisolated(nonsending) func message(_ request: Request) async throws -> Response {
        let (room, reference) = (try request.parameter("room"), try reference(request))
        let caller = try await caller(request, .readMessages)
        let found = try await asked { () throws(ChatError) in
            try await chat.message(reference, in: room, for: caller)
        }
        return try answer(found.message, room, isSent: found.message.author.text == caller.reader)
    }

    private nonisolated(nonsending) func edit(_ request: Request) async throws -> Response {
        let (room, reference) = (try request.parameter("room"), try reference(request))
        let fields = try request.fields(limits: json)
        guard let text = fields["message"]?.stringValue else { throw APIError.missing("message") }
        try limit(request)
        let caller = try await caller(request, .writeMessages, fields)
        let message = try await asked { () throws(ChatError) in
            try await chat.edit(reference, to: text, in: room, by: caller)
        }
        return try answer(message, room, isSent: true)
    }

    private nonisolated(nonsending) func remove(_ request: Request) async throws -> Response {
        let (room, reference) = (try request.parameter("room"), try reference(request))
        try limit(request)
        let caller = try await caller(request, .writeMessages, try request.fields(limits: json))
        _ = try await asked { () throws(ChatError) in try await chat.remove(reference, in: room, by: caller) }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func edits(_ request: Request) async throws -> Response {
        let (room, reference) = (try request.parameter("room"), try reference(request))
        let caller = try await caller(request, .readMessages)
        let versions = try await asked { () throws(ChatError) in
            try await chat.versions(of: reference, in: room, for: caller)
        }
        let list = versions.map { version -> JSONValue in
            ["message": .string(version.text), "until": AccountJSON.time(version.until)]
        }
        return Response.json(["edits": .array(list)]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func react(
        _ request: Request, _ operation: ReactionOperation
    ) async throws -> Response {
        let (room, reference) = (try request.parameter("room"), try reference(request))
        let reaction = try request.parameter("reaction")
        if let seconds = rates.take(.reaction, from: request.remoteAddress) { throw Self.tooFast(seconds) }
        let caller = try await caller(request, .writeMessages, try request.fields(limits: json))
        let update = try await asked { () throws(ChatError) in
            try await chat.react(reaction, to: reference, operation, in: room, by: caller)
        }
        return .json([
            "id": .string(MessageJSON.id(of: update.place.id)), "reactions": ReactionsJSON.names(update.reactions),
            "reaction_counts": ReactionsJSON.counts(update.reactions),
        ])
    }

    // MARK: Pins

    private nonisolated(nonsending) func pins(_ request: Request) async throws -> Response {
        let (room, caller) = (try request.parameter("room"), try await caller(request, .readMessages))
        let found = try await asked { () throws(ChatError) in try await chat.pins(in: room, for: caller) }
        let list = try found.pins.map { pin -> JSONValue in
            [
                "message": try MessageJSON(message: pin.message, room: found.room.id).native(
                    isSent: pin.message.author.text == caller.reader),
                "pinned_by": .string(pin.user.text), "pinned_at": AccountJSON.time(pin.pinned),
            ]
        }
        return Response.json(["pins": .array(list)]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func pin(_ request: Request, _ isPinned: Bool) async throws -> Response {
        let (room, reference) = (try request.parameter("room"), try reference(request))
        if let seconds = rates.take(.reaction, from: request.remoteAddress) { throw Self.tooFast(seconds) }
        let caller = try await caller(request, .moderate, try request.fields(limits: json))
        try await asked { () throws(ChatError) in
            _ = try await chat.pin(reference, isPinned, in: room, by: caller)
        }
        return Response(.noContent)
    }

    // MARK: -

    nonisolated(nonsending) func caller(
        _ request: Request, _ scope: Scope, _ fields: JSONValue = .null
    ) async throws -> Caller {
        try await callers.caller(of: request, scope, showing: Shown(inRoom: request, fields))
    }

    private func limit(_ request: Request) throws(APIError) {
        if let seconds = rates.take(.message, from: request.remoteAddress) { throw Self.tooFast(seconds) }
    }

    private static func tooFast(_ seconds: Int) -> APIError {
        .tooMany("You send faster than this server takes; try again in \(seconds) s.", retryAfter: seconds)
    }

    private func reference(_ request: Request) throws -> MessageReference {
        let text = try request.parameter("id")
        do { return try MessageReference(text) } catch { throw APIError(.messageNotFound) }
    }

    private func answer(
        _ message: Message, _ room: String, isSent: Bool, status: HTTPStatus = .ok
    ) throws -> Response {
        // The id in its canonical spelling.
        let id = try RoomID(room, limits: chat.options.limits)
        let text = MessageJSON(message: message, room: id)
            .encoded(isSent: isSent, withReactions: true, isNative: true)
        return Response.json(text: text, status: status).with("Cache-Control", "no-store")
    }
}

extension MessageJSON {
    /// As the native API shows it, in the midst of something else.
    func native(isSent: Bool) throws -> JSONValue {
        try JSONParser.parse(encoded(isSent: isSent, withReactions: true, isNative: true))
    }
}

extension HistoryPage<HistoryEntry> {
    /// `{"messages":[…],"before":…,"after":…}`: from where to go on in each direction, `null` where there is nothing more.
    var nativeJSON: [UInt8] {
        var out: [UInt8] = []
        out.append(contentsOf: #"{"messages":"#.utf8)
        out.append(contentsOf: json)
        out.append(contentsOf: #","before":"#.utf8)
        out.append(contentsOf: cursor(hasEarlier, places.first).utf8)
        out.append(contentsOf: #","after":"#.utf8)
        out.append(contentsOf: cursor(hasLater, places.last).utf8)
        out.append(UInt8(ascii: "}"))
        return out
    }

    private func cursor(_ isThere: Bool, _ place: MessagePlace?) -> String {
        guard isThere, let place else { return "null" }
        return "\"\(MessageJSON.id(of: place.id))\""
    }
}
