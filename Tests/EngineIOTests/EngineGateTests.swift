import EngineIO
import Testing

@Suite("Engine.IO requests")
struct EngineGateTests {
    private func decide(
        _ method: String, _ query: String, isUpgrade: Bool = false, headers: [(String, String)] = [],
        options: EngineOptions = EngineOptions()
    ) -> EngineDecision {
        EngineGate(options).decide(TestRequest.make(method, query, isUpgrade: isUpgrade, headers: headers))
    }

    private func decide(
        _ query: String, isUpgrade: Bool = false, headers: [(String, String)] = [],
        options: EngineOptions = EngineOptions()
    ) -> EngineDecision {
        decide("GET", query, isUpgrade: isUpgrade, headers: headers, options: options)
    }

    @Test func `a handshake opens a session of the revision and transport it asks for`() {
        #expect(decide("EIO=4&transport=polling") == .open(EngineOpening(revision: .v4, transport: .polling)))
        #expect(
            decide("EIO=4&transport=polling&t=abc&sid=") == .open(EngineOpening(revision: .v4, transport: .polling)))
        #expect(
            decide("EIO=4&transport=websocket", isUpgrade: true)
                == .open(EngineOpening(revision: .v4, transport: .webSocket)))
        #expect(
            decide("EIO=3&transport=polling&b64=1")
                == .open(EngineOpening(revision: .v3, transport: .polling, supportsBinary: false)))
        #expect(
            decide("EIO=3&transport=polling&j=1x2")
                == .open(EngineOpening(revision: .v3, transport: .polling, supportsBinary: false, jsonp: "12")))
    }

    @Test(arguments: [
        "transport=polling", "EIO=abc&transport=polling", "EIO=5&transport=polling", "EIO=&transport=polling",
    ])
    func `any revision but 4 counts as 3, which may be switched off`(query: String) {
        #expect(decide(query) == .open(EngineOpening(revision: .v3, transport: .polling)))
        var options = EngineOptions()
        options.allowRevision3 = false
        #expect(decide(query, options: options) == .refuse(.unsupportedProtocolVersion))
    }

    @Test(arguments: [
        "EIO=4", "EIO=4&transport=abc", "EIO=4&transport=", "EIO=4&transport=webtransport",
        "EIO=4&transport=constructor",
        "EIO=4&transport=polling&transport=abc", "EIO=4&transport=abc&sid=x",
    ])
    func `an unknown transport is refused, plain and as an upgrade`(query: String) {
        #expect(decide(query) == .refuse(.unknownTransport))
        #expect(decide(query, isUpgrade: true) == .refuse(.unknownTransport))
    }

    @Test func `a transport that is switched off is unknown`() {
        var options = EngineOptions()
        options.transports = [.webSocket]
        #expect(decide("EIO=4&transport=polling", options: options) == .refuse(.unknownTransport))
    }

    @Test(arguments: ["POST", "PUT", "HEAD", "DELETE"])
    func `a handshake is a GET`(method: String) {
        #expect(decide(method, "EIO=4&transport=polling") == .refuse(.badHandshakeMethod))
    }

    @Test func `transport and Upgrade header must agree`() {
        #expect(decide("EIO=4&transport=websocket") == .refuse(.badRequest))
        #expect(decide("EIO=4&transport=polling", isUpgrade: true) == .refuse(.badRequest))
    }

    @Test func `a request with an id is one of four uses`() {
        #expect(decide("EIO=4&transport=polling&sid=x") == .existing(id: "x", .poll(jsonp: nil)))
        #expect(decide("EIO=3&transport=polling&sid=x&j=3") == .existing(id: "x", .poll(jsonp: "3")))
        #expect(decide("POST", "EIO=4&transport=polling&sid=x") == .existing(id: "x", .post(.text)))
        #expect(decide("POST", "EIO=3&transport=polling&sid=x&j=0") == .existing(id: "x", .post(.form)))
        #expect(decide("EIO=4&transport=websocket&sid=x", isUpgrade: true) == .existing(id: "x", .upgrade))
        #expect(decide("EIO=4&transport=websocket&sid=x") == .existing(id: "x", .unsupported))
        #expect(decide("PUT", "EIO=4&transport=polling&sid=x") == .existing(id: "x", .unsupported))
        #expect(decide("EIO=4&transport=polling&sid=x", isUpgrade: true) == .existing(id: "x", .unsupported))
    }

    @Test(arguments: ["application/octet-stream", "Application/Octet-Stream ; x=y"])
    func `a binary POST is known by its type`(type: String) {
        let decision = decide("POST", "EIO=3&transport=polling&sid=x", headers: [("content-type", type)])
        #expect(decision == .existing(id: "x", .post(.binary)))
    }

    @Test func `the errors have their codes, and are JSON except to an upgrade`() {
        let errors: [EngineRequestError] = [
            .unknownTransport, .unknownSession, .badHandshakeMethod, .badRequest, .forbidden("no \"entry\""),
            .unsupportedProtocolVersion,
        ]
        let lines = errors.map { SessionTranscript.line(.refusal($0)) }
        #expect(
            lines == [
                #"400 {"code":0,"message":"Transport unknown"}"#, #"400 {"code":1,"message":"Session ID unknown"}"#,
                #"400 {"code":2,"message":"Bad handshake method"}"#, #"400 {"code":3,"message":"Bad request"}"#,
                #"403 {"code":4,"message":"no \"entry\""}"#,
                #"400 {"code":5,"message":"Unsupported protocol version"}"#,
            ])
        #expect(SessionTranscript.line(.refusal(.unknownSession, toUpgrade: true)) == "400 Session ID unknown")
    }
}

/// A request made by hand.
struct TestRequest: EngineRequest {
    var method: String
    var isUpgrade: Bool
    var isSecure: Bool
    var headers: [(name: String, value: String)]
    var query: [(name: String, value: String)]

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    func hasRepeated(_ name: String) -> Bool { headers.count { $0.name == name } > 1 }

    func lastParameter(_ name: String) -> String? { query.last { $0.name == name }?.value }

    static func make(
        _ method: String = "GET", _ query: String = "EIO=4&transport=polling", isUpgrade: Bool = false,
        isSecure: Bool = false, headers: [(String, String)] = []
    ) -> TestRequest {
        let pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        return TestRequest(
            method: method, isUpgrade: isUpgrade, isSecure: isSecure, headers: headers.map { (name: $0, value: $1) },
            query: pairs)
    }
}
