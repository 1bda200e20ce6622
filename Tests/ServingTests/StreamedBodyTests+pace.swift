import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

/// Clients and handlers that are slow, or stop.
extension StreamedBodyTests {
    // MARK: Back-pressure

    @Test func `a handler that is behind stops the client, and loses nothing`() async throws {
        let scene = Scene()
        let count = 3 << 20
        let line = try await conversation(Self.setup(scene) { $0.maxUnfinishedInput = 1 << 20 }) { wire in
            let client = try wire.connect()
            try client.request("POST", "/slow", headers: ["Content-Length: \(count)"])
            // More than the server keeps, and the system's buffers take some of it: the rest follows when it goes on.
            let body = Array(Self.large[..<count])
            try client.send(Array(body[..<200_000]))
            while wire.server.unfinishedInput == 0 { usleepBriefly(5) }
            usleepBriefly(50)
            let kept = wire.server.unfinishedInput
            scene.note("go on")
            try client.send(Array(body[200_000...]))
            let line = try client.answer()?.line ?? "-"
            return kept <= 2 << 16 ? line : "kept \(kept)"
        }
        #expect(line == Self.answer(to: Array(Self.large[..<count])))
    }

    @Test func `content is counted as unfinished input and given back`() async throws {
        let scene = Scene()
        let counts = try await conversation(Self.setup(scene) { $0.maxUnfinishedInput = 1000 }) { wire in
            let client = try wire.connect()
            try client.request("POST", "/slow", headers: ["Content-Length: 60000"])
            try client.send([UInt8](repeating: 1, count: 20_000))
            scene.note("go on")
            let status = try client.answer()?.status
            let other = try wire.get("/n")
            return ["\(status ?? 0)", other, "\(wire.server.unfinishedInput)"]
        }
        #expect(counts == ["503", "200 n", "0"])
    }

    // MARK: Clients that stop

    @Test func `a client must send so much in the time`() async throws {
        let lines = try await conversation(
            Self.setup {
                $0.bodyTimeout = .milliseconds(200)
                $0.minBodyRate = 1 << 20
            }
        ) { wire in
            let client = try wire.connect()
            try client.request("POST", "/sum", headers: ["Content-Length: 100000"])
            for _ in 0..<1000 {
                guard (try? client.send([1])) != nil else { break }
                if try client.hasArrived(within: 20) { break }
            }
            let answer = try client.answer()
            return [answer?.line, answer?.headers["connection"]]
        }
        #expect(lines == [#"408 {"error":"Send the whole request faster."}"#, "close"])
    }

    @Test func `a client that sends enough takes longer than a body's time`() async throws {
        let line = try await conversation(
            Self.setup {
                $0.bodyTimeout = .milliseconds(50)
                $0.minBodyRate = 0
            }
        ) { wire in
            let client = try wire.connect()
            try client.request("POST", "/sum", headers: ["Content-Length: 5"])
            for byte in UInt8(1)...5 {
                usleepBriefly(60)
                try client.send([byte])
            }
            return try client.answer()?.line
        }
        #expect(line == Self.answer(to: [1, 2, 3, 4, 5]))
    }

    @Test func `a client is not hurried while the handler is behind`() async throws {
        let scene = Scene()
        let line = try await conversation(
            Self.setup(scene) {
                $0.bodyTimeout = .milliseconds(50)
                $0.minBodyRate = 1 << 30
            }
        ) { wire in
            let client = try wire.connect()
            try client.request("POST", "/slow", headers: ["Content-Length: 3"])
            usleepBriefly(200)
            try client.send([1, 2, 3])
            scene.note("go on")
            return try client.answer()?.line
        }
        #expect(line == Self.answer(to: [1, 2, 3]))
    }

    @Test func `a handler hears that its client has gone`() async throws {
        let scene = Scene()
        try await conversation(Self.setup(scene)) { wire in
            for leaves in [{ (client: WireClient) in client.reset() }, { $0.endSending() }] {
                let client = try wire.connect()
                try client.request("POST", "/watch", headers: ["Content-Length: 3"])
                try client.send([1])
                while scene.seen.withLock({ $0.last != "begun" }) { usleepBriefly(2) }
                leaves(client)
                while scene.seen.withLock({ $0.last == "begun" }) { usleepBriefly(2) }
            }
            while wire.server.unfinishedInput > 0 { usleepBriefly(2) }
        }
        #expect(
            scene.seen.withLock { $0 } == [
                "begun", "connectionLost", "begun", "refused(HTTPWire.HTTPError.truncatedMessage)",
            ])
    }

    @Test func `an upload under way is finished when the server stops`() async throws {
        let scene = Scene()
        let lines = try await conversation(Self.setup(scene)) { wire in
            let client = try wire.connect()
            try client.request("POST", "/watch", headers: ["Content-Length: 3"])
            try client.send([1])
            while scene.seen.withLock({ $0.isEmpty }) { usleepBriefly(2) }
            let server = wire.server
            Task { await server.stop() }
            while (try? wire.connect()) != nil { usleepBriefly(2) }
            try client.send([2, 3])
            let answer = try client.answer()
            return [answer?.line, answer?.headers["connection"]]
        }
        #expect(lines == [Self.answer(to: [1, 2, 3]), "close"])
    }

    @Test func `the end of the time to stop ends an upload`() async throws {
        let scene = Scene()
        try await conversation(Self.setup(scene) { $0.drainTimeout = .milliseconds(200) }) { wire in
            let client = try wire.connect()
            try client.request("POST", "/watch", headers: ["Content-Length: 3"])
            while scene.seen.withLock({ $0.isEmpty }) { usleepBriefly(2) }
            let server = wire.server
            Task { await server.stop() }
            while scene.seen.withLock({ $0.count < 2 }) { usleepBriefly(2) }
        }
        #expect(scene.seen.withLock { $0.last } == "connectionLost")
    }
}
