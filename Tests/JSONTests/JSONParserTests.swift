import JSON
import Testing

@Suite("JSON parser")
struct JSONParserTests {
    @Test func `every kind of value is read`() throws {
        let value = try JSONParser.parse(#" { "a" : [ 1 , -2.5e1, "x", true , false, null, {} , [] ] } "#)
        #expect(value == ["a": [1, .double(-25), "x", true, false, nil, [:], []]])
    }
}
