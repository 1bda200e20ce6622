import Blobs

// Files that are uploaded first, and belong to a message later.

extension Chat {
    /// Has a file that has come whole wait for the message that it is to belong to; durable when this returns.
    ///
    /// Its uploader alone may attach it, in this room, once. A guest needs its guest token for that.
    public func keep(_ upload: FileUpload, in id: String, by caller: Caller) async throws(ChatError) -> PendingFile {
        let (room, author) = try await settle(upload, in: id, by: caller)
        try checkAttachesLater(caller, in: room)
        guard let facts = try await upload.finish() else { throw .accessDenied(.noProof) }
        do throws(ChatError) {
            let file = try attachment(of: NewFile(facts: facts, name: upload.name, content: nil), in: room)
            let draft = PendingFileDraft(
                room: room, author: author, file: file, space: limits.fileSpace, most: limits.pendingFilesPerPerson)
            let created = try await stored(draft)
            return PendingFile(
                facts: facts, name: upload.name, uploader: author.user, created: created,
                expires: created + limits.pendingFileTime * 1000)
        } catch {
            try? await environment.files?.remove(facts.id)
            throw error
        }
    }

    private func stored(_ draft: PendingFileDraft) async throws(ChatError) -> Int64 {
        do { return try await environment.store.keep(draft) } catch { throw failure(error, of: draft.room) }
    }

    /// Throws where the caller would not be known again.
    func checkAttachesLater(_ caller: Caller, in room: Room) throws(ChatError) {
        switch caller.person {
        case .account: return
        case .anonymous: throw .invalid(.guestToken)
        case .guest(let name, let token):
            let user = try UserID(name, limits: limits)
            guard tokens.person(ofGuestToken: token, for: user, in: room) != nil else { throw .invalid(.guestToken) }
        }
    }

    /// Removes one's own file that waits for a message; its bytes go with it.
    public func dropPendingFile(_ name: String, in id: String, by caller: Caller) async throws(ChatError) {
        let (room, author, _) = try await author(.post, in: id, caller)
        let file = try Self.id(ofFile: name)
        do {
            try await environment.store.dropPendingFile(file, of: author.person, in: room)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// The files that a message is to bring, by their ids or stored names, each once.
    func pendingFiles(named names: [String]) throws(ChatError) -> [BlobID] {
        guard names.count <= limits.filesPerMessage else { throw .invalid(.tooManyFiles(most: limits.filesPerMessage)) }
        var ids: [BlobID] = []
        for name in names {
            let id = try Self.id(ofFile: name)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// Removes the files that have waited too long for a message, in small steps.
    public func sweepPendingFiles() async throws(ChatError) {
        let end = now - limits.pendingFileTime * 1000
        do { while try await environment.store.sweepPendingFiles(before: end) {} } catch { throw ChatError(error) }
    }
}
