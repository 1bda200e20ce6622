import Accounts
import Bytes
import ChatStorage
import ParleyTesting
import Testing

@testable import Chat

@Suite struct RoomChangeTests {
    @Test func `a change is told, holds at once, and is there after a restart`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            let room = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: ann)
            var change = RoomChange()
            (change.name, change.topic, change.slowMode) = ("The Club", "All about it", 30)
            (change.addressRule, change.addressLifetime) = (.off, 3600)
            (change.keptMessages, change.keptSeconds) = (500, 86_400)
            let info = try await harness.chat.configure("club", change, for: Caller(.account(ann)))
            #expect(room.info == info && info.name == "The Club" && info.keptMessages == 500)
            #expect(try await harness.store.room(room.id)?.info == info)
            var back = RoomChange()
            (back.keptMessages, back.name) = (.some(nil), "")
            let after = try await harness.chat.configure("club", back, for: Caller(.account(ann)))
            #expect(after.keptMessages == nil && after.name == "" && after.topic == "All about it")
            #expect(harness.updates.count { if case .configured = $0 { true } else { false } } == 2)
        }
    }

    @Test func `each bound is told where it is crossed by one`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            _ = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: ann)
            func configured(_ set: (inout RoomChange) -> Void) async throws(ChatError) {
                var change = RoomChange()
                set(&change)
                _ = try await harness.chat.configure("club", change, for: Caller(.account(ann)))
            }
            try await configured { $0.slowMode = 21_600 }
            await #expect(throws: ChatError.invalid(.duration(.slowMode))) {
                try await configured { $0.slowMode = 21_601 }
            }
            await #expect(throws: ChatError.invalid(.duration(.slowMode))) { try await configured { $0.slowMode = -1 } }
            try await configured { $0.addressLifetime = 60 }
            await #expect(throws: ChatError.invalid(.duration(.addressLifetime))) {
                try await configured { $0.addressLifetime = 59 }
            }
            await #expect(throws: ChatError.invalid(.duration(.keptMessages))) {
                try await configured { $0.keptMessages = 0 }
            }
            await #expect(throws: ChatError.invalid(.duration(.keptSeconds))) {
                try await configured { $0.keptSeconds = .max }
            }
            try await configured { $0.name = String(repeating: "n", count: 100) }
            await #expect(throws: ChatError.invalid(.roomName(longest: 100))) {
                try await configured { $0.name = String(repeating: "n", count: 101) }
            }
            try await configured { $0.topic = String(repeating: "t", count: 500) }
            for topic in [String(repeating: "t", count: 501), "two\nlines"] {
                await #expect(throws: ChatError.invalid(.topic(longest: 500))) {
                    try await configured { $0.topic = topic }
                }
            }
        }
    }

    @Test func `an archived room is read and not written, until it is one no longer`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            _ = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: ann)
            let member = try await harness.join(ann, "club")
            let message = try await harness.chat.post("before", by: member)
            var change = RoomChange()
            change.isArchived = true
            _ = try await harness.chat.configure("club", change, for: Caller(.account(ann)))
            await #expect(throws: ChatError.accessDenied(.archived)) {
                try await harness.chat.post("after", by: member)
            }
            await #expect(throws: ChatError.accessDenied(.archived)) {
                try await harness.chat.react("👍", to: .id(message.id), by: member)
            }
            await #expect(throws: ChatError.accessDenied(.archived)) {
                try await harness.chat.post("rest", in: "club", by: Caller(.account(ann)))
            }
            #expect(try await harness.chat.history(HistoryQuery(), for: member).count == 1)
            change.isArchived = false
            _ = try await harness.chat.configure("club", change, for: Caller(.account(ann)))
            _ = try await harness.chat.post("again", by: member)
        }
    }

    @Test func `a new password ends what the old one opened, and nobody's membership`() async throws {
        try await Harness.run { harness in
            let (ann, bob) = (try await harness.account("ann"), try await harness.account("bob"))
            var draft = RoomDraft(id: "club", kind: .password)
            draft.password = "old password"
            _ = try await harness.chat.createRoom(draft, by: ann)
            let old = Proof(password: "old password")
            let inside = try await harness.join(bob, "club", old)
            let guest = try await harness.chat.join(
                JoinRequest(room: "club", caller: Caller(.guest(name: "guest"), proof: old), connection: "g"))
            let pass = try await harness.chat.verify(room: "club", password: "old password", from: Harness.here)
            let token = Caller(proof: Proof(token: pass.token))
            let address = Caller(proof: Proof(address: Harness.here))
            let comingBack = Caller(.guest(name: "guest", token: guest.guestToken))
            for caller in [token, address, comingBack] {
                _ = try await harness.chat.authorize(.read, in: "club", for: caller)
            }
            try await harness.chat.changePassword(of: "club", to: "new password", for: Caller(.account(ann)))
            for (caller, refusal) in [
                (token, AccessRefusal.wrongToken), (address, .noProof), (comingBack, .noProof),
                (Caller(proof: old), .wrongPassword),
            ] {
                await #expect(throws: ChatError.accessDenied(refusal)) {
                    try await harness.chat.authorize(.read, in: "club", for: caller)
                }
            }
            _ = try await harness.chat.post("still here", by: inside)
            _ = try await harness.chat.authorize(.read, in: "club", for: Caller(.account(bob)))
            _ = try await harness.chat.authorize(
                .read, in: "club", for: Caller(proof: Proof(password: "new password")))
            await #expect(throws: ChatError.accessDenied(.ownerNeeded)) {
                try await harness.chat.changePassword(of: "club", to: "mine", for: Caller(.account(bob)))
            }
        }
    }

    @Test func `slow mode makes everybody wait but moderators`() async throws {
        try await Harness.run { harness in
            let (ann, bob) = (try await harness.account("ann"), try await harness.account("bob"))
            _ = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: ann)
            var change = RoomChange()
            change.slowMode = 10
            _ = try await harness.chat.configure("club", change, for: Caller(.account(ann)))
            let (owner, member) = (try await harness.join(ann, "club"), try await harness.join(bob, "club"))
            for _ in 0..<3 { _ = try await harness.chat.post("as I like", by: owner) }
            // What is no message takes no turn.
            await #expect(throws: ChatError.invalid(.emptyText)) { try await harness.chat.post(" ", by: member) }
            let one = try await harness.chat.post("one", clientID: "c1", by: member)
            harness.clock.advance(by: .milliseconds(500))
            // One that is sent again is the one of before.
            #expect(try await harness.chat.post("one", clientID: "c1", by: member).id == one.id)
            await #expect(throws: ChatError.slowMode(retryAfter: 10)) { try await harness.chat.post("two", by: member) }
            await #expect(throws: ChatError.slowMode(retryAfter: 10)) {
                try await harness.chat.post("two", in: "club", by: Caller(.account(bob)))
            }
            harness.clock.advance(by: .milliseconds(9500))
            _ = try await harness.chat.post("two", by: member)
            // A guest waits by where it is, whatever it calls itself.
            let proof = Proof(address: Harness.here)
            _ = try await harness.chat.post("g", in: "club", by: Caller(.guest(name: "g1"), proof: proof))
            await #expect(throws: ChatError.slowMode(retryAfter: 10)) {
                try await harness.chat.post("g", in: "club", by: Caller(.guest(name: "g2"), proof: proof))
            }
        }
    }
}
