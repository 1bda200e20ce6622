import Bytes
import Chat
import JSON
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("Connections that are lost and come back", .timeLimit(.minutes(10))) struct RecoveryTests {
    /// What a client comes back with.
    private struct Known: Sendable {
        var privateID = ""
        var offset = ""
        var connect: String { #"40{"pid":"\#(privateID)","offset":"\#(offset)"}"# }
    }

    /// A connection that is lost when the object goes, and what it has heard.
    private final class Wire {
        private let client: WireClient
        private(set) var known = Known()
        private(set) var heard: [(event: String, content: JSONValue)] = []

        init(port: UInt16, _ connect: String = "40") throws {
            client = try WireClient(port: port)
            guard try client.openWebSocket("/socket.io/?EIO=4&transport=websocket") == nil else {
                throw WireClient.Failure(step: "upgrade")
            }
            try client.frame(connect)
            while known.privateID.isEmpty { _ = try take() }
        }

        func ask(_ event: String, _ content: JSONValue) throws -> JSONValue {
            let text = String(decoding: JSONPrinter.text(of: [.string(event), content]), as: UTF8.self)
            try client.frame("421\(text)")
            while true {
                if let answer = try take() { return answer }
            }
        }

        /// One frame; gives what acknowledges an event.
        private func take() throws -> JSONValue? {
            let text = try client.nextFrame()
            if text == "close" || text == "end" { throw WireClient.Failure(step: "the connection goes on") }
            if text == "2" { try client.frame("3") }
            if text.hasPrefix("40") {
                known.privateID = try JSONParser.parse(String(text.dropFirst(2)))["pid"]?.stringValue ?? ""
            }
            if text.hasPrefix("431") { return try JSONParser.parse(String(text.dropFirst(3)))[0] }
            guard text.hasPrefix("42") else { return nil }
            let event = try JSONParser.parse(String(text.dropFirst(2)))
            known.offset = event.arrayValue?.last?.stringValue ?? ""
            heard.append((event[0]?.stringValue ?? "", event[1] ?? .null))
            return nil
        }

        var texts: [String] { heard.filter { $0.event == "message" }.compactMap { $0.content["message"]?.stringValue } }
    }

    /// What bob heard, and what he was answered to a message.
    private struct Return: Sendable {
        var isSame: Bool
        var texts: [String]
        var removals: [JSONValue]
        var answer: JSONValue
    }

    /// Bob joins, is lost, and comes back when `meanwhile` is over.
    private func comeBack(
        _ server: TestServer, _ ann: Person, _ meanwhile: () async throws -> Void
    ) async throws -> Return {
        let port = server.port
        let known = try await offLoops {
            let wire = try Wire(port: port)
            guard try wire.ask("join", Person.joining("room", as: "bob"))["status"] == "success" else {
                throw WireClient.Failure(step: "join")
            }
            return wire.known
        }
        try await ann.hears("that bob is gone") { person in
            person.heard("status").contains { $0["msg"] == "👋 bob has disconnected" }
        }
        try await meanwhile()
        return try await offLoops {
            let wire = try Wire(port: port, known.connect)
            let answer = try wire.ask("message", ["room": "room", "message": "I am back"])
            return Return(
                isSame: wire.known.privateID == known.privateID, texts: wire.texts,
                removals: wire.heard.filter { $0.event == "removed_from_room" }.map(\.content), answer: answer)
        }
    }

    @Test func `who may still be in a room is there again, and was sent once what was said`() async throws {
        try await TestServer.run(["--recovery", "on"]) { server in
            let ann = try await server.member("ann")
            let back = try await comeBack(server, ann) {
                for text in ["1", "2"] { try await ann.say(text) }
            }
            #expect(back.isSame && back.texts == ["1", "2", "I am back"] && back.removals.isEmpty)
            #expect(back.answer["status"] == "success")
            try await ann.hears("bob") { $0.texts.last == "I am back" }
            #expect(ann.heard("message").last?["user_id"] == "bob")
        }
    }

    @Test func `who may not is told so, and nothing else`() async throws {
        try await TestServer.run(["--recovery", "on"]) { server in
            let (ann, chat) = (try await server.member("ann"), server.application.chat)
            let back = try await comeBack(server, ann) {
                try await ann.say("before")
                try await chat.deleteRoom("room", for: Caller(proof: Proof(password: TestServer.password)))
                try await chat.createRoom("room", password: TestServer.password)
                try await ann.join("room", as: "ann")
                try await ann.say("after")
            }
            #expect(back.isSame && back.texts.isEmpty && back.answer["status"] == "error")
            #expect(back.removals.map { $0["cause"] } == ["not_recovered"] && back.removals[0]["room"] == "room")
        }
    }
}
