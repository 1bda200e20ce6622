import Accounts
import Bytes
import ChatStorage
import ParleyTesting
import Testing

@testable import Chat

@Suite struct RoomKindTests {
    private static let stranger = ChatError.accessDenied(.noProof)

    @Test func `a public room is entered by anybody, and found by its name`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            var draft = RoomDraft(kind: .open)
            draft.name = "Garden & Kitchen"
            draft.topic = "What grows"
            let room = try await harness.chat.createRoom(draft, by: ann)
            #expect(room.id.text.hasPrefix("garden-kitchen-"))
            _ = try await harness.chat.join(
                JoinRequest(room: room.id.text, caller: Caller(.guest(name: "guest")), connection: "g"))
            let found = try await harness.chat.openRooms(matching: "KITCHEN", for: ann)
            #expect(found.map(\.id) == [room.id])
            #expect(found.first?.role == .owner && found.first?.memberCount == 1)
            #expect(found.first?.info.topic == "What grows")
            #expect(try await harness.chat.openRooms(for: nil).map(\.id.text).contains("lobby"))
            #expect(try await harness.chat.openRooms(matching: "room", for: nil).isEmpty)
        }
    }

    @Test func `a private room is for those who belong to it, and for others does not exist`() async throws {
        try await Harness.run { harness in
            let (ann, bob) = (try await harness.account("ann"), try await harness.account("bob"))
            let boss = try await harness.account("boss", role: .administrator)
            let room = try await harness.chat.createRoom(RoomDraft(id: "secret", kind: .private), by: ann)
            let member = try await harness.join(ann, "secret")
            _ = try await harness.chat.post("hush", by: member)
            for action in RoomAction.allCases {
                for caller in [
                    Caller(.account(bob)), Caller(.guest(name: "eve")),
                    Caller(.account(bob), proof: Proof(address: Harness.here)),
                ] {
                    await #expect(throws: Self.stranger) {
                        try await harness.chat.authorize(action, in: "secret", for: caller)
                    }
                    await #expect(throws: Self.stranger) {
                        try await harness.chat.authorize(action, in: "missing", for: caller)
                    }
                }
            }
            let guess = Caller(.account(bob), proof: Proof(password: "guess"))
            await #expect(throws: ChatError.accessDenied(.wrongPassword)) {
                try await harness.chat.authorize(.join, in: "missing", for: guess)
            }
            #expect(
                try await harness.chat.history(HistoryQuery(), in: "secret", for: Caller(.account(boss))).count == 1)
            #expect(try await harness.chat.openRooms(for: boss).map(\.id.text) == ["lobby"])
            #expect(try await harness.chat.rooms(of: ann).map(\.id) == [room.id])
        }
    }

    @Test func `a password is asked for a private room as for one that there is not`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            _ = try await harness.chat.createRoom(RoomDraft(id: "secret", kind: .private), by: ann)
            let caller = Caller(.guest(name: "eve"), proof: Proof(password: "guess", address: Harness.here))
            for room in ["secret", "missing"] {
                await #expect(throws: ChatError.accessDenied(.wrongPassword), "\(room)") {
                    try await harness.chat.authorize(.join, in: room, for: caller)
                }
                await #expect(throws: ChatError.roomNotFound, "\(room)") {
                    try await harness.chat.verify(room: room, password: "guess", from: Harness.here)
                }
            }
        }
    }

    @Test func `there is one conversation for the same people, and nobody else is in it`() async throws {
        try await Harness.run { harness in
            let (ann, bob) = (try await harness.account("ann"), try await harness.account("bob"))
            let boss = try await harness.account("boss", role: .administrator)
            var draft = RoomDraft(kind: .direct)
            draft.people = ["bob"]
            let room = try await harness.chat.createRoom(draft, by: ann)
            draft.people = ["ANN", "bob"]
            #expect(try await harness.chat.createRoom(draft, by: bob) === room)
            draft.people = ["bob", "boss"]
            #expect(try await harness.chat.createRoom(draft, by: ann) !== room)
            _ = try await harness.join(bob, room.id.text)
            await #expect(throws: Self.stranger) { try await harness.join(boss, room.id.text) }
            // Who has gone comes back.
            try await harness.chat.giveUp(room.id.text, by: bob)
            draft.people = ["ann"]
            #expect(try await harness.chat.createRoom(draft, by: bob) === room)
            _ = try await harness.join(bob, room.id.text, connection: "2")
            draft.people = ["nobody"]
            await #expect(throws: ChatError.personNotFound) { try await harness.chat.createRoom(draft, by: ann) }
            for people in [[], ["ann"], Array(repeating: "bob", count: 21)] {
                draft.people = people
                await #expect(throws: ChatError.invalid(.people(most: 20))) {
                    try await harness.chat.createRoom(draft, by: ann)
                }
            }
            await #expect(throws: ChatError.invalid(.reservedRoomID)) {
                try await harness.chat.createRoom("dm-mine", password: "p")
            }
        }
    }

    @Test func `an owned password room is entered by the password, and then belongs to who came`() async throws {
        try await Harness.run { harness in
            let (ann, bob) = (try await harness.account("ann"), try await harness.account("bob"))
            var draft = RoomDraft(id: "club", kind: .password)
            draft.password = "open sesame"
            _ = try await harness.chat.createRoom(draft, by: ann)
            await #expect(throws: Self.stranger) { try await harness.join(bob, "club") }
            let proof = Proof(password: "open sesame")
            #expect(try await harness.join(bob, "club", proof).role == .member)
            // It needs no password again, and manages nothing by it.
            _ = try await harness.join(bob, "club", connection: "2")
            await #expect(throws: ChatError.accessDenied(.ownerNeeded)) {
                try await harness.chat.deleteRoom("club", for: Caller(.account(bob), proof: proof))
            }
            try await harness.chat.deleteRoom("club", for: Caller(.account(ann)))
        }
    }

    @Test func `lists come a page at a time and in order`() async throws {
        var options = Harness.cheap
        options.limits.listedRooms = 3
        try await Harness.run(options: options) { harness in
            let ann = try await harness.account("ann")
            for number in 1...7 {
                _ = try await harness.chat.createRoom(RoomDraft(id: "r\(number)", kind: .open), by: ann)
            }
            var (seen, after): ([String], String?) = ([], nil)
            while true {
                let page = try await harness.chat.rooms(of: ann, after: after)
                #expect(page.count <= 3)
                guard let last = page.last else { break }
                seen += page.map(\.id.text)
                after = last.id.text
            }
            #expect(seen == (1...7).map { "r\($0)" })
            #expect(try await harness.chat.openRooms(for: ann, after: "r6").map(\.id.text) == ["r7"])
        }
    }
}
