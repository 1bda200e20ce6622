import Bytes
import ChatStorage
import JSON
import ParleyTesting
import Testing

@testable import Accounts
@testable import Chat
@testable import ParleyApp

@Suite("Moderation over Socket.IO", .timeLimit(.minutes(10))) struct ModerationSocketTests {
    private func logIn(_ server: TestServer, _ handle: String) async throws -> TokenPair {
        let accounts = server.application.accounts
        let account = try await accounts.register(Registration(handle: handle, password: "secret123"))
        return try await accounts.begin(account, on: Device())
    }

    /// A club that `ann` owns and is in.
    private func club(
        _ server: TestServer, rule: RoomInfo.AddressRule = .trust
    ) async throws -> (owner: Person, account: Account) {
        let tokens = try await logIn(server, "ann")
        var draft = RoomDraft(id: "club", kind: .password)
        draft.password = TestServer.password
        _ = try await server.application.chat.createRoom(draft, by: tokens.account)
        var change = RoomChange()
        change.addressRule = rule
        _ = try await server.application.chat.configure("club", change, for: Caller(.account(tokens.account)))
        let ann = try await server.connect(auth: ["token": .string(tokens.access)])
        #expect(try await ann.join("club", as: "ann")["status"] == "success")
        return (ann, tokens.account)
    }

    @Test func `who is kicked hears why, and nothing that comes later`() async throws {
        try await TestServer.run { server in
            let (ann, _) = try await club(server)
            let (eve, bob) = (try await server.connect(), try await server.connect())
            for (person, name) in [(eve, "eve"), (bob, "bob")] {
                #expect(try await person.join("club", as: name)["status"] == "success")
            }
            let answer = try await ann.ask("kick", ["room": "club", "target": "eve", "reason": "noise"])
            #expect(answer["status"] == "success" && answer["sanction"]?["reason"] == "noise")
            try await eve.hears("why") { !$0.heard("removed_from_room").isEmpty }
            #expect(
                eve.heard("removed_from_room")
                    == [["room": "club", "cause": "kicked", "reason": "noise", "by": "ann"]])
            let sent = try await ann.ask("message", ["room": "club", "message": "she is gone"])
            #expect(sent["status"] == "success")
            try await bob.hears("the message") { $0.texts == ["she is gone"] }
            try await bob.hears("who is there") { $0.heard("online_count").last?["count"] == 2 }
            let refused = try await eve.ask("message", ["room": "club", "message": "am I?"])
            #expect(refused["status"] == "error")
            #expect(eve.texts.isEmpty)
            #expect(try await eve.join("club", as: "eve")["status"] == "success")
        }
    }

    @Test func `a ban ends all connections of a name, and the password does not bring it back`() async throws {
        try await TestServer.run { server in
            let (ann, _) = try await club(server)
            let eve = try await server.connect()
            #expect(try await eve.join("club", as: "eve")["status"] == "success")
            let answer = try await ann.ask("ban", ["room": "club", "target": "eve", "seconds": 3600])
            #expect(answer["status"] == "success")
            try await eve.hears("why") { $0.heard("removed_from_room").first?["cause"] == "banned" }
            let refused = try await eve.join("club", as: "eve")
            #expect(refused["message"] == .string(AccessRefusal.banned.description))
            #expect(try await ann.ask("unban", ["room": "club", "target": "eve"])["status"] == "success")
            #expect(try await eve.join("club", as: "eve")["status"] == "success")
        }
    }

    @Test func `a ban removes the last hour of what somebody wrote, where that is asked for`() async throws {
        try await TestServer.run { server in
            let (ann, _) = try await club(server)
            let eve = try await server.connect()
            #expect(try await eve.join("club", as: "eve")["status"] == "success")
            for text in ["spam", "eggs"] {
                _ = try await eve.ask("message", ["room": "club", "message": .string(text)])
            }
            for wrong in [86_401, 0, "hour", 1.5] as [JSONValue] {
                let answer = try await ann.ask("ban", ["room": "club", "target": "eve", "remove_messages": wrong])
                #expect(answer["error"] == "invalid", "\(wrong)")
            }
            let answer = try await ann.ask("ban", ["room": "club", "target": "eve", "remove_messages": true])
            #expect(answer["status"] == "success")
            try await ann.hears("the removals") { $0.heard("message_deleted").count == 2 }
            #expect(
                ann.heard("message_deleted").allSatisfy { $0["is_admin_delete"] == true && $0["deleted_by"] == "ann" })
        }
    }

    @Test func `those in the room hear of mutes, roles and changes`() async throws {
        try await TestServer.run { server in
            let (ann, account) = try await club(server)
            let bob = try await server.connect(auth: ["token": .string(try await logIn(server, "bob").access)])
            #expect(try await bob.join("club", as: "bob")["status"] == "success")
            _ = try await ann.ask("mute", ["room": "club", "target": "bob", "address": true])
            try await bob.hears("the mute") { $0.heard("muted").first?["user"] == "bob" }
            #expect(bob.heard("muted").first?["network"] == nil)
            #expect(try await bob.ask("message", ["room": "club", "message": "x"])["status"] == "error")
            _ = try await ann.ask("unmute", ["room": "club", "target": "bob"])
            try await bob.hears("its end") { $0.heard("unmuted").count == 1 }
            _ = try await ann.ask("set_role", ["room": "club", "target": "bob", "role": "moderator"])
            try await bob.hears("the role") { person in
                person.heard("member_updated").contains { $0["user"] == "bob" && $0["role"] == "moderator" }
            }
            var change = RoomChange()
            change.topic = "Tea"
            _ = try await server.application.chat.configure("club", change, for: Caller(.account(account)))
            try await bob.hears("the topic") { $0.heard("room_updated").last?["topic"] == "Tea" }
            for seconds in ["60", 60.5, true] as [JSONValue] {
                let wrong = try await ann.ask("mute", ["room": "club", "target": "bob", "seconds": seconds])
                #expect(wrong["error"] == "invalid")
            }
            let refused = try await bob.ask("kick", ["room": "club", "target": "ann"])
            #expect(refused["error"] == "outranked")
            let members = try await bob.ask("list_members", ["room": "club"])["members"]
            #expect(members?[0]?["user"] == "ann" && members?[1]?["role"] == "moderator")
        }
    }

    @Test func `a status is told in every room that the person is in`() async throws {
        try await TestServer.run { server in
            let (ann, _) = try await club(server)
            let bob = try await server.connect()
            #expect(try await bob.join("club", as: "bob")["status"] == "success")
            #expect(try await bob.ask("presence", ["room": "club", "status": "away"])["status"] == "success")
            try await ann.hears("the status") {
                $0.heard("presence_update") == [["room": "club", "user_id": "bob", "status": "away"]]
            }
            #expect(try await bob.ask("presence", ["room": "club", "status": "elsewhere"])["status"] == "error")
        }
    }

    @Test func `who waits for an address to be let in is told when it is`() async throws {
        try await TestServer.run { server in
            let (ann, _) = try await club(server, rule: .require)
            let eve = try await server.connect()
            let refused = try await eve.join("club", as: "eve")
            #expect(refused["error"] == "ip_pending")
            try await ann.hears("who waits") { !$0.heard("ip_pending").isEmpty }
            #expect(ann.heard("ip_pending")[0]["user"] == "eve" && ann.heard("ip_pending")[0]["network"] == "127.0.0.1")
            let listed = try await ann.ask("list_ips", ["room": "club"])
            #expect(listed["pending"]?[0]?["user"] == "eve")
            #expect(try await ann.ask("approve_ip", ["room": "club", "ip": "127.0.0.1"])["status"] == "success")
            try await eve.hears("the approval") { $0.heard("ip_approved") == [["room": "club"]] }
            #expect(try await eve.join("club", as: "eve")["status"] == "success")
            #expect(try await ann.ask("revoke_ip", ["room": "club", "ip": "127.0.0.1"])["status"] == "success")
            try await eve.hears("the end") { $0.heard("removed_from_room").first?["cause"] == "revoked" }
        }
    }
}
