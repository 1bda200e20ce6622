import Bytes
import HTTPWire
import Testing

@Suite("Forms with files")
struct MultipartTests {
    private static let form = """
        --b0und\r
        Content-Disposition: form-data; name="title"\r
        \r
        A \r\n--b0un\r\r\n--\r\n line\r
        --b0und\r
        content-disposition: form-data; name="file"; filename="a b.png"\r
        Content-Type: image/png\r
        \r
        \r
        --b0und\r
        Content-Disposition: form-data; name=empty\r
        \r
        \r
        --b0und--\r

        """
    private static let lines = [
        "part title - -", "content A |--b0un|--| line", "end of part", "part file a b.png image/png", "content ",
        "end of part", "part empty - -", "content ", "end of part", "end",
    ]

    @Test func `names, files and content come as they were sent`() throws {
        #expect(try Self.transcript([Self.form]) == Self.lines)
    }

    @Test func `a form cut anywhere reads the same`() throws {
        let bytes = Array(Self.form.utf8)
        for cut in 0...bytes.count {
            #expect(try Self.transcript([Array(bytes[..<cut]), Array(bytes[cut...])]) == Self.lines)
        }
        #expect(try Self.transcript(bytes.map { [$0] }) == Self.lines)
    }

    @Test func `content may hold any byte`() throws {
        let content = (0...255).map { UInt8($0) } + Array("\r\n\r\n--b0unx\r\n-\r".utf8)
        let bytes = Self.part("x", content) + Array("--".utf8)
        for size in [1, 2, 3, 7, 1000] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            var found: [UInt8] = []
            _ = try Self.read(pieces, boundary: "b0und") { found += $0 }
            #expect(found == content)
        }
    }

    @Test(arguments: [
        ("x--b0und\r\n", MultipartError.preamble), ("\r\n--b0und\r\n", .preamble), ("--b0unD\r\n", .preamble),
        ("--b0und\n", .malformedBoundary), ("--b0und \r\n", .malformedBoundary), ("--b0und-x", .malformedBoundary),
        ("--b0und\rx", .malformedBoundary),
        ("--b0und\r\nContent-Disposition: form-data; name=a\n\n", .bareLineFeed),
        ("--b0und\r\nContent-Disposition: form-data; name=a\rx\r\n\r\n", .bareLineFeed),
        ("--b0und\r\n\r\n", .missingDisposition),
        ("--b0und\r\nContent-Type: text/plain\r\n\r\n", .missingDisposition),
        ("--b0und\r\nContent-Disposition: form-data\r\n\r\n", .malformedDisposition),
        ("--b0und\r\nContent-Disposition: attachment; name=a\r\n\r\n", .malformedDisposition),
        ("--b0und\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n", .malformedDisposition),
        ("--b0und\r\nContent-Disposition: form-data; name=\"a\r\n\r\n", .malformedDisposition),
        ("--b0und\r\nContent-Disposition: form-data; name=\"a\u{0}\"\r\n\r\n", .malformedPartHeader),
        ("--b0und\r\nContent-Disposition : form-data; name=a\r\n\r\n", .malformedPartHeader),
        ("--b0und\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n", .malformedPartHeader),
        ("--b0und\r\nno field\r\n\r\n", .malformedPartHeader),
        ("--b0und\r\nContent-Type: what\r\n\r\n", .malformedPartHeader),
        ("--b0und\r\nContent-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed\r\n\r\n", .nested),
        (
            "--b0und\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            .transferEncoding
        ),
        ("--b0und\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b0undx", .malformedBoundary),
        ("--b0und--x", .epilogue), ("--b0und--\r\nx", .epilogue), ("--b0und--\r\n\r\n", .epilogue),
        ("", .truncated), ("--b0und", .truncated), ("--b0und--\r", .truncated), ("--b0und-", .truncated),
        ("--b0und\r\nContent-Disposition: form-data; name=a\r\n\r\nx", .truncated),
        ("--b0und\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b0und\r\n", .truncated),
    ])
    func `what is no form is refused, however it is cut`(text: String, error: MultipartError) {
        #expect(throws: error) { try Self.transcript([text]) }
        #expect(throws: error) { try Self.transcript(text.utf8.map { [$0] }) }
        #expect(error.message.hasSuffix(".") && error.status.code >= 400)
    }

    @Test func `a part is one too many, and a header, a name and the name of a file one byte too long`() throws {
        var limits = MultipartLimits()
        let fits = Self.part("n", [], "; filename=abc")
        let header = fits.count - "--b0und\r\n\r\n--b0und".utf8.count
        (limits.parts, limits.partHeader, limits.name, limits.fileName) = (1, header, 1, 3)
        let end = Array("--".utf8)
        #expect(try Self.transcript([fits + end], limits: limits).last == "end")
        var less = limits
        less.partHeader -= 1
        #expect(throws: MultipartError.partHeaderTooLarge) { try Self.transcript([fits + end], limits: less) }
        limits.partHeader = 4000
        #expect(throws: MultipartError.nameTooLong) { try Self.transcript([Self.part("nn", [])], limits: limits) }
        #expect(throws: MultipartError.fileNameTooLong) {
            try Self.transcript([Self.part("n", [], "; filename=abcd")], limits: limits)
        }
        let second = Array("\r\nContent-Disposition: form-data; name=o\r\n\r\n".utf8)
        #expect(throws: MultipartError.tooManyParts) { try Self.transcript([fits + second], limits: limits) }
    }

    @Test func `after an error every call throws the same`() throws {
        var reader = MultipartReader(boundary: try #require(MultipartBoundary("b")))
        for bytes in [Array("x".utf8), Array("--b--".utf8), []] {
            var position = 0
            #expect(throws: MultipartError.preamble) { _ = try reader.next(bytes.span.bytes, at: &position) }
        }
        #expect(throws: MultipartError.preamble) { try reader.finish() }
    }

    // MARK: The boundary

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data; BOUNDARY=\"a b:c\"", "a b:c"),
        ("multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundaryx", "----WebKitFormBoundaryx"),
        ("multipart/form-data; boundary=\"'()+_,-./:=?\"", "'()+_,-./:=?"),
    ])
    func `the boundary is a token or quoted`(field: String, boundary: String) throws {
        #expect(try MultipartBoundary(contentType: field) == MultipartBoundary(boundary))
    }

    @Test(arguments: [
        (nil, MultipartError.notAForm), ("text/plain; boundary=a", .notAForm),
        ("multipart/mixed; boundary=a", .notAForm),
        ("multipart/form-data", .invalidBoundary), ("multipart/form-data; boundary=", .invalidBoundary),
        ("multipart/form-data; boundary=\"\"", .invalidBoundary),
        ("multipart/form-data; boundary=\"a \"", .invalidBoundary),
        ("multipart/form-data; boundary=\"a@\"", .invalidBoundary),
        ("multipart/form-data; boundary=a; boundary=b", .invalidBoundary), ("what", .notAForm),
    ])
    func `what is no boundary is refused`(field: String?, error: MultipartError) {
        #expect(throws: error) { try MultipartBoundary(contentType: field) }
    }

    @Test func `a boundary has 70 characters at most`() {
        #expect(MultipartBoundary(String(repeating: "b", count: 70)) != nil)
        #expect(MultipartBoundary(String(repeating: "b", count: 71)) == nil)
    }

    // MARK: Helpers

    /// A whole part with the boundary in front of it and behind it.
    private static func part(_ name: String, _ content: [UInt8], _ more: String = "") -> [UInt8] {
        Array("--b0und\r\nContent-Disposition: form-data; name=\(name)\(more)\r\n\r\n".utf8) + content
            + Array("\r\n--b0und".utf8)
    }

    private static func transcript(_ pieces: [String]) throws -> [String] {
        try transcript(pieces.map { Array($0.utf8) })
    }

    private static func transcript(
        _ pieces: [[UInt8]], limits: MultipartLimits = MultipartLimits()
    ) throws -> [String] {
        try read(pieces, boundary: "b0und", limits: limits) { _ in }
    }

    /// Reads pieces and writes down what the reader says.
    private static func read(
        _ pieces: [[UInt8]], boundary: String, limits: MultipartLimits = MultipartLimits(),
        _ take: ([UInt8]) -> Void
    ) throws -> [String] {
        var reader = MultipartReader(boundary: try #require(MultipartBoundary(boundary)), limits: limits)
        var lines: [String] = []
        var content: [UInt8] = []
        for piece in pieces {
            var position = 0
            reading: while true {
                switch try reader.next(piece.span.bytes, at: &position) {
                case .needMore: break reading
                case .part(let part):
                    lines.append("part \(part.name) \(part.fileName ?? "-") \(part.contentType?.essence ?? "-")")
                    content = []
                case .content(let range): content += piece[range]
                case .kept(let early): content += early
                case .partEnd:
                    lines.append(
                        "content "
                            + String(decoding: content, as: UTF8.self).replacing("\r\n", with: "|").replacing(
                                "\r", with: ""))
                    lines.append("end of part")
                    take(content)
                case .end: lines.append("end")
                }
            }
            #expect(position == piece.count)
        }
        try reader.finish()
        return lines
    }
}
