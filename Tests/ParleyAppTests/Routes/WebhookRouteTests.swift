import Bytes
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite struct WebhookRouteTests {
    private static let webhooks = "/api/v1/rooms/club/webhooks"

    private func refusal(_ answer: Response) -> String {
        "\(answer.status.code) \(answer.json["error"]?["code"]?.stringValue ?? "-")"
    }

    /// A room with an owner, and what they show.
    private func club(_ arguments: [String] = []) async throws -> (RouteHarness, HTTPHeaders) {
        let harness = try await RouteHarness(arguments)
        let ann = try await harness.logIn("ann")
        #expect(await harness.post("/api/v1/rooms", ["id": "club", "kind": "public"], ann).status == .created)
        return (harness, ann)
    }

    @Test func `a program posts by the secret path, or with the secret in the head`() async throws {
        let (harness, ann) = try await club()
        let made = await harness.post(Self.webhooks, ["kind": "incoming", "name": "builds"], ann)
        #expect(made.status == .created)
        let (path, id) = (made.json["path"]?.stringValue ?? "", made.json["id"]?.stringValue ?? "")
        let said = await harness.post(path, ["text": "green"])
        #expect(said.status == .created && said.json["id"]?.stringValue?.hasPrefix("msg_") == true)
        let head: HTTPHeaders = ["Authorization": "Bearer \(made.json["secret"]?.stringValue ?? "")"]
        #expect(
            await harness.post("/api/v1/hooks/\(id)", ["text": "red", "username": "nightly"], head).status == .created)
        let history = await harness.ask(.get, "/api/v1/rooms/club/messages", ann).json["messages"]?.arrayValue ?? []
        #expect(history.map { $0["user_id"] } == ["builds", "nightly"])
        #expect(history.allSatisfy { $0["bot"] == true && $0["webhook"] == true })
        let listed = await harness.ask(.get, Self.webhooks, ann).json["webhooks"]?[0]
        #expect(listed?["name"] == "builds" && listed?["secret"] == nil && listed?["path"] == nil)
        for wrong in [path + "x", "/api/v1/hooks/\(id)/x", "/api/v1/hooks/nobody/x", "/api/v1/hooks/\(id)"] {
            #expect(refusal(await harness.post(wrong, ["text": "x"])) == "404 not_found")
        }
        #expect(await harness.ask(.delete, "\(Self.webhooks)/\(id)", ann).status == .noContent)
        #expect(refusal(await harness.post(path, ["text": "x"])) == "404 not_found")
    }

    @Test func `what cannot be said is refused, and nobody's name is taken`() async throws {
        let (harness, ann) = try await club(["--message-length", "10"])
        let made = await harness.post(Self.webhooks, ["kind": "incoming", "name": "builds"], ann)
        let path = made.json["path"]?.stringValue ?? ""
        let cases: [(JSONValue, String)] = [
            ([:], "422 missing"), (["text": ""], "422 invalid"), (["text": "12345678901"], "422 invalid"),
            (["text": "x", "username": "ann"], "409 reserved"), (["text": "x", "username": "ANN"], "409 reserved"),
            (["text": "x", "username": "admin"], "422 invalid"), (["text": "x", "username": " "], "422 invalid"),
        ]
        for (content, expected) in cases { #expect(refusal(await harness.post(path, content)) == expected) }
        #expect(await harness.post(path, ["text": "1234567890"]).status == .created)
        #expect(refusal(await harness.post(Self.webhooks, ["kind": "incoming", "name": "ann"], ann)) == "409 reserved")
    }

    @Test func `a webhook posts as often as the limit in a minute`() async throws {
        let (harness, ann) = try await club(["--webhook-messages-per-minute", "2"])
        let path =
            await harness.post(Self.webhooks, ["kind": "incoming", "name": "a"], ann).json["path"]?.stringValue ?? ""
        for (index, expected) in ["201 -", "201 -", "429 rate_limited"].enumerated() {
            #expect(refusal(await harness.post(path, ["text": "x"], from: "192.0.2.\(index + 10)")) == expected)
        }
        harness.clock.advance(by: .seconds(30))
        #expect(await harness.post(path, ["text": "x"], from: "192.0.2.20").status == .created)
    }

    @Test func `an outgoing webhook is made by the owner, for public addresses`() async throws {
        let (harness, ann) = try await club(["--webhook-networks", "10.1.0.0/16"])
        func make(_ url: String) async -> Response {
            await harness.post(
                Self.webhooks,
                ["kind": "outgoing", "name": "out", "url": .string(url), "events": ["message", "reaction"]],
                ann)
        }
        for url in [
            "http://127.0.0.1/", "http://[::1]/", "http://10.2.0.1/", "http://2130706433/", "ftp://a.org/", "x",
        ] {
            #expect(refusal(await make(url)) == "422 invalid", "\(url)")
        }
        #expect(await make("http://10.1.2.3/").status == .created)
        let made = await make("https://example.org/hook?key=1")
        #expect(made.status == .created && made.json["secret"]?.stringValue?.utf8.count == 43)
        let id = made.json["id"]?.stringValue ?? ""
        let listed = await harness.ask(.get, Self.webhooks, ann).json["webhooks"]?.arrayValue?.first {
            $0["id"] == made.json["id"]
        }
        #expect(listed?["events"] == ["message", "reaction"] && listed?["secret"] == nil && listed?["enabled"] == true)
        let path = "\(Self.webhooks)/\(id)"
        for body in [#"{"url":"http://127.0.0.1/"}"#, #"{"events":[]}"#, #"{"events":["x"]}"#, #"{"enabled":1}"#] {
            #expect(refusal(await harness.ask(.patch, path, ann, body: body)) == "422 invalid", "\(body)")
        }
        let changed = await harness.ask(.patch, path, ann, body: #"{"enabled":false,"events":["member_left"]}"#)
        #expect(changed.json["enabled"] == false && changed.json["disabled_reason"] == "It was turned off by a person.")
        #expect(await harness.ask(.patch, path, ann, body: #"{"enabled":true}"#).json["enabled"] == true)
        #expect(await harness.ask(.get, "\(path)/deliveries", ann).json["deliveries"] == [])
        let bob = try await harness.logIn("bob")
        for target in [path + "/deliveries", Self.webhooks] {
            #expect(await harness.ask(.get, target, bob).status == .forbidden)
        }
    }

    @Test func `a signature is that of the time and the body`() throws {
        let signature = try WebhookSignature(of: Array(#"{"a":1}"#.utf8), at: 1_700_000_000, secret: "secret")
        #expect(signature.text == Self.expected)
    }

    /// `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret`
    private static let expected = "sha256=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686"
}
