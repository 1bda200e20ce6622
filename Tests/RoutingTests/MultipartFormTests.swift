import Bytes
import HTTPWire
import Routing
import Testing

@Suite("Forms that handlers take part by part")
struct MultipartFormTests {
    /// Content that comes in pieces of a size.
    private final class Pieces: BodySource {
        let length: Int? = nil
        private let rest: Locked<ArraySlice<UInt8>>
        private let size: Int

        init(_ text: String, size: Int) {
            rest = Locked(Array(text.utf8)[...])
            self.size = size
        }

        nonisolated(nonsending) func next() async throws(BodyError) -> [UInt8]? {
            rest.withLock { rest in
                defer { rest = rest.dropFirst(size) }
                return rest.isEmpty ? nil : Array(rest.prefix(size))
            }
        }
    }

    private static let text = """
        --b\r\nContent-Disposition: form-data; name="title"\r\n\r\nA title\r
        --b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\nline\r\n--line\r
        --b\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r
        --b--\r\n
        """

    private static func form(_ text: String = text, size: Int = 1000) throws -> MultipartForm {
        let request = Request(.post, "/", headers: ["Content-Type": "multipart/form-data; boundary=b"])
        return try MultipartForm(request, RequestBody(Pieces(text, size: size)))
    }

    @Test(arguments: [1, 2, 5, 17, 1000])
    func `parts come in order, whatever the pieces are`(size: Int) async throws {
        let form = try Self.form(size: size)
        var lines: [String] = []
        while let part = try await form.nextPart() {
            lines.append("\(part.name) \(part.fileName ?? "-") \(try await form.text(upTo: 100))")
            #expect(try await form.next() == nil)
        }
        #expect(lines == ["title - A title", "file x.txt line\r\n--line", "empty - "])
        #expect(try await form.nextPart() == nil)
    }

    @Test(arguments: [1, 1000])
    func `a part that nobody reads is passed over`(size: Int) async throws {
        let form = try Self.form(size: size)
        #expect(try await form.next() == nil)
        var names: [String] = []
        while let part = try await form.nextPart() { names.append(part.name) }
        #expect(names == ["title", "file", "empty"])
    }

    @Test func `a field is refused when it is one byte too long, or no text`() async throws {
        let form = try Self.form()
        _ = try await form.nextPart()
        await #expect(throws: Refusal(.contentTooLarge, "A field of the form is too long: shorten it.")) {
            _ = try await form.text(upTo: 6)
        }
        let other = try Self.form()
        _ = try await other.nextPart()
        #expect(try await other.text(upTo: 7) == "A title")
    }

    @Test func `a form that is none, or not whole, is refused`() async throws {
        #expect(throws: MultipartError.notAForm) { try MultipartForm(Request(.post, "/"), RequestBody()) }
        let form = try Self.form(String(Self.text.prefix(100)))
        await #expect(throws: MultipartError.truncated) { while try await form.nextPart() != nil {} }
        let empty = try Self.form("")
        await #expect(throws: MultipartError.truncated) { _ = try await empty.nextPart() }
        #expect(MultipartError.notAForm.status.code == 415)
    }
}
