import Bytes
import HTTPWire
import Network
import ParleyTesting
import Routing
import Serving
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Slow readers, over the wire", .timeLimit(.minutes(10)))
struct SlowReaderTests {
    /// A file much longer than what systems keep for a socket, and without any bytes on disk.
    private static let size = 256 << 20

    private func server(of path: String) throws -> WebServer {
        var options = WebServerOptions()
        options.threads = 1
        options.maxConnections = 1
        options.idleTimeout = .milliseconds(100)
        var router = Router()
        router.get("/file") { _ in
            Response(.ok, body: .file(Response.FileReference(path: path, offset: 0, count: Self.size)))
        }
        return try WebServer(engines: [], responder: try router.freeze(), options: options)
    }

    @Test func `a client that takes nothing of a file is cut, and its place is free`() async throws {
        var template = Array("/tmp/parley-slow-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        try #require(file >= 0 && ftruncate(file, off_t(Self.size)) == 0)
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer {
            unlink(path)
            close(file)
        }
        let server = try server(of: path)
        let address = try server.listen(.internet(IPAddress(v4: 0x7f00_0001), port: 0))
        let port = UInt16(address.port ?? 0)
        let status = try await offLoops {
            let slow = try WireClient(port: port)
            try slow.request("GET", "/file")
            defer { slow.hangUp() }
            // Until there is a place for another client.
            for _ in 0..<6000 {
                if let answer = try? WireClient(port: port).exchange("GET", "/nothing") { return answer.status }
                usleep(20_000)
            }
            return 0
        }
        await server.stop()
        #expect(status == 404)
    }
}
