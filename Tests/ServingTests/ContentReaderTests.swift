import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

@Suite("Content that is read while it is sent", .timeLimit(.minutes(10)))
struct ContentReaderTests {
    private struct Failure: Error {}

    /// Gives the content; fails from a place on, or gives less than it should.
    private struct Source: ContentReader {
        var failing = Int.max
        var end = size
        var most = Int.max

        static let content = SeededRandom().bytes(size)

        static func bytes(_ range: Range<Int>) -> [UInt8] { Array(content[range]) }

        func read(at offset: Int, count: Int) throws -> [UInt8] {
            if offset >= failing { throw Failure() }
            return Self.bytes(offset..<max(offset, min(offset + min(count, most), end)))
        }
    }

    private static let size = 3 * FileSender.pieceSize + 77

    private static func setup(_ source: Source) -> ServerSetup {
        ServerSetup().with { setup in
            setup.routes = { router in
                router.get("/all") { _ in Response(.ok, body: .reader(source, 0..<size)) }
                router.get("/part") { _ in Response(.partialContent, body: .reader(source, 1000..<1100)) }
                router.get("/none") { _ in Response(.ok, body: .reader(source, 5..<5)) }
                router.get("/n") { _ in .text("n") }
            }
        }
    }

    @Test(arguments: [Int.max, 100_000])
    func `it comes whole and in parts, and the connection goes on`(most: Int) async throws {
        let answers = try await conversation(Self.setup(Source(most: most))) { wire in
            let client = try wire.connect()
            return try ["/all", "/part", "/none", "/n"].map { try client.exchange("GET", $0) }
        }
        #expect(answers.map(\.status) == [200, 206, 200, 200])
        // Not shown where they differ: that would take longer than the test.
        let isWhole = answers[0].body == Source.content
        #expect(isWhole)
        #expect(answers[1].body == Source.bytes(1000..<1100))
        #expect(answers[2].body == [] && answers[3].body == Array("n".utf8))
    }

    @Test func `an answer to HEAD reads nothing`() async throws {
        let answer = try await conversation(Self.setup(Source(failing: 0))) { wire in
            try wire.connect().exchange("HEAD", "/all", takesBody: false)
        }
        #expect(answer.status == 200 && answer.headers["content-length"] == "\(Self.size)")
    }

    @Test func `one that fails or ends early ends the connection`() async throws {
        for source in [Source(failing: FileSender.pieceSize), Source(end: FileSender.pieceSize + 1)] {
            let isCut = try await conversation(Self.setup(source)) { wire in
                let client = try wire.connect()
                try client.request("GET", "/all")
                return ((try? client.answer()) ?? nil) == nil
            }
            #expect(isCut)
        }
    }
}
