import JSON
import Testing

@Suite("JSON parser")
struct JSONParserTests {
    @Test func `every kind of value is read`() throws {
        let value = try JSONParser.parse(#" { "a" : [ 1 , -2.5e1, "x", true , false, null, {} , [] ] } "#)
        #expect(value == ["a": [1, .double(-25), "x", true, false, nil, [:], []]])
    }

    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .double(0x1p63)),
        ("-9223372036854775809", .double(-0x1p63)), ("1e400", nil), ("-1e400", nil), ("1e-400", .double(0)),
        ("1E2", .double(100)), ("1.5", .double(1.5)), ("0.1e+1", .double(1)),
        ("36893488147419103232", .double(0x1p65)),
    ])
    func `numbers are exact where they can be, and refused beyond a double`(text: String, expected: JSONValue) throws {
        if expected.isNull {
            #expect(throws: JSONError.numberOutOfRange(at: 0)) { try JSONParser.parse(text) }
        } else {
            #expect(try JSONParser.parse(text) == expected)
        }
    }

    @Test func `a number of 900,000 digits is no trap`() throws {
        let digits = String(repeating: "9", count: 900_000)
        #expect(throws: JSONError.numberOutOfRange(at: 0)) { try JSONParser.parse(digits) }
        #expect(try JSONParser.parse("0." + digits) == .double(1))
        #expect(throws: JSONError.numberOutOfRange(at: 0)) { try JSONParser.parse("1e" + digits) }
        #expect(try JSONParser.parse("1e-" + digits) == .double(0))
    }

    @Test(arguments: [
        (#""""#, ""), (#""a""#, "a"), (#""é😀""#, "é😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u00e9\u20AC""#, "é€"),
        (#""\ud83d\ude00""#, "😀"), (#""a\ud800b""#, "a\u{fffd}b"), (#""\udc00""#, "\u{fffd}"),
        (#""\ud800\ud800\udc00""#, "\u{fffd}\u{10000}"),
        (#""\ud800\n""#, "\u{fffd}\n"), (#""\ud800""#, "\u{fffd}"), (#""\u0000""#, "\0"),
        ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"),
    ])
    func `strings are decoded, a lone surrogate to the replacement character`(text: String, expected: String) throws {
        #expect(try JSONParser.parse(text) == .string(expected))
        let bytes = Array(text.utf8)
        #expect(JSONScanner.string(at: 0..<bytes.count, in: bytes.span.bytes) == expected)
    }

    @Test func `duplicate names are kept, and the last is found`() throws {
        let value = try JSONParser.parse(#"{"a":1,"b":2,"a":3}"#)
        #expect(value.objectMembers?.map(\.name) == ["a", "b", "a"])
        #expect(value["a"] == 3)
        #expect(value["c"] == nil)
    }

    @Test(arguments: JSONSamples.malformed)
    func `malformed text is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func `an error says where`() {
        #expect(throws: JSONError.unexpectedEnd) { try JSONParser.parse("[1,") }
        #expect(throws: JSONError.unexpectedEnd) { try JSONParser.parse("") }
        #expect(throws: JSONError.unexpectedByte(at: 3)) { try JSONParser.parse("[1 2]") }
        #expect(throws: JSONError.unexpectedByte(at: 2)) { try JSONParser.parse("1 2") }
        #expect(throws: JSONError.controlCharacter(at: 2)) { try JSONParser.parse("\"a\nb\"") }
        #expect(throws: JSONError.invalidEscape(at: 2)) { try JSONParser.parse(#""a\x""#) }
        #expect(throws: JSONError.invalidEscape(at: 1)) { try JSONParser.parse(#""\u12g4""#) }
        #expect(throws: JSONError.unexpectedByte(at: 0)) { try JSONParser.parse("\u{feff}1") }
    }

    @Test func `text that is not UTF-8 is refused where that is to be checked`() throws {
        let text: [UInt8] = [0x22, 0xff, 0x22]
        #expect(throws: JSONError.invalidUTF8) { try JSONParser.parse(text) }
        #expect(try JSONParser.parse(text, limits: .knownUTF8) == "\u{fffd}")
    }

    @Test func `accessors give nil for another kind`() {
        let value: JSONValue = [1, 2.5, 3.0, "x", true, nil, ["k": "v"], .bytes([1])]
        #expect(value[0]?.integerValue == 1 && value[0]?.doubleValue == 1 && value[0]?.stringValue == nil)
        #expect(value[1]?.integerValue == nil && value[1]?.doubleValue == 2.5)
        #expect(value[2]?.integerValue == 3)
        #expect(value[3]?.stringValue == "x" && value[3]?.boolValue == nil && value[3]?.arrayValue == nil)
        #expect(value[4]?.boolValue == true && value[5]?.isNull == true)
        #expect(value[6]?["k"] == "v" && value[6]?[0] == nil && value[6]?.objectMembers?.count == 1)
        #expect(value[7]?.bytesValue == [1] && value[8] == nil && value[-1] == nil && value["k"] == nil)
        #expect(JSONValue.double(1e300).integerValue == nil)
    }
}

enum JSONSamples {
    static let malformed = [
        "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{]", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{a:1}",
        "{1:2}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{,}", "\"", "\"a", "'a'", "\"\\", "\"\\\"", "\"\\u12\"",
        "\"\\ug000\"", "\"\\U0000\"",
        "\"\t\"", "\"\u{0}\"", "\"\u{1f}\"", "01", "-01", "-", "+1", "1.", ".5", "1e", "1e+", "1.e1", "0x10", "1_000",
        "NaN", "Infinity",
        "-Infinity", "tru", "True", "truee", "nul", "nulll", "falsy", "undefined", "1 2", "[] []", "{}x", "[]]",
        "\u{feff}[]", "[1]\u{0}",
        "\u{a0}1", "\u{2028}1", "//c\n1", "/**/1", "[1,,2]", "[\"a\":1]", "{\"a\",1}", "1\u{b}", "\u{c}1", "--1", "1-",
        "1e1.5",
    ]

    static let wellFormed = [
        "0", "-0", "1e5", "\"\"", "true", "null", "[]", "{}", " [ ] ", "\t\r\n{ } ", "[[[]]]",
        #"{"a":{"b":[1,{"c":null}]}}"#,
        #"["\u0022","\\",{"":""}]"#, "[1.5e-3,-0.0,1E+2]", "\"\u{7f}\u{80}\u{2028}😀\"", "[true,false,null]",
    ]
}
