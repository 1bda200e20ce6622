import Chat
import JSON
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("Rates", .timeLimit(.minutes(10)))
struct RateTests {
    private let clock = ManualClock()

    // MARK: Events

    private func rates() -> EventRates {
        let limit = RateLimit(perSecond: 1, burst: 2)
        return EventRates([limit, limit, limit, limit], addressFactor: 2, capacity: 100, clock: clock)
    }

    @Test(arguments: EventRates.Kind.allCases)
    func `each kind of event has its own limit`(kind: EventRates.Kind) {
        let rates = rates()
        var connection = EventRates.Connection(address: "192.0.2.1")
        #expect((0..<3).map { _ in rates.take(kind, &connection) } == [nil, nil, 1])
        for other in EventRates.Kind.allCases where other != kind { #expect(rates.take(other, &connection) == nil) }
    }

    @Test func `an address has more than a connection, and no more than that`() {
        let rates = rates()
        var waits: [Int?] = []
        for _ in 0..<5 {
            var connection = EventRates.Connection(address: "192.0.2.1")
            waits.append(rates.take(.message, &connection))
        }
        #expect(waits == [nil, nil, nil, nil, 1])
        var elsewhere = EventRates.Connection(address: "192.0.2.2")
        #expect(rates.take(.message, &elsewhere) == nil)
        #expect(rates.take(.message, from: "192.0.2.1") == 1 && rates.take(.message, from: "192.0.2.3") == nil)
    }

    @Test func `what one customer has of IPv6 is one address`() {
        let rates = rates()
        var waits: [Int?] = []
        for number in 1...5 {
            var connection = EventRates.Connection(address: "2001:db8::\(number)")
            waits.append(rates.take(.join, &connection))
        }
        #expect(waits == [nil, nil, nil, nil, 1])
    }

    @Test func `a name in a room has one limit, on whichever connections`() throws {
        let rates = rates()
        let limits = ChatLimits()
        let ann = EventRates.Name(try UserID("ann", limits: limits), in: RoomKey(rawValue: 1))
        #expect(
            [rates.take(.message, as: ann), rates.take(.message, as: ann), rates.take(.message, as: ann)] == [
                nil, nil, 1,
            ])
        #expect(rates.take(.message, as: .init(try UserID("ann", limits: limits), in: RoomKey(rawValue: 2))) == nil)
    }

    @Test func `bytes are taken while there are any, and paid for afterwards`() {
        let limit = RateLimit(perSecond: 10, burst: 100)
        let rates = EventRates(nil, bytes: limit, addressFactor: 1, capacity: 1, clock: clock)
        var connection = EventRates.Connection(address: "192.0.2.1")
        // The first takes all but one byte of the burst, the second goes far beyond it.
        #expect([99, 500, 1].map { rates.take(bytes: $0, &connection) } == [nil, nil, 50])
        clock.advance(by: .seconds(49))
        #expect(rates.take(bytes: 1, &connection) == 1)
        clock.advance(by: .seconds(1))
        #expect([100, 1].map { rates.take(bytes: $0, &connection) } == [nil, 10])
        var other = EventRates.Connection(address: "192.0.2.1")
        #expect(rates.take(bytes: 1, &other) == nil)
    }

    @Test func `without limits everything may come`() {
        let rates = EventRates(nil, addressFactor: 1, capacity: 1, clock: clock)
        var connection = EventRates.Connection(address: "192.0.2.1")
        for _ in 0..<1000 { #expect(rates.take(.message, &connection) == nil) }
    }

    // MARK: Over the wire

    private static let strict = [
        "--rate-limits", "on", "--messages-per-second", "1", "--message-burst", "2", "--typing-per-second", "1",
        "--typing-burst", "1", "--reactions-per-second", "1", "--reaction-burst", "1",
    ]

    /// Sends the event until it is refused, and gives the refusal.
    private func refusal(of event: String, _ content: JSONValue, by person: Person) async throws -> JSONValue {
        while true {
            let answer = try await person.ask(event, content)
            if answer["status"] == "error" { return answer }
        }
    }

    @Test func `who sends too fast is told how long to wait, and goes on then`() async throws {
        try await TestServer.run(Self.strict) { server in
            let ann = try await server.member("ann")
            let refused = try await refusal(of: "message", ["room": "room", "message": "x"], by: ann)
            #expect(
                refused == [
                    "status": "error", "message": "You send faster than this server takes; try again in 1 s.",
                    "error": "rate_limited", "retry_after": 1,
                ])
            try await ann.hears("the error") { $0.heard("error").first == refused }
            while try await ann.say("y")["status"] != "success" {}
            #expect(ann.heard("disconnect").isEmpty)
            let sent = try await server.application.chat.history(
                .init(), in: "room", for: Caller(proof: Proof(password: TestServer.password)))
            #expect(sent.count == ann.texts.count)
        }
    }

    @Test func `typing and reactions have limits as well`() async throws {
        try await TestServer.run(Self.strict) { server in
            let ann = try await server.member("ann")
            let id = try await ann.say("x")["message_id"] ?? .null
            let typing = try await refusal(of: "typing", ["room": "room", "is_typing": true], by: ann)
            let reaction: JSONValue = ["room": "room", "message_id": id, "reaction": "👍"]
            let reacting = try await refusal(of: "reaction", reaction, by: ann)
            #expect(typing["error"] == "rate_limited" && reacting["error"] == "rate_limited")
        }
    }

    @Test func `joins have a limit`() async throws {
        try await TestServer.run(["--rate-limits", "on", "--joins-per-second", "1", "--join-burst", "1"]) { server in
            let ann = try await server.member("ann")
            let refused = try await refusal(of: "join", Person.joining("room", as: "ann"), by: ann)
            #expect(refused["error"] == "rate_limited")
        }
    }

    @Test func `events of any name count for the bytes of a connection`() async throws {
        let arguments = ["--rate-limits", "on", "--bytes-per-second", "1000", "--byte-burst", "1000"]
        try await TestServer.run(arguments) { server in
            let ann = try await server.member("ann")
            let refused = try await refusal(
                of: "typing", ["room": "room", "is_typing": true, "x": .string(String(repeating: "x", count: 9000))],
                by: ann)
            #expect(refused["error"] == "rate_limited")
            #expect(try await ann.ask("no such event", "x")["error"] == "rate_limited")
            #expect(try await ann.say("x")["error"] == "rate_limited")
            #expect(ann.heard("disconnect").isEmpty)
        }
    }

    @Test func `a message over REST counts for its address`() async throws {
        let arguments = Self.strict + ["--rate-address-factor", "1"]
        try await TestServer.run(arguments) { server in
            let port = server.port
            let answer = try await offLoops {
                let body = Array(#"{"message":"x","password":"correct horse"}"#.utf8)
                while true {
                    let answer = try WireClient(port: port).exchange(
                        "POST", "/chat/room", headers: ["Content-Type: application/json"], body: body)
                    if answer.status != 200 { return answer }
                }
            }
            #expect(answer.status == 429 && answer.headers["retry-after"] == "1")
        }
    }
}
