import Accounts
import Blobs
public import Bytes
import Cryptography
import Media

extension Chat {
    /// Begins a file, for somebody who may write in the room.
    ///
    /// - Parameters:
    ///   - name: as the sender calls it.
    ///   - length: how many bytes it will have, where that is known.
    ///   - isPending: whether it is to wait for a message; slow mode counts that then.
    public func beginUpload(
        _ name: String, length: Int? = nil, isPending: Bool = false, in id: String, by caller: Caller
    ) async throws(ChatError) -> FileUpload {
        let slot = try uploads.begin(.init(caller))
        let (room, author, level) = try await author(.post, in: id, caller)
        if isPending {
            try checkAttachesLater(caller, in: room)
        } else {
            try takeTurn(author.user, by: caller, in: room, as: level)
        }
        try await checkSpace(for: length ?? 0, in: room)
        return try await begin(name, in: room, author, slot)
    }

    /// Begins a file whose sender has yet to show who they are: whether they may is asked when it is posted.
    public func receiveUpload(
        _ name: String, in id: String, from address: IPAddress?
    ) async throws(ChatError) -> FileUpload {
        let slot = try uploads.begin(.init(Caller(.anonymous, proof: Proof(address: address))))
        let room = try await directory.room(try RoomID(id, limits: limits))
        return try await begin(name, in: room, nil, slot)
    }

    private func begin(
        _ name: String, in room: Room?, _ author: Author?, _ slot: UploadSlots.Slot
    ) async throws(ChatError) -> FileUpload {
        var writer: BlobWriter?
        if let room {
            let folder = try folder
            do throws(BlobError) { writer = try await folder.create(key: room.dataKey) } catch {
                throw ChatError(error)
            }
        }
        return FileUpload(
            name: FileName.clean(name), room: room, author: author, writer: writer, limits: limits, slot: slot)
    }

    /// Posts a message with a file that has come whole; when this returns both are durable.
    ///
    /// - Parameter text: what is said about it; the file's name where that is nothing.
    public func post(
        _ upload: FileUpload, text: String = "", clientID: String? = nil, links: MessageLinks = MessageLinks(),
        in id: String, by caller: Caller
    ) async throws(ChatError) -> Message {
        let (room, author) = try await settle(upload, in: id, by: caller) { (user, room, level) throws(ChatError) in
            try takeTurn(user, by: caller, in: room, as: level)
        }
        guard var facts = try await upload.finish() else { throw .accessDenied(.noProof) }
        facts.isAlone = text.isEmpty
        var request = PostRequest(text: text.isEmpty ? upload.name : text, clientID: clientID, links: links)
        request.file = NewFile(facts: facts, name: upload.name, content: nil)
        return try await post(request, author: author, to: room, origin: nil)
    }

    /// Whose file it is, and in which room, now that it has come.
    ///
    /// - Parameter late: called where only now is known who that is.
    func settle(
        _ upload: FileUpload, in id: String, by caller: Caller,
        late: (UserID, Room, AccessLevel) throws(ChatError) -> Void = { _, _, _ in }
    ) async throws(ChatError) -> (Room, Author) {
        var (room, author) = (upload.room, upload.author)
        if room != nil, author != nil {
            // Asked again: much may have happened while the file came.
            _ = try await authorize(.post, in: id, for: caller)
        } else {
            let (found, person, level) = try await self.author(.post, in: id, caller)
            try late(person.user, found, level)
            (room, author) = (found, person)
        }
        // The room may have been deleted and made again meanwhile.
        guard let room, let author, upload.room?.key == room.key else { throw .accessDenied(.noProof) }
        return (room, author)
    }

    /// Posts a message that brings a file inside it.
    public func post(
        _ text: String, media: MessageMedia, clientID: String? = nil, links: MessageLinks = MessageLinks(),
        by member: Membership
    ) async throws(ChatError) -> Message {
        let level = try authorize(.post, as: member)
        try takeTurn(
            member.user, account: member.account, from: member.address, clientID: clientID, in: member.room, as: level)
        let slot = try uploads.begin(.local(of: member))
        try await checkSpace(for: media.content.count, in: member.room)
        let author = Author(user: member.user, person: member.person)
        let upload = try await begin(media.name, in: member.room, author, slot)
        try await upload.write(media.content)
        guard var facts = try await upload.finish() else { throw .internalFailure }
        facts.isMedia = true
        facts.isAlone = text.isEmpty
        var request = PostRequest(text: text, clientID: clientID, links: links)
        request.file = NewFile(facts: facts, name: upload.name, content: media.content)
        return try await post(request, author: author, to: member.room, origin: member.connection)
    }

    /// The file is on the disk before the database knows it: what a crash leaves between is swept at the next start.
    private func post(
        _ request: PostRequest, author: Author, to room: Room, origin: String?
    ) async throws(ChatError) -> Message {
        do throws(ChatError) {
            let message = try await append(request, author: author, to: room, origin: origin)
            // A message of the same client id was there before: this file belongs to nothing.
            let isAttached = message.attachments.contains { $0.facts.id == request.file?.facts.id }
            if !isAttached { await discard(request.file) }
            return message
        } catch {
            await discard(request.file)
            throw error
        }
    }

    private func discard(_ file: NewFile?) async {
        if let file { try? await environment.files?.remove(file.facts.id) }
    }

    /// Refuses early what the store would refuse after the whole file had come.
    private func checkSpace(for length: Int, in room: Room) async throws(ChatError) {
        guard length <= limits.fileBytes else { throw .fileTooLarge(most: limits.fileBytes) }
        let used: FileSpace
        do { used = try await environment.store.usedSpace(of: room) } catch { throw failure(error, of: room) }
        guard used.room <= limits.fileSpace.room - length else { throw .filesFull(.room) }
        guard used.server <= limits.fileSpace.server - length else { throw .filesFull(.server) }
    }

    func attachment(of file: NewFile, in room: Room) throws(ChatError) -> AttachmentDraft {
        do {
            let token = try room.fernet.encrypt(file.name)
            return AttachmentDraft(file.facts, name: file.name, token: token, content: file.content)
        } catch {
            throw .internalFailure
        }
    }

    var folder: BlobFolder {
        get throws(ChatError) {
            guard let folder = environment.files else {
                throw .storage(.failed("The server was started without a folder for files."))
            }
            return folder
        }
    }
}

/// A file that comes inside a message.
public struct MessageMedia: Sendable {
    public var name: String
    public var content: [UInt8]

    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}

/// A file that is on the disk and in no message yet.
struct NewFile {
    let facts: FileFacts
    let name: String
    /// The bytes, where the event is to hand them on.
    let content: [UInt8]?
}

/// A message that somebody who may wants to post.
struct PostRequest {
    let text: String
    let clientID: String?
    let links: MessageLinks
    var file: NewFile?
    /// Files of the author that wait in the room.
    var uploads: [BlobID] = []
}

extension UploadSlots.Holder {
    fileprivate static func local(of member: Membership) -> Self {
        if member.account != nil { return .account(member.person.uuid) }
        return member.address.map { .network(CIDR(subscriberOf: $0)) } ?? .local
    }
}
