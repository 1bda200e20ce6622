import Bytes
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

/// The table of kinds beside the table of reactions.
@Suite struct ReactionKindTests {
    /// What the two tables say of each kind: its text and count as kept, and the count and the last place as they are.
    private func kinds(_ database: Database) throws -> [String] {
        try database.rows(
            """
            SELECT k.sequence, k.kind, k.reaction, k.count, count(r.place), k.last_place >= max(r.place)
            FROM reaction_kinds k LEFT JOIN reactions r USING (room, sequence, kind) GROUP BY k.room, k.sequence, k.kind
            """
        ) { row in
            (0..<6).map { $0 == 2 ? row.text(2) : "\(row.integer($0))" }.joined(separator: " ")
        }
    }

    @Test func `the counts that are kept are those of the reactions, whatever is given and taken back`() async throws {
        try await Harness.run { harness in
            let chat = harness.chat
            var members: [Membership] = []
            for number in 0..<6 {
                members.append(try await harness.join("user \(number)", connection: "\(number)").membership)
            }
            let messages = try await harness.post(2, by: members[0])
            var random = SeededGenerator(seed: 7)
            for _ in 0..<300 {
                let byte = random.next()
                let text = ["👍", "❤", "🎉"][Int(byte % 3)]
                let message = messages[Int(byte >> 8 & 1)]
                _ = try await chat.react(text, to: .id(message.id), by: members[Int(byte >> 16 & 7) % 6])
            }
            let rows = try await harness.store.writer.readInOrder { try kinds($0.database) }
            #expect(!rows.isEmpty)
            for row in rows {
                let fields = row.split(separator: " ")
                #expect(fields[3] == fields[4] && fields[3] != "0" && fields[5] == "1", "\(row)")
            }
            let counted = try await harness.store.writer.readInOrder { log in
                try log.database.integer(
                    "SELECT (SELECT sum(count) FROM reaction_kinds) = (SELECT count(*) FROM reactions)")
            }
            #expect(counted == 1)
            try await chat.clear("room", for: Caller(proof: Proof(password: Harness.password)))
            #expect(try await harness.store.writer.readInOrder { try kinds($0.database) } == [])
        }
    }

    @Test func `a database of before is brought over with its reactions, and goes on`() throws {
        let folder = TemporaryFolder()
        let database = try Database(path: folder.file("chat.db"))
        try Migrations(Array(Schema.steps.prefix(2))).run(on: database)
        try database.script(
            """
            INSERT INTO rooms (key, id, wrapped_key, created_at) VALUES (1, 'r', 'k', 0);
            INSERT INTO messages VALUES (1, 1, 1, 1, 'ann', 't', NULL), (1, 2, 2, 2, 'ann', 't', NULL);
            INSERT INTO reactions VALUES
                (1, 1, 1, 1, '+', 'ann'), (1, 1, 1, 3, '+', 'bob'), (1, 1, 4, 2, '-', 'bob'), (1, 2, 1, 1, '!', 'cat');
            """)
        try Schema.migrations.run(on: database)
        #expect(try kinds(database) == ["1 1 + 2 2 1", "1 4 - 1 1 1", "2 1 ! 1 1 1"])
        let reactions = try database.reactions(in: RoomKey(rawValue: 1), to: 1, listed: 9)
        #expect(reactions.map { "\($0.text) \($0.users.map(\.text))" } == [#"+ ["ann", "bob"]"#, #"- ["bob"]"#])
        let kinds = try database.reactionKinds(in: RoomKey(rawValue: 1), to: 1)
        #expect(kinds.map(\.lastPlace) == [3, 2] && kinds.map(\.number) == [1, 4])
        #expect(
            try database.place(ofReactionBy: UserID(trusted: "bob"), kinds[0], in: RoomKey(rawValue: 1), to: 1) == 3)
        // Goes with its message.
        try database.run("DELETE FROM messages WHERE sequence = 1")
        #expect(try self.kinds(database) == ["2 1 ! 1 1 1"])
    }
}
