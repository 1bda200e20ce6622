import Bytes
import Testing

@Suite struct `UTF-8 validation` {
    /// What the standard library says.
    private static func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    @Test func `every sequence of two bytes is judged as the standard library judges it`() {
        for first in 0...255 as ClosedRange<UInt8> {
            for second in 0...255 as ClosedRange<UInt8> {
                let bytes = [first, second]
                #expect(UTF8Validator.isValid(bytes.span.bytes) == Self.isValid(bytes))
            }
        }
    }

    @Test func `edges of three and four bytes are judged alike, wherever they stand`() {
        let leads: [UInt8] = [0x7f, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5]
        let rest: [UInt8] = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0]
        for first in leads {
            for second in rest {
                for third in rest {
                    for fourth in rest {
                        let bytes = [first, second, third, fourth]
                        let padded = Array("seven b".utf8) + bytes + Array("and more text".utf8)
                        if UTF8Validator.isValid(bytes.span.bytes) != Self.isValid(bytes) { Issue.record("\(bytes)") }
                        if UTF8Validator.isValid(padded.span.bytes) != Self.isValid(padded) {
                            Issue.record("\(padded)")
                        }
                    }
                }
            }
        }
    }

    @Test func `text in two pieces is judged as a whole, and a fault ends it at once`() {
        let text = Array("aé漢🙂 and then some more ASCII é".utf8)
        for cut in 0...text.count {
            var validator = UTF8Validator()
            #expect(validator.accept(text.span.bytes.extracting(..<cut)) == true)
            #expect(validator.isComplete == Self.isValid(Array(text[..<cut])))
            #expect(validator.accept(text.span.bytes.extracting(cut...)) == true)
            #expect(validator.isComplete)
        }
        var validator = UTF8Validator()
        let surrogate: [UInt8] = [0xed, 0xa0]
        #expect(validator.accept(surrogate.span.bytes.extracting(..<1)) == true)
        #expect(validator.accept(surrogate.span.bytes.extracting(1...)) == false)
    }
}
