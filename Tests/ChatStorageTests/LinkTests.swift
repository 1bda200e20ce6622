import Accounts
import Bytes
import ParleyTesting
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("Replies, threads and mentions") struct LinkTests {
    @Test func `a reply says what it answers, as long as that is there`() async throws {
        var options = Harness.cheap
        options.limits.messagesPerRoom = 2
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let first = try await harness.chat.post("question", by: ann)
            let links = MessageLinks(replyTo: .timestamp(first.timestamp))
            let reply = try await harness.chat.post("answer", links: links, by: ann)
            #expect(reply.marks.replyTo == first.id && harness.posted.last == reply)
            #expect(try await harness.chat.history(HistoryQuery(), for: ann).last?.marks.replyTo == first.id)
            _ = try await harness.chat.post("more", by: ann)
            #expect(try await harness.chat.history(HistoryQuery(), for: ann).map(\.marks.replyTo) == [nil, nil])
            await #expect(throws: ChatError.messageNotFound) {
                try await harness.chat.post("x", links: MessageLinks(replyTo: .id(first.id)), by: ann)
            }
        }
    }

    @Test func `a thread has its messages, and its first knows how many and how late`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let root = try await harness.chat.post("root", by: ann)
            var answers: [Message] = []
            for number in 1...3 {
                // Whatever of the thread is named.
                let of = answers.last?.id ?? root.id
                answers.append(
                    try await harness.chat.post("\(number)", links: MessageLinks(thread: .id(of)), by: ann))
                _ = try await harness.chat.post("beside", by: ann)
            }
            #expect(answers.map(\.marks.thread) == [root.id, root.id, root.id])
            var query = HistoryQuery()
            query.thread = .id(root.id)
            #expect(try await harness.chat.history(query, for: ann).map(\.text) == ["1", "2", "3"])
            query.limit = 1
            query.before = .id(answers[2].id)
            #expect(try await harness.chat.history(query, for: ann).map(\.text) == ["2"])
            #expect(try await harness.summary(root) == ThreadSummary(count: 3, last: answers[2].timestamp))
            _ = try await harness.chat.remove(.id(answers[2].id), by: ann)
            #expect(try await harness.summary(root) == ThreadSummary(count: 2, last: answers[1].timestamp))
            for answer in answers[..<2] { _ = try await harness.chat.remove(.id(answer.id), by: ann) }
            #expect(try await harness.summary(root) == nil)
        }
    }

    @Test func `a thread whose first message was removed goes on, and no other begins there`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let roots = try await harness.post(2, by: ann)
            _ = try await harness.chat.post("x", links: MessageLinks(thread: .id(roots[0].id)), by: ann)
            for root in roots { _ = try await harness.chat.remove(.id(root.id), by: ann) }
            _ = try await harness.chat.post("y", links: MessageLinks(thread: .id(roots[0].id)), by: ann)
            await #expect(throws: ChatError.messageNotFound) {
                try await harness.chat.post("z", links: MessageLinks(thread: .id(roots[1].id)), by: ann)
            }
        }
    }

    @Test func `accounts of the room that a text names are told, each once`() async throws {
        try await Harness.run { harness in
            let people = try await People(harness)
            let cat = try await People.account("cat", 3, harness)
            let ann = try await people.join(people.ann, "room")
            _ = try await people.join(people.bob, "room")
            // Cat has never been there, and nobody is told of their own.
            _ = try await harness.chat.post("@Bob, @bob! @cat. @ann x@bob @nobody (@bob.)", by: ann)
            #expect(harness.mentioned == [[PersonID(people.bob.id)]])
            let page = try await harness.chat.mentions(of: people.bob, proof: Proof())
            #expect(page.entries.map(\.message.text) == ["@Bob, @bob! @cat. @ann x@bob @nobody (@bob.)"])
            #expect(try await harness.chat.mentions(of: cat, proof: Proof()).entries.isEmpty)
        }
    }

    @Test func `an edit tells those whom it names anew, and removing takes a mention back`() async throws {
        try await Harness.run { harness in
            let people = try await People(harness)
            let ann = try await people.join(people.ann, "room")
            _ = try await people.join(people.bob, "room")
            let name = MessageReference.id(try await harness.chat.post("hello", by: ann).id)
            _ = try await harness.chat.edit(name, to: "hello @bob", by: ann)
            _ = try await harness.chat.edit(name, to: "hello again @bob", by: ann)
            #expect(harness.mentioned == [[PersonID(people.bob.id)]])
            #expect(try await harness.chat.mentions(of: people.bob, proof: Proof()).entries.count == 1)
            _ = try await harness.chat.remove(name, by: ann)
            #expect(try await harness.chat.mentions(of: people.bob, proof: Proof()).entries.isEmpty)
        }
    }

    @Test func `mentions come a page at a time, the newest first`() async throws {
        var options = Harness.cheap
        options.limits.mentionsMost = 2
        try await Harness.run(options: options) { harness in
            let people = try await People(harness)
            let ann = try await people.join(people.ann, "room")
            _ = try await people.join(people.bob, "room")
            for number in 1...3 { _ = try await harness.chat.post("\(number) @bob", by: ann) }
            let first = try await harness.chat.mentions(of: people.bob, proof: Proof())
            #expect(first.entries.map(\.message.text) == ["3 @bob", "2 @bob"])
            let rest = try await harness.chat.mentions(of: people.bob, before: first.next, proof: Proof())
            #expect(rest.entries.map(\.message.text) == ["1 @bob"] && rest.next == nil)
            await #expect(throws: ChatError.invalid(.historyLimit(most: 2))) {
                try await harness.chat.mentions(of: people.bob, limit: 3, proof: Proof())
            }
        }
    }

    @Test func `a message names as many accounts as the limit and no more`() {
        #expect(Mentions.skeletons(in: "@a @b @c", most: 2) == ["a", "b"])
        #expect(Mentions.skeletons(in: "@@a me@b @ @. (@c-d.) é@e @ß", most: 9) == ["a", "c-d", "ß"])
        #expect(Mentions.skeletons(in: String(repeating: "@", count: 100_000), most: 9) == [])
    }
}

extension Harness {
    fileprivate func summary(_ message: Message) async throws -> ThreadSummary? {
        try await chat.message(.id(message.id), in: "room", for: Caller(proof: Proof(password: Harness.password)))
            .message.marks.answers
    }

    fileprivate var mentioned: [[PersonID]] {
        changes.compactMap { if case .mentioned(_, let accounts) = $0 { accounts } else { nil } }
    }
}
