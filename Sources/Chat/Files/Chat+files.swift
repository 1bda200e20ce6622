import Accounts
public import Blobs
import Bytes

/// A file that somebody may read.
public struct OpenFile: Sendable {
    public let attachment: Attachment
    public let reader: BlobReader
}

extension Chat {
    // MARK: Lists

    /// The files of a room, the newest first.
    ///
    /// - Parameters:
    ///   - before: the name of one of them, to go on behind it.
    ///   - limit: how many; `nil` for as many as a page has.
    public func files(
        in id: String, before: String? = nil, limit: Int? = nil, for caller: Caller
    ) async throws(ChatError) -> FilePage {
        let room = try await authorize(.read, in: id, for: caller).room
        let most = min(limit ?? limits.listedFiles, limits.listedFiles)
        guard most >= 1 else { throw .invalid(.fileLimit(most: limits.listedFiles)) }
        var cursor: BlobID?
        if let before { cursor = try Self.id(ofFile: before) }
        return try await files(of: room, before: cursor, most: most)
    }

    /// The newest files of a room, the newest first, for one who is in it.
    public func files(for member: Membership) async throws(ChatError) -> FilePage {
        try authorize(.read, as: member)
        return try await files(of: member.room, before: nil, most: limits.listedFiles)
    }

    private func files(of room: Room, before: BlobID?, most: Int) async throws(ChatError) -> FilePage {
        do {
            let found = try await environment.store.files(of: room, before: before, limit: most + 1)
            return FilePage(files: found.prefix(most).compactMap { room.open($0) }, hasMore: found.count > most)
        } catch {
            throw failure(error, of: room)
        }
    }

    // MARK: One file

    /// A file by its id or its stored name.
    public func open(file name: String, in id: String, for caller: Caller) async throws(ChatError) -> OpenFile {
        let room = try await authorize(.read, in: id, for: caller).room
        let file = try Self.id(ofFile: name)
        let stored: StoredAttachment
        do { stored = try await environment.store.file(file, of: room) } catch { throw failure(error, of: room) }
        guard Self.isName(name, of: stored.facts), let attachment = room.open(stored) else { throw .fileNotFound }
        let folder = try folder
        do throws(BlobError) {
            return OpenFile(attachment: attachment, reader: try await folder.open(file, key: room.dataKey))
        } catch {
            throw ChatError(error)
        }
    }

    /// The bytes of a message's own file; `nil` where they cannot be had.
    public func content(of attachment: Attachment, in room: Room) async -> [UInt8]? {
        guard let folder = environment.files,
            let reader = try? await folder.open(attachment.facts.id, key: room.dataKey)
        else { return nil }
        return try? await reader.bytes(0..<reader.count)
    }

    /// Removes one's own file, or as a moderator anybody's; its bytes are gone when this returns. A message that said
    /// nothing else goes with it.
    @discardableResult
    public func removeFile(_ name: String, in id: String, by caller: Caller) async throws(ChatError) -> FileFacts {
        let (room, author, isModerator) = try await remover(in: id, caller)
        let file = try Self.id(ofFile: name)
        let deed =
            isModerator ? try deed("file.removed", in: room, by: caller, [.init("file", file.description)]) : nil
        let draft = FileRemovalDraft(
            room: room, file: file, author: author, isModerator: isModerator, deed: deed)
        let facts: FileFacts
        do { facts = try await environment.store.removeFile(draft) } catch { throw failure(error, of: room) }
        // Where this fails, the sweep at the next start does it.
        try? await environment.files?.remove(facts.id)
        return facts
    }

    private func remover(in id: String, _ caller: Caller) async throws(ChatError) -> (Room, Author?, Bool) {
        // Who may remove all messages may remove one file: in a room without an owner, whoever shows its password.
        for action in [RoomAction.moderate, .clear] {
            guard let grant = try await grant(for: action, in: id, caller) else { continue }
            let name = try? await name(of: caller, as: grant)
            return (grant.room, name.map { Author(user: $0.user, person: $0.person) }, true)
        }
        let (room, author, _) = try await author(.post, in: id, caller)
        return (room, author, false)
    }

    /// `nil` for one who may be in the room and not do this.
    private func grant(
        for action: RoomAction, in id: String, _ caller: Caller
    ) async throws(ChatError) -> Grant? {
        do throws(ChatError) {
            return try await authorize(action, in: id, for: caller)
        } catch {
            switch error {
            case .accessDenied(.moderatorNeeded), .accessDenied(.ownerNeeded), .accessDenied(.passwordNeeded),
                .accessDenied(.belongsToServer):
                return nil
            default: throw error
            }
        }
    }

    // MARK: Tickets

    /// What opens the files of a room for a few minutes, for addresses that stand in a page.
    public func fileTicket(in id: String, for caller: Caller) async throws(ChatError) -> RoomPass {
        let room = try await authorize(.read, in: id, for: caller).room
        return RoomPass(
            room: room.id, token: try tokens.fileTicket(for: room), lifetime: RoomTokens.fileTicketLifetime)
    }

    // MARK: Sweeping

    /// Has the bytes of files go when their messages do: deleted, cleared, over the room's limits, or with the room.
    func removeFilesOnCommit() {
        guard let folder = environment.files else { return }
        let filesLeft = environment.filesLeft
        environment.store.onFilesRemoved { ids in
            Task {
                var left = 0
                for id in ids {
                    do throws(BlobError) { try await folder.remove(id) } catch { left += 1 }
                }
                if left > 0 { filesLeft(left) }
            }
        }
    }

    /// Removes what a crash has left in the folder. Call before the first upload.
    @discardableResult
    public func sweepFiles() async throws(ChatError) -> BlobSweep? {
        guard let folder = environment.files else { return nil }
        let store = environment.store
        do throws(BlobError) {
            return try await folder.sweep { (ids) throws(BlobError) in
                do throws(StoreError) { return try store.knownFiles(ids) } catch { throw .busy }
            }
        } catch {
            throw ChatError(error)
        }
    }

    // MARK: Names

    /// Of an id or a stored name.
    static func id(ofFile name: String) throws(ChatError) -> BlobID {
        guard let id = BlobID(name.prefix { $0 != "." }) else { throw .fileNotFound }
        return id
    }

    private static func isName(_ name: String, of facts: FileFacts) -> Bool {
        name == facts.storedName || name == facts.id.description
    }
}

extension Room {
    /// `nil` where the name is no token of this room's key.
    public func open(_ stored: StoredAttachment) -> Attachment? {
        text(of: stored.token).map {
            Attachment(
                stored.facts, name: $0, uploader: stored.uploader, person: stored.person, created: stored.created,
                message: stored.message)
        }
    }
}
