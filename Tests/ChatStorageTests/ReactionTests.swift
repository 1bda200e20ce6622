import Bytes
import ParleyTesting
import Testing

@testable import Chat

@Suite struct ReactionTests {
    private func users(_ names: String...) -> [UserID] { names.map(UserID.init(trusted:)) }

    @Test
    func `one emoji is one reaction, whether it asks to be drawn as an emoji or not`() async throws {
        try await Harness.run { harness in
            let chat = harness.chat
            let ann = try await harness.join().membership
            let bob = try await harness.join("bob", connection: "2").membership
            let name = MessageReference.id(try await harness.post(1, by: ann)[0].id)
            _ = try await chat.react("❤️", to: name, by: ann)
            // Spelled as whoever gave it first did.
            let both = try await chat.react("❤", to: name, by: bob).reactions
            #expect(both == [Reaction(text: "❤️", users: users("ann", "bob"))])
            let one = try await chat.react("❤", to: name, by: ann).reactions
            #expect(one == [Reaction(text: "❤️", users: users("bob"))])
            #expect(try await chat.react("👍", to: name, by: ann).reactions.count == 2)
            #expect(try await chat.react("👍🏽", to: name, by: ann).reactions.count == 3)
        }
    }

    @Test
    func `a reaction is given, shared, and taken back, and its order stays`() async throws {
        try await Harness.run { harness in
            let chat = harness.chat
            let ann = try await harness.join().membership
            let bob = try await harness.join("bob", connection: "2").membership
            let message = try await harness.post(2, by: ann)[1]
            let name = MessageReference.id(message.id)

            #expect(
                try await chat.react("👍", to: name, by: ann).reactions == [Reaction(text: "👍", users: users("ann"))])
            _ = try await chat.react("❤", to: name, by: ann)
            let both = try await chat.react("👍", to: .timestamp(message.timestamp), by: bob)
            #expect(both.place == MessagePlace(id: message.id, sequence: 2, timestamp: message.timestamp))
            #expect(
                both.reactions == [
                    Reaction(text: "👍", users: users("ann", "bob")), Reaction(text: "❤", users: users("ann")),
                ])
            let fewer = try await chat.react("👍", to: name, by: ann).reactions
            #expect(fewer == [Reaction(text: "👍", users: users("bob")), Reaction(text: "❤", users: users("ann"))])
            #expect(try await chat.history(HistoryQuery(), for: ann).map(\.reactions) == [[], fewer])
            _ = try await chat.react("👍", to: name, by: bob)
            let none = try await chat.react("❤", to: name, by: ann).reactions
            #expect(none == [])
            #expect(try await chat.history(HistoryQuery(), for: ann).map(\.reactions) == [[], []])
            let told = harness.events.withLock { events in
                events.compactMap { event in
                    if case .reacted(_, let update) = event { update.reactions } else { nil }
                }
            }
            #expect(told.count == 6 && told[2] == both.reactions && told[5] == [])
        }
    }

    @Test
    func `an update names the message as the one who reacted did`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let message = try await harness.post(1, by: ann)[0]
            let spellings: [MessageSpelling?] = [.text("msg_\(message.id)"), .number(message.timestamp), nil]
            for spelling in spellings {
                let update = try await harness.chat.react("👍", to: .id(message.id), spelling: spelling, by: ann)
                #expect(update.spelling == spelling)
            }
            let told = harness.events.withLock { events in
                events.compactMap { event in
                    if case .reacted(_, let update) = event { update } else { nil }
                }
            }
            #expect(told.map(\.spelling) == spellings)
        }
    }

    @Test
    func `a message takes as many kinds as its limit and no more`() async throws {
        var options = Harness.cheap
        options.limits.reactionsPerMessage = 2
        options.limits.membersPerReaction = 2
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let message = MessageReference.id(try await harness.post(1, by: ann)[0].id)
            for reaction in ["1️⃣", "2️⃣"] { _ = try await harness.chat.react(reaction, to: message, by: ann) }
            await #expect(throws: ChatError.tooManyReactions) {
                try await harness.chat.react("3️⃣", to: message, by: ann)
            }
            let bob = try await harness.join("bob", connection: "2").membership
            _ = try await harness.chat.react("1️⃣", to: message, by: bob)
            let cat = try await harness.join("cat", connection: "3").membership
            await #expect(throws: ChatError.tooManyReactions) {
                try await harness.chat.react("1️⃣", to: message, by: cat)
            }
            // Taking back is always possible, and makes room.
            _ = try await harness.chat.react("2️⃣", to: message, by: ann)
            #expect(try await harness.chat.react("3️⃣", to: message, by: cat).reactions.map(\.text) == ["1️⃣", "3️⃣"])
        }
    }

    @Test
    func `who says so adds or removes, and nothing happens twice`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let message = MessageReference.id(try await harness.post(1, by: ann)[0].id)
            let steps: [(ReactionOperation, Int)] = [(.remove, 0), (.add, 1), (.add, 1), (.remove, 0), (.remove, 0)]
            for (operation, count) in steps {
                #expect(try await harness.chat.react("👍", to: message, operation, by: ann).reactions.count == count)
            }
            let told = harness.events.withLock { events in
                events.count { if case .reacted = $0 { true } else { false } }
            }
            #expect(told == 2)
        }
    }

    @Test
    func `a message that is not there takes none`() async throws {
        var options = Harness.cheap
        options.limits.messagesPerRoom = 2
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let absent: [MessageReference] = [
                .id(MessageID(rawValue: 0)), .id(MessageID(rawValue: .max)), .timestamp(5),
            ]
            for name in absent {
                await #expect(throws: ChatError.messageNotFound) {
                    try await harness.chat.react("👍", to: name, by: ann)
                }
            }
            let messages = try await harness.post(3, by: ann)
            let pruned = MessageReference.id(messages[0].id)
            for name in absent + [pruned] {
                await #expect(throws: ChatError.messageNotFound) {
                    try await harness.chat.react("👍", to: name, by: ann)
                }
            }
            try await harness.chat.createRoom("other", password: Harness.password)
            let elsewhere = try await harness.join(room: "other", connection: "2").membership
            await #expect(throws: ChatError.messageNotFound) {
                try await harness.chat.react("👍", to: .id(messages[2].id), by: elsewhere)
            }
        }
    }

    @Test
    func `a reaction is one emoji, of any kind, of 64 bytes at most`() async throws {
        var options = Harness.cheap
        options.limits.reactionsPerMessage = 100
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let message = MessageReference.id(try await harness.post(1, by: ann)[0].id)
            let good = [
                "👍", "❤️", "❤", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "#️⃣", "7⃣", "☺︎", "🧑🏿‍🤝‍🧑🏻", "🫠", "©️",
            ]
            for text in good { _ = try await harness.chat.react(text, to: message, by: ann) }
            for text in [
                "", " ", "x", "1", "ok", "👍👍", "👍x", "👍 ", "a\0", "\n", "\u{200d}", "\u{fe0f}", "🇩", "🇩🇪🇫🇷", "é", "中",
                "👍\u{301}", "<b>", String(repeating: "👩‍", count: 12) + "👩",
            ] {
                await #expect(throws: ChatError.invalid(.reaction(longest: 64)), "\(text)") {
                    try await harness.chat.react(text, to: message, by: ann)
                }
            }
        }
    }

    @Test
    func `a reaction may have as many bytes as the limit and no more`() async throws {
        var options = Harness.cheap
        options.limits.reactionBytes = 8
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let message = MessageReference.id(try await harness.post(1, by: ann)[0].id)
            _ = try await harness.chat.react("👍🏽", to: message, by: ann)
            await #expect(throws: ChatError.invalid(.reaction(longest: 8))) {
                try await harness.chat.react("👍🏽\u{fe0f}", to: message, by: ann)
            }
        }
    }
}
