import Bytes
import Testing

@testable import SocketIO

@Suite struct PacketHeaderTests {
    private func header(_ text: String, max: Int = 10) throws -> PacketHeader {
        let bytes = Array(text.utf8)
        return try PacketHeader(bytes.span.bytes, maxAttachments: max)
    }

    /// Type, attachments, namespace, id, payload.
    private func parts(_ text: String) throws -> [String] {
        let header = try header(text)
        let utf8 = Array(text.utf8)
        return [
            "\(header.type.rawValue)", "\(header.attachmentCount)",
            String(decoding: utf8[header.namespace], as: UTF8.self), header.id.map { "\($0)" } ?? "-",
            String(decoding: utf8[header.payload], as: UTF8.self),
        ]
    }

    @Test(arguments: [
        ("0", ["0", "0", "", "-", ""]),
        (#"0{"token":"a"}"#, ["0", "0", "", "-", #"{"token":"a"}"#]),
        ("0/chat", ["0", "0", "/chat", "-", ""]),
        ("0/chat,", ["0", "0", "/chat", "-", ""]),
        (#"0/chat?a=1,{}"#, ["0", "0", "/chat?a=1", "-", "{}"]),
        ("1/chat,", ["1", "0", "/chat", "-", ""]),
        (#"2["a"]"#, ["2", "0", "", "-", #"["a"]"#]),
        (#"212["a"]"#, ["2", "0", "", "12", #"["a"]"#]),
        (#"2/chat,0["a"]"#, ["2", "0", "/chat", "0", #"["a"]"#]),
        ("3/chat,007[]", ["3", "0", "/chat", "7", "[]"]),
        (#"52-["a"]"#, ["5", "2", "", "-", #"["a"]"#]),
        (#"51-/chat,9["a"]"#, ["5", "1", "/chat", "9", #"["a"]"#]),
        ("60-1[]", ["6", "0", "", "1", "[]"]),
        ("2abc[]", ["2", "0", "", "-", "abc[]"]),
    ])
    func `the parts of a header are found`(text: String, expected: [String]) throws {
        #expect(try parts(text) == expected)
    }

    @Test(arguments: [
        ("", PacketError.empty), ("7", .unknownType), ("9[]", .unknownType), ("x", .unknownType), ("-", .unknownType),
        ("5", .illegalAttachmentCount), ("51", .illegalAttachmentCount), ("5-[]", .illegalAttachmentCount),
        ("5x-[]", .illegalAttachmentCount), ("51.0-[]", .illegalAttachmentCount), ("5 1-[]", .illegalAttachmentCount),
        ("5-1-[]", .illegalAttachmentCount), ("51e0-[]", .illegalAttachmentCount),
        ("511-[]", .tooManyAttachments(limit: 10)), ("599999999999999999999999-[]", .tooManyAttachments(limit: 10)),
    ])
    func `a header without its form is refused`(text: String, error: PacketError) {
        #expect(throws: error) { try header(text) }
    }

    @Test func `the limit of attachments itself is allowed`() throws {
        #expect(try header("510-[]").attachmentCount == 10)
        #expect(try header("50-[]", max: 0).attachmentCount == 0)
        #expect(throws: PacketError.tooManyAttachments(limit: 0)) { try header("51-[]", max: 0) }
    }

    @Test func `an id beyond 64 bits stops at the largest and does not trap`() throws {
        #expect(try header("218446744073709551615[]").id == .max)
        #expect(try header("218446744073709551616[]").id == .max)
        #expect(try header("2" + String(repeating: "9", count: 10_000) + "[]").id == .max)
    }

    @Test func `every prefix of a packet is a header or a fault and never a trap`() {
        for text in [#"51-/chat,9["a",{"_placeholder":true,"num":0}]"#, "2/,1[]", "0/\u{1F600},{}"] {
            let bytes = Array(text.utf8)
            for count in 0...bytes.count {
                let prefix = Array(bytes[..<count])
                _ = try? PacketHeader(prefix.span.bytes, maxAttachments: 10)
            }
        }
    }
}
