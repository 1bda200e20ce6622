import JSON
import Testing

@Suite("JSON scanner")
struct JSONScannerTests {
    private func elements(_ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        return try JSONScanner.elements(of: bytes.span.bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private func member(_ name: String, _ text: String) -> String? {
        let bytes = Array(text.utf8)
        return JSONScanner.member(named: name, in: bytes.span.bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func `each element is found, without the space around it`() throws {
        #expect(
            try elements(#"["message",{"a":[1,2]},-1.5e3,null,"x,]\"y"]"#) == [
                #""message""#, #"{"a":[1,2]}"#, "-1.5e3", "null", #""x,]\"y""#,
            ])
        #expect(try elements(" [ \t1 ,\n[ ] , {\"a\" : 1 } ] \r\n") == ["1", "[ ]", "{\"a\" : 1 }"])
        #expect(try elements("[]") == [])
        #expect(try elements(" [ ] ") == [])
        #expect(try elements(#"[""]"#) == ["\"\""])
    }

    @Test func `a kept array is used again`() throws {
        var ranges: [Range<Int>] = []
        let first = Array("[1,2,3]".utf8)
        try JSONScanner.elements(of: first.span.bytes, into: &ranges)
        #expect(ranges == [1..<2, 3..<4, 5..<6])
        let second = Array("[9]".utf8)
        try JSONScanner.elements(of: second.span.bytes, into: &ranges)
        #expect(ranges == [1..<2])
    }

    @Test(arguments: JSONSamples.malformed)
    func `malformed text is refused, alone and as an element`(text: String) {
        #expect(throws: JSONError.self) { try JSONScanner.validate(Array(text.utf8).span.bytes) }
        // Some samples are well-formed inside brackets: nothing, and two values.
        guard !text.allSatisfy(\.isWhitespace) else { return }
        #expect(throws: JSONError.self) { try elements("[\(text)]") }
        #expect(throws: JSONError.self) { try elements("[1,\(text)]") }
    }

    @Test(arguments: JSONSamples.wellFormed)
    func `well-formed text is taken, alone and as an element, and its prefixes are not`(text: String) throws {
        try JSONScanner.validate(Array(text.utf8).span.bytes)
        #expect(try elements("[\(text),\(text)]").count == 2)
        let bytes = Array("[\(text)]".utf8)
        for end in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONScanner.validate(Array(bytes[..<end]).span.bytes) }
        }
    }

    @Test(arguments: ["{}", "\"a\"", "1", "null"])
    func `what is not an array has no elements`(text: String) {
        #expect(throws: JSONError.notAnArray) { try elements(text) }
    }

    /// The scanner looks at eight bytes at a time: each place of a special byte, with ordinary and high bytes around
    /// it.
    @Test func `quotes, backslashes and controls are found at every offset`() throws {
        for filler in ["a", "é", "\u{7f}", "!", "#", "]", "[", "\u{10ffff}"] {
            for count in 0..<20 {
                let run = String(repeating: filler, count: count)
                #expect(try elements("[\"\(run)\",1]") == ["\"\(run)\"", "1"])
                #expect(try elements("[\"\(run)\\\"\(run)\",1]").count == 2)
                #expect(try elements("[\"\(run)\\\\\",1]").count == 2)
                for control in ["\u{0}", "\u{1f}", "\n"] {
                    #expect(throws: JSONError.controlCharacter(at: 2 + run.utf8.count)) {
                        try elements("[\"\(run)\(control)\(run)\",1]")
                    }
                }
            }
        }
    }

    @Test func `a member is found, the last of its name, in the outer object only`() {
        #expect(member("b", #"{"a":1,"b":[2],"c":{"b":3}}"#) == "[2]")
        #expect(member("b", #"{"b":1,"b": 2 }"#) == "2")
        #expect(member("a\"é", #"{"a\"\u00e9":"x"}"#) == "\"x\"")
        #expect(member("num", #" { "_placeholder" : true , "num" : 0 } "#) == "0")
        #expect(member("", #"{"":1}"#) == "1")
        #expect(member("a", "{}") == nil)
        #expect(member("b", #"{"a":1}"#) == nil)
    }

    @Test(arguments: ["", "[]", "1", "{", "{\"a\":1", "{\"a\":1,}", "{\"a\":1}x", "{\"a\"}", "{\"a\":1 \"b\":2}"])
    func `what is no valid object has no member`(text: String) {
        #expect(member("a", text) == nil)
    }

    private func members(_ names: [String], _ text: String) -> [String?] {
        let bytes = Array(text.utf8)
        let found = JSONScanner.members(named: JSONMemberNames(names), in: bytes.span.bytes)
        return names.indices.map { place in found[place].map { String(decoding: bytes[$0], as: UTF8.self) } }
    }

    @Test func `members looked up together are those looked up one by one`() {
        let values = ["1", "{\"a\":7,\"bb\":[]}", "\"\\u0061\"", "null", "[{}]"]
        let spellings = ["a", "\\u0061", "bb", "b\\u0062", "ab", "é", "\\u00e9", "", "long name", "A", "a\\\""]
        let names = ["a", "bb", "é", "", "long name", "a\"", "none"]
        var random = SystemRandomNumberGenerator()
        for count in 0..<40 {
            let pairs = (0..<count).map { _ in
                (spellings.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "0")
            }
            let text = "{" + pairs.map { " \"\($0)\" : \($1)" }.joined(separator: ",") + " }"
            #expect(members(names, text) == names.map { member($0, text) }, "\(text)")
            let cut = String(text.dropLast(2))
            #expect(members(names, cut) == names.map { _ in nil })
        }
    }

    @Test func `sixteen members are looked up together, among any number`() {
        let names = (0..<JSONMemberNames.most).map { "name \($0)" }
        let object = (0..<2000).map { #""name \#($0)":\#($0)"# }.joined(separator: ",")
        #expect(members(names, "{\(object)}") == (0..<16).map { "\($0)" })
        #expect(JSONMembers()[0] == nil && JSONMembers()[16] == nil && JSONMembers()[-1] == nil)
    }

    @Test func `a string is read at its range only`() {
        let bytes = Array(#"["one","t\u0077o",3]"#.utf8)
        #expect(JSONScanner.string(at: 1..<6, in: bytes.span.bytes) == "one")
        #expect(JSONScanner.string(at: 7..<17, in: bytes.span.bytes) == "two")
        #expect(JSONScanner.string(at: 18..<19, in: bytes.span.bytes) == nil)
        #expect(JSONScanner.string(at: 1..<7, in: bytes.span.bytes) == nil)
        #expect(JSONScanner.string(at: 1..<5, in: bytes.span.bytes) == nil)
        #expect(JSONScanner.string(at: 1..<100, in: bytes.span.bytes) == nil)
        #expect(JSONScanner.string(at: 3..<3, in: bytes.span.bytes) == nil)
    }

    /// Parser and scanner are two loops over one grammar: they must agree on whatever comes.
    @Test func `parser and scanner agree on damaged text`() {
        let sample = Array(#"[1.5e-3,"a\u00e9\n",{"k":[true,null]},-0]"#.utf8)
        for place in sample.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = sample
                damaged[place] = byte
                let isParsed = (try? JSONParser.parse(damaged)) != nil
                let isScanned = (try? JSONScanner.validate(damaged.span.bytes)) != nil
                #expect(isParsed == isScanned, "\(String(decoding: damaged, as: UTF8.self))")
            }
        }
    }
}
