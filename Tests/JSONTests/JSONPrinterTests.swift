import JSON
import Testing

@Suite("JSON printer")
struct JSONPrinterTests {
    private func text(_ value: JSONValue) -> String { String(decoding: JSONPrinter.text(of: value), as: UTF8.self) }

    @Test func `values are written without white space, members in order`() {
        let value: JSONValue = ["z": [1, 2.5, true, false, nil], "a": [:], "z": [], "b": "x"]
        #expect(text(value) == #"{"z":[1,2.5,true,false,null],"a":{},"z":[],"b":"x"}"#)
    }

    @Test(arguments: [
        (0.1, "0.1"), (1.0, "1"), (-2.0, "-2"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"), (0x1p-1074, "5e-324"),
        (.nan, "null"), (.infinity, "null"),
        (9007199254740992, "9007199254740992"), (0.30000000000000004, "0.30000000000000004"), (100, "100"), (-0.0, "0"),
    ])
    func `a double is written with the fewest digits that read back`(value: Double, expected: String) throws {
        #expect(text(.double(value)) == expected)
        if value.isFinite { #expect(try JSONParser.parse(expected).doubleValue == value) }
    }

    @Test func `only what must be escaped in a string is`() {
        #expect(
            text("a\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}é\u{2028}😀") == #""a\"\\/\b\f\n\r\t\u0001\u001f"#
                + "\u{7f}é\u{2028}😀\"")
        #expect(text("") == "\"\"")
        #expect(text(["a\n": 1]) == #"{"a\n":1}"#)
    }

    @Test func `bytes are base64 in plain text`() {
        #expect(text([.bytes([1, 2, 3, 4])]) == #"["AQIDBA=="]"#)
    }

    @Test func `integers are written in full`() {
        #expect(
            text([.integer(.min), .integer(.max), JSONValue(UInt64(7))])
                == "[-9223372036854775808,9223372036854775807,7]")
    }

    @Test(arguments: JSONSamples.wellFormed)
    func `what is written reads back and is written the same`(sample: String) throws {
        let written = JSONPrinter.text(of: try JSONParser.parse(sample))
        #expect(JSONPrinter.text(of: try JSONParser.parse(written)) == written)
    }
}
