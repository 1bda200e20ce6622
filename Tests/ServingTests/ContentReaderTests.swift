import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

@Suite("Content that is read while it is sent", .timeLimit(.minutes(10)))
struct ContentReaderTests {
    private struct Failure: Error {}

    /// Counts up; fails from a place on, or gives less than it should.
    private struct Counter: ContentReader {
        var failing = Int.max
        var end = Int.max
        var most = Int.max

        static func bytes(_ range: Range<Int>) -> [UInt8] { range.map { UInt8(truncatingIfNeeded: $0 / 3) } }

        func read(at offset: Int, count: Int) throws -> [UInt8] {
            if offset >= failing { throw Failure() }
            return Self.bytes(offset..<max(offset, min(offset + min(count, most), end)))
        }
    }

    private static let size = 3 * FileSender.pieceSize + 77

    private static func setup(_ counter: Counter) -> ServerSetup {
        ServerSetup().with { setup in
            setup.routes = { router in
                router.get("/all") { _ in Response(.ok, body: .reader(counter, 0..<size)) }
                router.get("/part") { _ in Response(.partialContent, body: .reader(counter, 1000..<1100)) }
                router.get("/none") { _ in Response(.ok, body: .reader(counter, 5..<5)) }
                router.get("/n") { _ in .text("n") }
            }
        }
    }

    @Test(arguments: [Int.max, 100_000])
    func `it comes whole and in parts, and the connection goes on`(most: Int) async throws {
        let answers = try await conversation(Self.setup(Counter(most: most))) { wire in
            let client = try wire.connect()
            return try ["/all", "/part", "/none", "/n"].map { try client.exchange("GET", $0) }
        }
        #expect(answers.map(\.status) == [200, 206, 200, 200])
        #expect(answers[0].body == Counter.bytes(0..<Self.size))
        #expect(answers[1].body == Counter.bytes(1000..<1100))
        #expect(answers[2].body == [] && answers[3].body == Array("n".utf8))
    }

    @Test func `an answer to HEAD reads nothing`() async throws {
        let answer = try await conversation(Self.setup(Counter(failing: 0))) { wire in
            try wire.connect().exchange("HEAD", "/all", takesBody: false)
        }
        #expect(answer.status == 200 && answer.headers["content-length"] == "\(Self.size)")
    }

    @Test func `one that fails or ends early ends the connection`() async throws {
        for counter in [Counter(failing: FileSender.pieceSize), Counter(end: FileSender.pieceSize + 1)] {
            let isCut = try await conversation(Self.setup(counter)) { wire in
                let client = try wire.connect()
                try client.request("GET", "/all")
                return ((try? client.answer()) ?? nil) == nil
            }
            #expect(isCut)
        }
    }
}
