import Bytes
import EngineIO
import EventLoops
import Testing

@Suite("Engine.IO session ids")
struct EngineSessionIDTests {
    private struct Counter: RandomSource {
        var first: UInt8 = 1
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { first &+ UInt8($0) } }
    }

    @Test(arguments: [0, 1, 63, 255])
    func `an id has 20 characters and tells the loop that keeps the session`(loop: Int) {
        let id = EngineSessionID.make(loopIndex: loop, random: Counter(first: 200))
        #expect(id.utf8.count == EngineSessionID.length && id.utf8.count == 20)
        #expect(EngineSessionID.loopIndex(of: id) == loop)
    }

    @Test func `all of an id but its first byte is what the random source gave`() throws {
        let id = EngineSessionID.make(loopIndex: 3, random: Counter(first: 7))
        let bytes = try #require(Base64.urlSafe.decode(id, padding: .forbidden))
        #expect(Array(bytes[1...]) == Array(8...21))
        #expect(bytes[0] == 3 ^ 8)
    }

    @Test(arguments: ["", "abc", "aaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaa+/", "äääääääääää"])
    func `what has not the form of an id has no loop`(id: String) {
        #expect(EngineSessionID.loopIndex(of: id) == nil)
    }
}
