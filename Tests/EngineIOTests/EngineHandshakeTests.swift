import EngineIO
import Testing

@Suite struct EngineHandshakeTests {
    @Test func `fields come back as they went in`() {
        let long = String(repeating: "ü", count: 200)
        let fields = [("host", "example.org"), ("cookie", ""), ("cookie", long), (long, "a\0b"), ("", "x")]
        let handshake = EngineHandshake(headers: fields.map { (name: $0.0, value: $0.1) })
        #expect(handshake.headers.map(\.name) == fields.map(\.0))
        #expect(handshake.headers.map(\.value) == fields.map(\.1))
    }

    @Test(arguments: [0, 1, 254, 255, 256, 70_000])
    func `a value may have any length`(count: Int) {
        let value = String(repeating: "v", count: count)
        let handshake = EngineHandshake(query: [(name: "a", value: value), (name: "b", value: "c")])
        #expect(handshake.parameter("a") == value)
        #expect(handshake.parameter("b") == "c")
    }

    @Test func `the first field of a name counts, and no other name`() {
        let handshake = EngineHandshake(headers: [
            (name: "x-a", value: "1"), (name: "x-a", value: "2"), (name: "x", value: "x-b"),
        ])
        #expect(handshake.header("x-a") == "1")
        #expect(handshake.header("x-b") == nil)
        #expect(handshake.header("X-A") == nil)
        #expect(!handshake.isCrossDomain)
        #expect(EngineHandshake().headers.isEmpty && EngineHandshake().query.isEmpty)
    }
}
