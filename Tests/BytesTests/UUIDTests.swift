import Bytes
import Testing

@Suite struct UUIDTests {
    @Test func `a text comes back as it was, in lower case`() throws {
        let text = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        #expect(UUID(text)?.description == text)
        #expect(UUID(text.uppercased())?.description == text)
        #expect(UUID(bytes: try #require(UUID(text)).bytes)?.description == text)
    }

    @Test(arguments: [
        "", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
        "{f81d4fae-7dec-11d0-a765-00a0c91e6b}",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "f81d4fae-7dec-11d0a-765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bé",
    ])
    func `another form is refused`(text: String) {
        #expect(UUID(text) == nil)
    }

    @Test func `random bytes make version 4 of the usual variant`() {
        #expect(UUID(random: [UInt8](repeating: 0xff, count: 16)).description == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        #expect(UUID(random: [UInt8](repeating: 0, count: 16)).description == "00000000-0000-4000-8000-000000000000")
        #expect(UUID(bytes: [1, 2]) == nil)
    }
}
