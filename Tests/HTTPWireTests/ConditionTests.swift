import HTTPWire
import Testing

@Suite struct `Conditions and ranges` {
    @Test(arguments: [
        ("\"a\"", true), ("W/\"a\"", true), ("\"b\"", false), ("\"b\", \"a\"", true), ("*", true), (" * ", true),
        ("a", false),
        ("\"a", false), ("", false), ("\"b,\"a\"", false), ("\"b, \\\", \"a\"", false), ("w/\"a\"", false),
    ])
    func `If-None-Match compares weakly`(_ field: String, _ matches: Bool) {
        #expect(EntityTag("a").isMatched(byIfNoneMatch: field) == matches)
    }

    @Test func `If-Range compares strongly`() throws {
        let tag = EntityTag("a")
        #expect(tag.matchesStrongly(try #require(EntityTag(parsing: "\"a\""))))
        #expect(!tag.matchesStrongly(try #require(EntityTag(parsing: "W/\"a\""))))
        #expect(!tag.matchesStrongly(EntityTag("b")))
        #expect(EntityTag("a", isWeak: true).description == "W/\"a\"")
        #expect(EntityTag(parsing: "\"a b\"") == nil)
    }

    @Test(arguments: [
        ("bytes=0-0", ByteRange.part(0..<1)), ("bytes=0-4", .part(0..<5)), ("Bytes=2-", .part(2..<10)),
        ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)), ("bytes=5-100", .part(5..<10)),
        ("bytes= 9-9 ", .part(9..<10)), ("bytes=10-", .unsatisfiable), ("bytes=10-12", .unsatisfiable),
        ("bytes=-0", .unsatisfiable), ("bytes=99999999999999999999-", .unsatisfiable),
        ("bytes=0-99999999999999999999", .part(0..<10)), ("bytes=-99999999999999999999", .part(0..<10)),
        ("bytes=4-2", .whole), ("bytes=0-1,3-4", .whole), ("bytes=", .whole), ("bytes=-", .whole),
        ("bytes=a-b", .whole),
        ("bytes=+1-2", .whole), ("lines=0-1", .whole), ("", .whole), ("bytes=1--2", .whole), ("bytes=1 - 2", .whole),
    ])
    func `a range is one part, the whole, or cannot be`(_ field: String, _ range: ByteRange) {
        #expect(ByteRange(field, size: 10) == range)
    }

    @Test func `nothing is a part of nothing`() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange("bytes=-1", size: 0) == .unsatisfiable)
    }
}
