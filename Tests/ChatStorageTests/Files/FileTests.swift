import Blobs
import Bytes
import Cryptography
import Media
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct FileTests {
    private static let png: [UInt8] = [
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 7, 0, 0, 0, 5, 8,
        6,
        0, 0, 0,
    ]

    private static func options(_ change: (inout ChatLimits) -> Void) -> ChatOptions {
        var options = Harness.cheap
        change(&options.limits)
        return options
    }

    @Test
    func `a file is posted as a message, listed, opened and removed with its bytes`() async throws {
        try await Harness.run { harness in
            let message = try await harness.upload(Self.png + [1, 2, 3], "../../a\u{202e}gnp.exe")
            let file = try #require(message.attachments.first)
            #expect(file.name == "agnp.exe" && message.text == "agnp.exe" && message.marks.files == 1)
            #expect(file.facts.kind == .png && file.facts.size == Self.png.count + 3)
            #expect(file.facts.image == ImageSize(width: 7, height: 5))
            #expect(file.facts.storedName == "\(file.facts.id).png")
            #expect(try await harness.chat.files(in: "room", for: harness.caller()).files == [file])
            let read = try await harness.chat.history(HistoryQuery(), in: "room", for: harness.caller())
            #expect(read.map(\.attachments) == [[file]])
            for name in [file.facts.storedName, file.facts.id.description] {
                let open = try await harness.chat.open(file: name, in: "room", for: harness.caller())
                #expect(try await open.reader.bytes(0..<open.reader.count) == Self.png + [1, 2, 3])
            }
            try await harness.chat.removeFile(file.facts.storedName, in: "room", by: harness.caller("ann"))
            #expect(harness.blobs.isEmpty)
            #expect(try await harness.chat.files(in: "room", for: harness.caller()).files.isEmpty)
            #expect(try await harness.chat.history(HistoryQuery(), in: "room", for: harness.caller()).isEmpty)
            #expect(harness.fileEvents == ["uploaded", "removed"])
        }
    }

    @Test
    func `names that are no file's open nothing`() async throws {
        try await Harness.run { harness in
            let file = try #require(try await harness.upload(Self.png).attachments.first)
            let id = file.facts.id.description
            let names = [
                "", ".", "..", "../chat.db", "\(id).jpg", "\(id).png\0", "\(id).png/..", id.uppercased(), "\(id)/",
                "a.png", String(repeating: "0", count: 32), "%2e%2e", "\(id).png.png",
            ]
            for name in names {
                await #expect(throws: ChatError.fileNotFound) {
                    try await harness.chat.open(file: name, in: "room", for: harness.caller())
                }
            }
            // A file of another room is none of this one.
            try await harness.chat.createRoom("other", password: Harness.password)
            await #expect(throws: ChatError.fileNotFound) {
                try await harness.chat.open(file: id, in: "other", for: harness.caller())
            }
        }
    }

    @Test
    func `a room's space and the server's are counted to the byte`() async throws {
        let size = 1000
        let options = Self.options { $0.fileSpace = FileSpace(room: 3 * size, server: 5 * size) }
        try await Harness.run(options: options) { harness in
            let bytes = [UInt8](repeating: 0x61, count: size)
            try await harness.chat.createRoom("other", password: Harness.password)
            for _ in 0..<2 { _ = try await harness.upload(bytes) }
            await #expect(throws: ChatError.filesFull(.room)) { try await harness.upload(bytes + [0x61]) }
            let last = try await harness.upload(bytes)
            await #expect(throws: ChatError.filesFull(.room)) { try await harness.upload([0x61]) }
            _ = try await harness.upload(bytes, room: "other")
            await #expect(throws: ChatError.filesFull(.server)) {
                try await harness.upload(bytes + [0x61], room: "other")
            }
            _ = try await harness.upload(bytes, room: "other")
            await #expect(throws: ChatError.filesFull(.server)) { try await harness.upload([0x61], room: "other") }
            #expect(harness.blobs.count == 5)
            // What goes is free again.
            try await harness.chat.removeFile(
                try #require(last.attachments.first).facts.storedName, in: "room", by: harness.caller("ann"))
            _ = try await harness.upload(bytes)
            try await harness.chat.clear("room", for: harness.caller())
            for _ in 0..<3 { _ = try await harness.upload(bytes) }
            try await harness.chat.deleteRoom("room", for: harness.caller())
            #expect(try harness.usage() == ["0: 2000 in 2", "2 files"])
        }
    }

    @Test
    func `a file has as many bytes as one may, and not one more, and nothing of it stays`() async throws {
        try await Harness.run(options: Self.options { $0.fileBytes = 100 }) { harness in
            _ = try await harness.upload([UInt8](repeating: 0x61, count: 100))
            await #expect(throws: ChatError.fileTooLarge(most: 100)) {
                try await harness.upload([UInt8](repeating: 0x61, count: 101))
            }
            await #expect(throws: ChatError.fileTooLarge(most: 100)) {
                try await harness.chat.beginUpload("a", length: 101, in: "room", by: harness.caller("ann"))
            }
            #expect(harness.blobs.count == 1)
        }
    }

    @Test
    func `types are told by content, whatever the name`() async throws {
        let options = Self.options { $0.fileTypes = FileTypes(["image", "application/pdf"]) ?? .all }
        try await Harness.run(options: options) { harness in
            _ = try await harness.upload(Self.png, "a.html")
            _ = try await harness.upload(Array("%PDF-1.7".utf8), "a.png")
            let refused = ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<!doctype html>", "PK\u{3}\u{4}", "hello", ""]
            for text in refused {
                await #expect(throws: ChatError.fileTypeRefused) { try await harness.upload(Array(text.utf8), "a.png") }
            }
            #expect(harness.blobs.count == 2)
        }
        #expect(FileTypes(["image/nothing"]) == nil && FileTypes([]) == .all)
    }

    @Test
    func `so many uploads of a person may be under way, and of all`() async throws {
        let options = Self.options { ($0.uploads, $0.uploadsPerPerson) = (4, 3) }
        try await Harness.run(options: options) { harness in
            var held: [FileUpload] = []
            for _ in 0..<3 { held.append(try await harness.begin()) }
            await #expect(throws: ChatError.tooManyUploads) { try await harness.begin() }
            held.append(try await harness.begin(from: "192.0.2.77"))
            await #expect(throws: ChatError.busy) { try await harness.begin(from: "192.0.2.78") }
            held.removeFirst()
            held.append(try await harness.begin())
            #expect(held.count == 4)
        }
    }

    @Test
    func `who may not write begins no file, and one who shows the proof later posts it`() async throws {
        try await Harness.run { harness in
            let stranger = Caller(.guest(name: "eve"), proof: Proof(password: "wrong", address: Harness.here))
            await #expect(throws: ChatError.accessDenied(.wrongPassword)) {
                try await harness.chat.beginUpload("a", in: "room", by: stranger)
            }
            for (room, caller) in [("room", stranger), ("nowhere", harness.caller("ann"))] {
                let upload = try await harness.chat.receiveUpload("a", in: room, from: Harness.here)
                try await upload.write(Self.png)
                await #expect(throws: ChatError.self) { try await harness.chat.post(upload, in: room, by: caller) }
            }
            let upload = try await harness.chat.receiveUpload("a", in: "room", from: Harness.here)
            try await upload.write(Self.png)
            _ = try await harness.chat.post(upload, in: "room", by: harness.caller("ann"))
            try await harness.untilBlobs(1)
        }
    }

    @Test
    func `files go with their messages: removed, over the limit, cleared, and with the room`() async throws {
        try await Harness.run(options: Self.options { $0.messagesPerRoom = 3 }) { harness in
            let member = try await harness.join("bob").membership
            let first = try await harness.chat.post(
                "look", media: MessageMedia(name: "a", content: Self.png), by: member)
            #expect(first.attachments.first?.content == Self.png && first.text == "look")
            _ = try await harness.chat.remove(.id(first.id), by: member)
            try await harness.untilBlobs(0)
            _ = try await harness.upload(Self.png)
            try await harness.post(3, by: member)
            try await harness.untilBlobs(0)
            _ = try await harness.upload(Self.png)
            try await harness.chat.clear("room", for: harness.caller())
            try await harness.untilBlobs(0)
            _ = try await harness.upload(Self.png)
            try await harness.chat.deleteRoom("room", for: harness.caller())
            try await harness.untilBlobs(0)
            #expect(try harness.usage() == ["0: 0 in 0", "0 files"])
        }
    }

    @Test
    func `a client id that was used before posts no second file`() async throws {
        try await Harness.run { harness in
            let former = try await harness.upload(Self.png, clientID: "c")
            let again = try await harness.chat.beginUpload("b", in: "room", by: harness.caller("ann"))
            try await again.write(Self.png)
            let message = try await harness.chat.post(again, clientID: "c", in: "room", by: harness.caller("ann"))
            #expect(message.id == former.id && message.attachments == former.attachments)
            try await harness.untilBlobs(1)
        }
    }

    @Test
    func `the sweep at the start removes what no message has, and nothing else`() async throws {
        try await Harness.run { harness in
            _ = try await harness.upload(Self.png)
            let folder = try #require(harness.chat.environment.files)
            let orphan = try await folder.create(key: FernetKey())
            try await orphan.write([1])
            try await orphan.finish()
            let sweep = try #require(try await harness.chat.sweepFiles())
            #expect(sweep.kept == 1 && sweep.orphans == 1 && harness.blobs.count == 1)
        }
    }

    @Test
    func `a ticket opens the files of its room for five minutes, and nothing else`() async throws {
        try await Harness.run { harness in
            let file = try #require(try await harness.upload(Self.png).attachments.first)
            let ticket = try await harness.chat.fileTicket(in: "room", for: harness.caller()).token
            var caller = Caller(.anonymous, proof: Proof(address: IPAddress("192.0.2.99")))
            caller.proof.fileTicket = ticket
            _ = try await harness.chat.open(file: file.facts.storedName, in: "room", for: caller)
            try await harness.chat.createRoom("other", password: Harness.password)
            await #expect(throws: ChatError.self) { try await harness.chat.files(in: "other", for: caller) }
            caller.proof = Proof(token: ticket, address: IPAddress("192.0.2.99"))
            await #expect(throws: ChatError.self) { try await harness.chat.files(in: "room", for: caller) }
            caller.proof = Proof(address: IPAddress("192.0.2.99"))
            caller.proof.fileTicket = ticket
            harness.clock.advance(by: .seconds(301))
            await #expect(throws: ChatError.self) { try await harness.chat.files(in: "room", for: caller) }
        }
    }

    @Test
    func `lists have so many files, the newest first, and go on behind one`() async throws {
        try await Harness.run(options: Self.options { $0.listedFiles = 2 }) { harness in
            var ids: [String] = []
            for _ in 0..<5 {
                ids.append(try #require(try await harness.upload(Self.png).attachments.first).facts.id.description)
            }
            var found: [String] = []
            var page = try await harness.chat.files(in: "room", limit: 3, for: harness.caller())
            #expect(page.files.count == 2)
            while true {
                found += page.files.map(\.facts.id.description)
                guard page.hasMore, let last = found.last else { break }
                page = try await harness.chat.files(in: "room", before: last, for: harness.caller())
            }
            #expect(found == ids.reversed())
            await #expect(throws: ChatError.invalid(.fileLimit(most: 2))) {
                try await harness.chat.files(in: "room", limit: 0, for: harness.caller())
            }
        }
    }
}

