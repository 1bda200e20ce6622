import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

@Suite("Files as answers", .timeLimit(.minutes(10)))
struct FileTests {
    /// Some pieces long, and no multiple of one.
    private static let size = 3 * FileSender.pieceSize + 4321

    private static func content(_ seed: UInt8) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) &+ seed }
    }

    private static func setup(_ folder: TemporaryFolder) -> ServerSetup {
        ServerSetup().with { setup in
            setup.routes = { router in
                router.get("/file") { request in
                    let query = try request.query
                    let offset = query.first("offset").flatMap { Int($0) } ?? 0
                    let count = query.first("count").flatMap { Int($0) } ?? size - offset
                    return Response(
                        .ok, body: .file(.init(path: folder.file("file"), offset: offset, count: count)))
                }
                router.get("/n") { _ in .text("n") }
            }
        }
    }

    @Test func `a file comes whole, and the connection goes on`() async throws {
        let folder = TemporaryFolder()
        folder.put(Self.content(0), in: "file")
        let (whole, after) = try await conversation(Self.setup(folder)) { wire in
            let client = try wire.connect()
            try client.request("GET", "/file")
            try client.request("GET", "/n")
            return (try client.answer()?.body ?? [], try client.answer()?.line ?? "end")
        }
        #expect(whole == Self.content(0))
        #expect(after == "200 n")
    }

    @Test func `a part of a file is that part`() async throws {
        let folder = TemporaryFolder()
        folder.put(Self.content(0), in: "file")
        let start = FileSender.pieceSize - 3
        let parts = try await conversation(Self.setup(folder)) { wire in
            let client = try wire.connect()
            return [
                try client.exchange("GET", "/file?offset=\(start)&count=10").body,
                try client.exchange("GET", "/file?offset=\(Self.size - 1)").body,
                try client.exchange("GET", "/file?offset=5&count=0").body,
            ]
        }
        let content = Self.content(0)
        #expect(parts == [Array(content[start..<start + 10]), [content[Self.size - 1]], []])
    }

    @Test func `a HEAD reads no file`() async throws {
        let folder = TemporaryFolder()
        let lines = try await conversation(Self.setup(folder)) { wire in
            let client = try wire.connect()
            let head = try client.exchange("HEAD", "/file", takesBody: false)
            return [head.headers["content-length"] ?? "", try client.exchange("GET", "/n").line]
        }
        #expect(lines == ["\(Self.size)", "200 n"])
    }

    @Test func `an answer ends early where the file is missing or shorter than announced`() async throws {
        let folder = TemporaryFolder()
        folder.put(Array(Self.content(0).prefix(1000)), in: "file")
        let counts = try await conversation(Self.setup(folder)) { wire in
            let short = try wire.connect()
            try short.request("GET", "/file")
            let head = try short.take(through: "\r\n\r\n")
            let rest = try short.takeToEnd().count
            return [head == nil ? 0 : 1, rest < Self.size ? 1 : 0]
        }
        #expect(counts == [1, 1])
        folder.remove("file")
        let line = try await conversation(Self.setup(folder)) { wire in
            let client = try wire.connect()
            try client.request("GET", "/file")
            return try client.answer()?.line ?? "end"
        }
        #expect(line == "end")
    }

    @Test func `a file that is replaced while it is sent is sent as it was`() async throws {
        let folder = TemporaryFolder()
        // Too much for the system to take at once, so that the sender waits in the middle.
        let size = 32 << 20
        folder.put([UInt8](repeating: 1, count: size), in: "file")
        let setup = ServerSetup().with { setup in
            setup.routes = { router in
                router.get("/file") { _ in
                    Response(.ok, body: .file(.init(path: folder.file("file"), offset: 0, count: size)))
                }
            }
        }
        let values = try await conversation(setup) { wire in
            let client = try WireClient(port: wire.port, receiveBuffer: 1 << 16)
            try client.request("GET", "/file")
            _ = try client.take(through: "\r\n\r\n")
            folder.put([UInt8](repeating: 2, count: size), in: "new")
            folder.rename("new", to: "file")
            var values: Set<UInt8> = []
            var left = size
            while left > 0, let piece = try client.take(min(left, 1 << 20)) {
                values.formUnion(Set(piece))
                left -= piece.count
            }
            return (values, left)
        }
        #expect(values.0 == [1])
        #expect(values.1 == 0)
    }

    @Test func `clients that go in the middle leave the server as it was`() async throws {
        let folder = TemporaryFolder()
        folder.put(Self.content(0), in: "file")
        let whole = try await conversation(Self.setup(folder)) { wire in
            for number in 0..<40 {
                let client = try WireClient(port: wire.port, receiveBuffer: 1 << 16)
                try client.request("GET", "/file")
                if number % 2 == 0 { _ = try client.take(100) }
                if number % 3 == 0 { client.reset() } else { client.hangUp() }
            }
            return try wire.connect().exchange("GET", "/file").body
        }
        #expect(whole == Self.content(0))
    }
}
