import Accounts
import Blobs
import Bytes
import Cryptography
import Media
import ParleyTesting
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("Files that wait for their message") struct PendingFileTests {
    private static let text = Array("some text".utf8)

    private static func options(_ change: (inout ChatLimits) -> Void) -> ChatOptions {
        var options = Harness.cheap
        change(&options.limits)
        return options
    }

    private func keep(
        _ harness: Harness, _ caller: Caller, _ name: String = "a.txt", _ bytes: [UInt8] = text, room: String = "room"
    ) async throws -> String {
        let upload = try await harness.chat.beginUpload(name, isPending: true, in: room, by: caller)
        try await upload.write(bytes)
        return try await harness.chat.keep(upload, in: room, by: caller).facts.id.description
    }

    /// Somebody who has joined, and the caller that they are.
    private func guest(
        _ harness: Harness, _ name: String = "ann", connection: String = "1"
    ) async throws -> (member: Membership, caller: Caller) {
        let join = try await harness.join(name, connection: connection)
        var caller = harness.caller(name)
        caller.person = .guest(name: name, token: join.guestToken)
        return (join.membership, caller)
    }

    @Test func `several files are attached to one message, in its order, and are files like others then`() async throws
    {
        try await Harness.run { harness in
            let (ann, caller) = try await guest(harness)
            let ids = [
                try await keep(harness, caller, "a.txt"), try await keep(harness, caller, "b.txt", [0x25, 0x50]),
            ]
            #expect(try await harness.chat.files(in: "room", for: harness.caller()).files.isEmpty)
            await #expect(throws: ChatError.fileNotFound) {
                try await harness.chat.open(file: ids[0], in: "room", for: harness.caller())
            }
            let message = try await harness.chat.post("look", files: [ids[1], ids[0], ids[1]], by: ann)
            #expect(message.attachments.map(\.name) == ["b.txt", "a.txt"] && message.marks.files == 2)
            #expect(harness.posted.last == message && harness.fileEvents == ["uploaded", "uploaded"])
            let read = try await harness.chat.history(HistoryQuery(), in: "room", for: harness.caller())
            #expect(read.map(\.attachments) == [message.attachments])
            let open = try await harness.chat.open(file: ids[0], in: "room", for: harness.caller())
            #expect(try await open.reader.bytes(0..<open.reader.count) == Self.text)
            #expect(try harness.usage() == ["0: \(Self.text.count + 2) in 2", "2 files"])
            _ = try await harness.chat.remove(.id(message.id), by: ann)
            try await harness.untilBlobs(0)
            #expect(try harness.usage() == ["0: 0 in 0", "0 files"])
        }
    }

    @Test func `an image is as large with its message as it was before`() async throws {
        try await Harness.run { harness in
            let (ann, caller) = try await guest(harness)
            let head: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
            let id = try await keep(harness, caller, "a.txt", head + [0, 0, 0, 7, 0, 0, 0, 5, 8, 6, 0, 0, 0])
            let file = try #require(try await harness.chat.post("", files: [id], by: ann).attachments.first)
            #expect(file.facts.kind == .png && file.facts.image == ImageSize(width: 7, height: 5))
            #expect(file.facts.storedName == "\(id).png" && file.facts.isAlone && !file.facts.isMedia)
        }
    }

    @Test func `only its uploader attaches a file, in its room, and once`() async throws {
        try await Harness.run { harness in
            let (ann, caller) = try await guest(harness)
            let (bob, _) = try await guest(harness, "bob", connection: "2")
            try await harness.chat.createRoom("other", password: Harness.password)
            let elsewhere = try await harness.join("ann", room: "other", connection: "3").membership
            let id = try await keep(harness, caller)
            for member in [bob, elsewhere] {
                await #expect(throws: ChatError.fileNotFound) {
                    try await harness.chat.post("mine", files: [id], by: member)
                }
            }
            for name in ["", "..", String(repeating: "0", count: 32)] {
                await #expect(throws: ChatError.fileNotFound) {
                    try await harness.chat.post("x", files: [name], by: ann)
                }
            }
            // A name that is not there takes the message and the other files back.
            await #expect(throws: ChatError.fileNotFound) {
                try await harness.chat.post("x", files: [id, String(repeating: "0", count: 32)], by: ann)
            }
            #expect(harness.posted.isEmpty)
            _ = try await harness.chat.post("", files: [id], in: "room", by: caller)
            await #expect(throws: ChatError.fileNotFound) { try await harness.chat.post("x", files: [id], by: ann) }
        }
    }

    @Test func `who would not be known again uploads nothing for later`() async throws {
        try await Harness.run { harness in
            for caller in [harness.caller("ann"), harness.caller()] {
                await #expect(throws: ChatError.self) { try await keep(harness, caller) }
            }
            #expect(harness.blobs.isEmpty)
            let late = try await harness.chat.receiveUpload("a", in: "room", from: Harness.here)
            try await late.write(Self.text)
            await #expect(throws: ChatError.invalid(.guestToken)) {
                try await harness.chat.keep(late, in: "room", by: harness.caller("ann"))
            }
            let account = Caller(.account(try await harness.account("olga")), proof: harness.caller().proof)
            _ = try await keep(harness, account)
        }
    }

    @Test func `a message that is sent again has its files once`() async throws {
        try await Harness.run { harness in
            let (ann, caller) = try await guest(harness)
            let id = try await keep(harness, caller)
            let first = try await harness.chat.post("x", files: [id], clientID: "c", by: ann)
            let again = try await harness.chat.post("x", files: [id], clientID: "c", by: ann)
            #expect(again.id == first.id && again.attachments == first.attachments && again.marks.files == 1)
            #expect(harness.posted.count == 1)
        }
    }

    @Test func `a message brings as many as the limit, and not one more; a person has so many waiting`() async throws {
        try await Harness.run(options: Self.options { ($0.filesPerMessage, $0.pendingFilesPerPerson) = (2, 3) }) {
            harness in
            let (ann, caller) = try await guest(harness)
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await keep(harness, caller)) }
            await #expect(throws: ChatError.tooManyPendingFiles) { try await keep(harness, caller) }
            await #expect(throws: ChatError.invalid(.tooManyFiles(most: 2))) {
                try await harness.chat.post("x", files: ids, by: ann)
            }
            _ = try await harness.chat.post("x", files: [ids[0], ids[1]], by: ann)
            try await harness.chat.dropPendingFile(ids[2], in: "room", by: caller)
            await #expect(throws: ChatError.fileNotFound) {
                try await harness.chat.dropPendingFile(ids[2], in: "room", by: caller)
            }
            try await harness.untilBlobs(2)
            for _ in 0..<3 { _ = try await keep(harness, caller) }
        }
    }

    @Test func `they count for the space of the room and of the server`() async throws {
        let size = Self.text.count
        let options = Self.options { $0.fileSpace = FileSpace(room: 2 * size, server: 3 * size) }
        try await Harness.run(options: options) { harness in
            let (ann, caller) = try await guest(harness)
            let ids = [try await keep(harness, caller), try await keep(harness, caller)]
            await #expect(throws: ChatError.filesFull(.room)) { try await keep(harness, caller, "b", [1]) }
            // To be attached costs no more space.
            _ = try await harness.chat.post("x", files: ids, by: ann)
            await #expect(throws: ChatError.filesFull(.room)) { try await keep(harness, caller, "b", [1]) }
            #expect(try harness.usage() == ["0: \(2 * size) in 2", "2 files"])
        }
    }

    @Test func `one that waits too long goes with its bytes, and so does one whose room is deleted`() async throws {
        try await Harness.run(options: Self.options { $0.pendingFileTime = 60 }) { harness in
            let (ann, caller) = try await guest(harness)
            let attached = try await keep(harness, caller)
            _ = try await keep(harness, caller)
            _ = try await harness.chat.post("x", files: [attached], by: ann)
            harness.clock.advance(by: .seconds(60))
            _ = try await keep(harness, caller)
            try await harness.chat.sweepPendingFiles()
            #expect(try harness.usage() == ["0: \(3 * Self.text.count) in 3", "1 files"])
            harness.clock.advance(by: .milliseconds(1))
            try await harness.chat.sweepPendingFiles()
            try await harness.untilBlobs(2)
            #expect(try harness.usage() == ["0: \(2 * Self.text.count) in 2", "1 files"])
            // What waits is no orphan.
            #expect(try await harness.chat.sweepFiles()?.kept == 2)
            try await harness.chat.deleteRoom("room", for: harness.caller())
            try await harness.untilBlobs(0)
            #expect(try harness.usage() == ["0: 0 in 0", "0 files"])
        }
    }

    @Test func `a message that says nothing goes with the last of its files, and one that was edited stays`()
        async throws
    {
        try await Harness.run { harness in
            let (ann, caller) = try await guest(harness)
            let ids = [
                try await keep(harness, caller), try await keep(harness, caller), try await keep(harness, caller),
            ]
            let both = try await harness.chat.post("", files: [ids[0], ids[1]], by: ann)
            let edited = try await harness.chat.post("", files: [ids[2]], by: ann)
            let change = try await harness.chat.edit(.id(edited.id), to: "words", by: ann)
            #expect(change.attachments.map(\.facts.id) == edited.attachments.map(\.facts.id))
            for id in [ids[0], ids[2]] { _ = try await harness.chat.removeFile(id, in: "room", by: caller) }
            let left = try await harness.chat.history(HistoryQuery(), in: "room", for: harness.caller())
            #expect(left.map(\.text) == ["", "words"] && left.map(\.attachments.count) == [1, 0])
            _ = try await harness.chat.removeFile(ids[1], in: "room", by: caller)
            let rest = try await harness.chat.history(HistoryQuery(), in: "room", for: harness.caller())
            #expect(rest.map(\.text) == ["words"] && both.text.isEmpty && harness.blobs.isEmpty)
        }
    }

    @Test func `search finds messages by whether they have files, however those came`() async throws {
        try await Harness.run { harness in
            let (ann, caller) = try await guest(harness)
            let id = try await keep(harness, caller)
            _ = try await harness.chat.post("with a file", files: [id], by: ann)
            _ = try await harness.chat.post("with none", by: ann)
            _ = try await harness.chat.post("with media", media: MessageMedia(name: "a", content: Self.text), by: ann)
            func found() async throws -> [String] {
                try await harness.chat.search(SearchRequest("with has:file"), for: ann).hits.map(\.message.text)
            }
            #expect(try await found() == ["with media", "with a file"])
            _ = try await harness.chat.removeFile(id, in: "room", by: caller)
            #expect(try await found() == ["with media"])
        }
    }
}