extension Harness {
    func caller(_ name: String? = nil) -> Caller {
        Caller(
            name.map { .guest(name: $0) } ?? .anonymous, proof: Proof(password: Harness.password, address: Harness.here)
        )
    }

    fileprivate func begin(from address: String = "192.0.2.1") async throws -> FileUpload {
        let proof = Proof(password: Harness.password, address: IPAddress(address))
        return try await chat.beginUpload("a", in: "room", by: Caller(.guest(name: "ann"), proof: proof))
    }

    @discardableResult
    fileprivate func upload(
        _ bytes: [UInt8], _ name: String = "a", room: String = "room", clientID: String? = nil
    ) async throws -> Message {
        let upload = try await chat.beginUpload(name, in: room, by: caller("ann"))
        try await upload.write(bytes)
        return try await chat.post(upload, clientID: clientID, in: room, by: caller("ann"))
    }

    var fileEvents: [String] {
        events.withLock { events in
            events.compactMap { event in
                guard case .file(_, let change) = event else { return nil }
                if case .uploaded = change { return "uploaded" }
                return "removed"
            }
        }
    }

    /// What lies in the folder of files.
    var blobs: [String] { Self.files(below: filesFolder) }

    private static func files(below path: String) -> [String] {
        guard let names = try? FolderNames.read(path) else { return [path] }
        return names.flatMap { files(below: "\(path)/\($0)") }
    }

    func untilBlobs(_ count: Int) async throws {
        for _ in 0..<12_000 {
            if blobs.count == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("there are \(blobs.count) files, not \(count)")
    }

    /// What the database has counted, and what there is.
    func usage() throws -> [String] {
        let database = try Database(path: store.path)
        let counted = try database.rows("SELECT room, bytes, files FROM file_usage WHERE room = 0") {
            "\($0.integer(0)): \($0.integer(1)) in \($0.integer(2))"
        }
        return counted + ["\(try database.integer("SELECT count(*) FROM attachments")) files"]
    }
}
