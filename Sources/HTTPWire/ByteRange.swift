/// What a `Range` field asks for (RFC 9110 section 14.1).
public enum ByteRange: Equatable, Sendable {
    /// Answer with the whole: no range, several of them, or what is not understood (section 14.2 allows that).
    case whole
    /// Answer 206 with these bytes.
    case part(Range<Int>)
    /// Answer 416.
    case unsatisfiable

    /// Reads the field for content of `size` bytes. `bytes=0-4`, `bytes=5-` and the last bytes `bytes=-5` are parts.
    public init(_ field: String, size: Int) {
        guard let equals = field.utf8.firstIndex(of: .equals), field[..<equals].equalsIgnoringCase("bytes") else {
            self = .whole
            return
        }
        let specification = field[field.utf8.index(after: equals)...].trimmingBlanks
        let ends = specification.pieces(between: 0x2d, keepingEmpty: true)
        guard ends.count == 2, let first = Self.position(ends[0]), let last = Self.position(ends[1]) else {
            self = .whole
            return
        }
        switch (first, last) {
        case (nil, nil): self = .whole
        case (nil, let count?): self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        case (let first?, nil): self = first < size ? .part(first..<size) : .unsatisfiable
        case (let first?, let last?) where first > last: self = .whole
        case (let first?, let last?): self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
        }
    }

    /// A number, held at the largest; inner `nil` for no digits at all, outer `nil` for no number.
    private static func position(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.allSatisfy(\.isDigit) else { return nil }
        return .some(Int(text) ?? .max)
    }
}
