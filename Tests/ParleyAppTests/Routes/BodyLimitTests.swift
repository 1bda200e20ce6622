import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

@Suite("The JSON of requests") struct BodyLimitTests {
    @Test func `a body nests as deep as it may and not one deeper`() async throws {
        let routes = try await RouteHarness(["--json-depth", "3"])
        for (content, status) in [("[[]]", 200), ("[[[]]]", 400)] {
            let body = #"{"room_id":"deep","password":"x","more":\#(content)}"#
            let answer = await routes.ask(.post, "/room/create", ["Content-Type": "application/json"], body: body)
            #expect(answer.status.code == status, "\(answer.line)")
        }
    }

    @Test func `a body has as many values as it may and not one more`() async throws {
        let routes = try await RouteHarness(["--json-values", "5"])
        for (content, status) in [("[1]", 200), ("[1,2]", 400)] {
            let body = #"{"room_id":"many","password":"x","more":\#(content)}"#
            let answer = await routes.ask(.post, "/room/create", ["Content-Type": "application/json"], body: body)
            #expect(answer.status.code == status, "\(answer.line)")
        }
    }
}
