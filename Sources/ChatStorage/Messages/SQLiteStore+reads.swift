public import Accounts
public import Chat
import SQLite

extension SQLiteStore {
    public func places(
        of references: [MessageReference], in room: Room
    ) async throws(StoreError) -> [MessagePlace?] {
        try await readPage(of: room) { database in
            try references.map { try database.place(of: $0, in: room.key) }
        }
    }

    public func mark(_ draft: ReadDraft) async throws(StoreError) -> ReadChange {
        try await write { (log, events) in try log.mark(draft, &events) }
    }

    public func readMarks(in room: Room, limit: Int) async throws(StoreError) -> [ReadMark] {
        try await readPage(of: room) { try $0.readMarks(in: room.key, limit: limit) }
    }

    // MARK: Of accounts

    public func mentions(
        of account: AccountKey, before end: MessageID?, limit: Int, listedReactors: Int
    ) async throws(StoreError) -> [StoredMention] {
        try await readPage { database in
            var all: [StoredMention] = []
            for mention in try database.mentions(of: account, before: end, limit: limit) {
                guard var message = try database.message(at: mention.place, in: mention.room) else { continue }
                message.reactions = try database.reactions(
                    in: mention.room, to: mention.place.sequence, listed: listedReactors)
                message.attachments = try database.attachments(of: message, in: mention.room)
                all.append(StoredMention(room: mention.id, message: message))
            }
            return all
        }
    }

    public func unread(
        of account: AccountKey, person: PersonID, after room: RoomID?, limit: Int, most: Int
    ) async throws(StoreError) -> [UnreadRoom] {
        try await readPage { database in
            try database.unread(of: account, person: person, after: room, limit: limit, most: most)
        }
    }

    public func receipts(of account: AccountKey) async throws(StoreError) -> Bool {
        try await readPage { try $0.receipts(of: account) }
    }

    public func setReceipts(_ areTold: Bool, of account: AccountKey) async throws(StoreError) {
        try await write { (log, _) in try log.setReceipts(areTold, of: account) }
    }
}
