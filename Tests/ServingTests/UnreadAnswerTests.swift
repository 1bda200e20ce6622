import HTTPWire
import ParleyTesting
import Routing
import Serving
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// More than systems keep for a socket, so that much of it waits here.
private let large = 16 << 20

/// A server that may have one large answer waiting, and less than a second one.
private func tight<Result: Sendable>(
    patience: Duration = .seconds(600), threads: Int = 1, body: @escaping @Sendable (Wire) throws -> Result
) async throws -> Result {
    let setup = ServerSetup {
        $0.maxUnreadAnswers = large + 100_000
        $0.unreadPatience = patience
        $0.threads = threads
    }.with { setup in
        setup.applications = [EchoEngine()]
        setup.routes = { router in
            router.get("/large") { _ in Response(.ok, body: .bytes([UInt8](repeating: 0x61, count: large))) }
            router.get("/medium") { _ in Response(.ok, body: .bytes([UInt8](repeating: 0x61, count: 200_000))) }
            router.get("/fits") { _ in Response(.ok, body: .bytes([UInt8](repeating: 0x61, count: 100_000))) }
            router.get("/small") { _ in Response(.ok, body: .bytes([UInt8](repeating: 0x61, count: 16_384))) }
        }
    }
    return try await conversation(setup, body: body)
}

extension Wire {
    /// A client that has asked for the large answer and takes nothing of it.
    fileprivate func stall() throws -> WireClient {
        let client = try connect()
        try client.request("GET", "/large")
        while server.unreadAnswers < large / 2 { usleep(1000) }
        return client
    }

    fileprivate func status(_ path: String) throws -> Int { try connect().exchange("GET", path).status }
}

@Suite("Answers that nobody takes", .timeLimit(.minutes(10)))
struct UnreadAnswerTests {
    @Test func `a large answer is refused while others have used the room up, a small one is not`() async throws {
        let statuses = try await tight { wire in
            let stalled = try wire.stall()
            let statuses = [try wire.status("/medium"), try wire.status("/fits"), try wire.status("/small")]
            return withExtendedLifetime(stalled) { statuses }
        }
        #expect(statuses == [503, 200, 200])
    }

    @Test func `what was taken counts no longer, nor what a client that goes has not taken`() async throws {
        let statuses = try await tight { wire in
            let reader = try wire.stall()
            let taken = try reader.answer()?.body.count ?? 0
            while wire.server.unreadAnswers > 0 { usleep(1000) }
            let stalled = try wire.stall()
            stalled.reset()
            while wire.server.unreadAnswers > 0 { usleep(1000) }
            return [taken, try wire.status("/medium")]
        }
        #expect(statuses == [large, 200])
    }

    @Test func `a client that has had its time is cut for others`() async throws {
        let (status, left) = try await tight(patience: .zero) { wire in
            let stalled = try wire.stall()
            let status = try wire.status("/medium")
            while wire.server.unreadAnswers > 0 { usleep(1000) }
            return (status, (try? stalled.answer())?.body.count)
        }
        #expect(status == 200 && left != large)
    }

    @Test func `a client of another loop that has had its time is cut as well`() async throws {
        let statuses = try await tight(patience: .zero, threads: 2) { wire in
            let stalled = try wire.stall()
            // Loops are given connections in turn.
            let other = try wire.connect()
            let first = try other.exchange("GET", "/medium").status
            while wire.server.unreadAnswers > 0 { usleep(1000) }
            let second = try other.exchange("GET", "/medium").status
            return withExtendedLifetime(stalled) { [first, second] }
        }
        #expect(statuses == [503, 200])
    }
}
