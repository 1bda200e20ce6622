import Bytes
import JSON

private let limits = JSONLimits(maxDepth: 16, maxBytes: 4000, maxValues: 500)

/// Texts: scanner and parser agree, and what is printed is printed the same again.
func fuzzJSON(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    let value = try? JSONParser.parse(input, limits: limits)
    let isValid = (try? JSONScanner.validate(input.span.bytes, limits: limits)) != nil
    // The scanner does not ask whether a number fits a double.
    precondition(value == nil || isValid)
    if case .array(let elements)? = value {
        let ranges = try? JSONScanner.elements(of: input.span.bytes, limits: limits)
        precondition(ranges?.count == elements.count)
        for (range, element) in zip(ranges ?? [], elements) {
            precondition((try? JSONParser.parse(Array(input[range]))) == element)
        }
    }
    guard let value else { return }
    // Compared as texts, and the second against the third: `0e2` and `-0` are read as doubles and printed as integers.
    let second = printedAgain(JSONPrinter.text(of: value))
    precondition(second == printedAgain(second))
}

private func printedAgain(_ text: [UInt8]) -> [UInt8] {
    guard let value = try? JSONParser.parse(text) else { fatalError("What was printed is not read.") }
    return JSONPrinter.text(of: value)
}
