import EngineIO
import ParleyTesting
import Testing

@Suite("Connections between loops, over the wire", .timeLimit(.minutes(10)))
struct ConnectionMovingTests {
    @Test func `requests of one pipeline are answered in order, whichever loops keep their sessions`() async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let path = "/engine.io/?EIO=4&transport=polling"
            var sessions: [Int: String] = [:]
            while sessions.count < 2 {
                let session = try wire.openPolling(path)
                let id = session.split(separator: "=").last.map(String.init) ?? ""
                sessions[EngineSessionID.loopIndex(of: id) ?? 0] = session
            }
            var lines: [String] = []
            for _ in 0..<20 {
                let client = try wire.connect()
                for number in 0..<20 {
                    let session = sessions[number % 2] ?? path
                    try client.request("POST", session, body: Array("4\(number)".utf8))
                    try client.request("GET", session)
                }
                for _ in 0..<40 { lines.append(try client.answer()?.line ?? "end") }
            }
            return lines
        }
        let once = (0..<20).flatMap { ["200 ok", "200 4\($0)"] }
        #expect(lines == (0..<20).flatMap { _ in once })
    }
}
