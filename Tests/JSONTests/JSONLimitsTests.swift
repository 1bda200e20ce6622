import JSON
import Testing

@Suite("JSON limits")
struct JSONLimitsTests {
    private func nested(_ depth: Int, open: String = "[", close: String = "]", inner: String = "") -> [UInt8] {
        Array((String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)).utf8)
    }

    private func error(_ text: [UInt8], _ limits: JSONLimits = JSONLimits()) -> [JSONError?] {
        var errors: [JSONError?] = []
        do { _ = try JSONParser.parse(text, limits: limits); errors.append(nil) } catch { errors.append(error) }
        do { try JSONScanner.validate(text.span.bytes, limits: limits); errors.append(nil) } catch {
            errors.append(error)
        }
        do { _ = try JSONScanner.elements(of: text.span.bytes, limits: limits); errors.append(nil) } catch {
            errors.append(error)
        }
        return errors
    }

    @Test(arguments: [1, 2, 63, 64, 65, 128, 512])
    func `one container deeper than the limit is refused`(depth: Int) {
        let limits = JSONLimits(maxDepth: depth)
        #expect(error(nested(depth), limits) == [nil, nil, nil])
        #expect(error(nested(depth + 1), limits) == Array(repeating: .tooDeep(limit: depth), count: 3))
        let objects = nested(depth, open: "{\"a\":", close: "}", inner: "1")
        #expect(error(objects, limits).prefix(2) == [nil, nil])
    }

    @Test func `the default depth is 64, and no limit goes past 512`() {
        #expect(JSONLimits().maxDepth == 64)
        #expect(JSONLimits(maxDepth: 100_000).maxDepth == 512)
        #expect(JSONLimits(maxDepth: 0).maxDepth == 1)
        var limits = JSONLimits()
        limits.maxDepth = 513
        #expect(limits.maxDepth == 512)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `400,000 brackets are refused without a crash`(open: String) {
        let text = Array(String(repeating: open, count: 400_000).utf8)
        #expect(error(text, JSONLimits(maxDepth: 512)).prefix(2) == [.tooDeep(limit: 512), .tooDeep(limit: 512)])
    }

    @Test func `containers beside each other do not count as depth`() {
        let text = Array(("[" + Array(repeating: "[{}]", count: 1000).joined(separator: ",") + "]").utf8)
        #expect(error(text, JSONLimits(maxDepth: 3)) == [nil, nil, nil])
        #expect(error(text, JSONLimits(maxDepth: 2)) == Array(repeating: .tooDeep(limit: 2), count: 3))
    }

    @Test func `one byte more than the limit is refused`() {
        let text = Array("[1,2,3]".utf8)
        #expect(error(text, JSONLimits(maxBytes: 7)) == [nil, nil, nil])
        #expect(error(text, JSONLimits(maxBytes: 6)) == Array(repeating: .tooLarge(limit: 6), count: 3))
    }

    @Test func `one value more than the limit is refused, names not counted`() {
        let text = Array(#"[1,{"a":2,"b":[]}]"#.utf8)
        #expect(error(text, JSONLimits(maxValues: 5)) == [nil, nil, nil])
        #expect(error(text, JSONLimits(maxValues: 4)) == Array(repeating: .tooManyValues(limit: 4), count: 3))
    }

    @Test func `every error is one sentence that tells what to do`() {
        let errors: [JSONError] = [
            .unexpectedEnd, .unexpectedByte(at: 1), .controlCharacter(at: 1), .invalidEscape(at: 1), .invalidUTF8,
            .numberOutOfRange(at: 1), .notAnArray, .tooDeep(limit: 1), .tooLarge(limit: 1), .tooManyValues(limit: 1),
        ]
        for error in errors { #expect(error.description.hasSuffix(".")) }
    }
}
