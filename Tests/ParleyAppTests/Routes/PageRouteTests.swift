import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

@Suite("The page and what the server says of itself") struct PageRouteTests {
    @Test func `the root is a page for browsers and facts for others`() async throws {
        let routes = try await RouteHarness()
        let page = await routes.ask(.get, "/", ["Accept": "text/html,*/*;q=0.8"])
        #expect(page.status == .ok)
        #expect(page.headers.first("content-type")?.hasPrefix("text/html") == true)
        #expect(page.headers.first("content-security-policy")?.hasPrefix("default-src 'none'") == true)
        for accept in ["application/json", "*/*", nil] as [String?] {
            let facts = await routes.ask(.get, "/", accept.map { ["Accept": $0] } ?? [:])
            #expect(facts.json["message"] == "ok")
            #expect(facts.json["version"] == .string(ParleyVersion.current))
            #expect(facts.json["endpoints"]?["socketio"] == "/socket.io/")
            #expect(facts.headers.list("vary").contains("Accept"))
        }
    }

    @Test func `the server says that it is well`() async throws {
        let answer = await (try RouteHarness()).ask(.get, "/healthz")
        #expect(answer.line == #"200 {"status":"ok"}"#)
        #expect(answer.headers.values("x-content-type-options") == ["nosniff"])
    }

    @Test func `the browser client is where Socket.IO's is, and is not sent again to whoever has it`() async throws {
        let routes = try await RouteHarness()
        for (name, start) in [
            ("socket.io.js", "\"use strict\";\nglobalThis.io"), ("socket.io.min.js", "\"use strict\";\nglobalThis.io"),
            ("socket.io.esm.min.js", "//"),
        ] {
            let answer = await routes.ask(.get, "/socket.io/\(name)")
            #expect(answer.status == .ok)
            #expect(answer.headers.first("content-type")?.contains("javascript") == true)
            if name != "socket.io.esm.min.js" {
                #expect(String(decoding: answer.content, as: UTF8.self).hasPrefix(start))
            }
            let tag = try #require(answer.headers.first("etag"))
            #expect(await routes.ask(.get, "/socket.io/\(name)", ["If-None-Match": tag]).status == .notModified)
        }
        #expect(await routes.ask(.get, "/socket.io/nothing.js").status == .notFound)
    }
}

@Suite("Pages of other origins") struct CORSRouteTests {
    private static let page = "https://app.example"
    private static let body: JSONValue = ["password": .string(RouteHarness.password)]

    private static func post(_ routes: RouteHarness, _ headers: HTTPHeaders) async -> Response {
        await routes.post("/chat/room/verify", body, headers)
    }

    @Test func `no other page may do anything unless it is listed`() async throws {
        let routes = try await RouteHarness()
        let answer = await Self.post(routes, ["Origin": Self.page, "Host": "chat.example"])
        #expect(
            answer.line
                == #"403 {"error":"Send this from the server's own page, or have the operator list your origin."}"#)
        #expect(!answer.headers.contains("access-control-allow-origin"))
        #expect(await Self.post(routes, ["Sec-Fetch-Site": "cross-site"]).status == .forbidden)
        let reading = await routes.ask(.get, "/healthz", ["Origin": Self.page])
        #expect(!reading.headers.contains("access-control-allow-origin"))
        #expect(await Self.post(routes, ["Origin": "http://chat.example", "Host": "chat.example"]).status == .ok)
        #expect(await Self.post(routes, [:]).status == .ok)
    }

    @Test func `a listed page may ask and read, and no other`() async throws {
        let routes = try await RouteHarness(["--cors-origins", "\(Self.page),http://localhost:3000"])
        for origin in [Self.page, "http://localhost:3000"] {
            let answer = await Self.post(routes, ["Origin": origin])
            #expect(answer.status == .ok)
            #expect(answer.headers.values("access-control-allow-origin") == [origin])
            #expect(answer.headers.list("vary").contains("Origin"))
        }
        for origin in ["https://app.example.evil", "http://app.example", "https://app.example:444", "null"] {
            let answer = await Self.post(routes, ["Origin": origin])
            #expect(answer.status == .forbidden, "\(origin)")
            #expect(!answer.headers.contains("access-control-allow-origin"))
        }
    }

    @Test func `a preflight is answered for a listed page`() async throws {
        let routes = try await RouteHarness(["--cors-origins", Self.page])
        let asked: HTTPHeaders = ["Origin": Self.page, "Access-Control-Request-Method": "POST"]
        let answer = await routes.ask(.options, "/chat/room", asked)
        #expect(answer.status == .noContent)
        #expect(answer.headers.values("access-control-allow-origin") == [Self.page])
        #expect(answer.headers.list("access-control-allow-methods").contains("POST"))
        #expect(answer.headers.list("access-control-allow-headers") == ["Authorization", "Content-Type"])
        let other: HTTPHeaders = ["Origin": "https://evil.example", "Access-Control-Request-Method": "POST"]
        #expect(await routes.ask(.options, "/chat/room", other).status == .forbidden)
    }

    @Test func `a server for all lets every page in, without cookies`() async throws {
        let routes = try await RouteHarness(["--cors-origins", "*"])
        let answer = await Self.post(routes, ["Origin": "https://anything.example"])
        #expect(answer.status == .ok)
        #expect(answer.headers.values("access-control-allow-origin") == ["*"])
        #expect(!answer.headers.contains("access-control-allow-credentials"))
    }

    @Test func `a refusal, too, can be read by a listed page`() async throws {
        let routes = try await RouteHarness(["--cors-origins", Self.page])
        for target in ["/chat/nowhere/verify", "/nothing"] {
            let answer = await routes.post(target, Self.body, ["Origin": Self.page])
            #expect(answer.status == .notFound)
            #expect(answer.headers.values("access-control-allow-origin") == [Self.page])
        }
    }
}
