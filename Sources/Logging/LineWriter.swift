import Bytes

/// Writes strangers' texts into one line: nothing in them can begin a new line or move a terminal's cursor.
struct LineWriter {
    enum Style {
        case bare
        case quoted
        case json
    }

    /// Bytes of text that the line may still take.
    private var room: Int

    init(room: Int) { self.room = room }

    /// Whether a bare value would be read as more than one.
    static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty || text.utf8.contains { $0 == 0x20 || $0 == 0x22 || $0 == 0x3d || $0 == 0x5c }
    }

    mutating func append(_ text: String, style: Style, to line: inout [UInt8]) {
        if style != .bare { line.append(0x22) }
        for scalar in text.unicodeScalars {
            let before = line.count
            append(scalar, style: style, to: &line)
            room -= line.count - before
            guard room >= 0 else {
                line.removeSubrange(before...)
                line.append(contentsOf: "…".utf8)
                room = 0
                break
            }
        }
        if style != .bare { line.append(0x22) }
    }

    private func append(_ scalar: Unicode.Scalar, style: Style, to line: inout [UInt8]) {
        if Self.isUnsafe(scalar) {
            escape(scalar, style: style, to: &line)
        } else if style != .bare, scalar == "\"" || scalar == "\\" {
            line.append(contentsOf: [0x5c, UInt8(ascii: scalar)])
        } else {
            line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Control characters (C0, DEL, C1), line separators and what reorders a line (Unicode UAX 9).
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1f, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069, 0x200e...0x200f, 0xfeff: true
        default: false
        }
    }

    private func escape(_ scalar: Unicode.Scalar, style: Style, to line: inout [UInt8]) {
        switch scalar {
        case "\n": line.append(contentsOf: #"\n"#.utf8)
        case "\r": line.append(contentsOf: #"\r"#.utf8)
        case "\t": line.append(contentsOf: #"\t"#.utf8)
        default:
            // Every unsafe scalar lies below U+10000, so four digits hold it.
            line.append(contentsOf: #"\u"#.utf8)
            let bytes = [UInt8(truncatingIfNeeded: scalar.value >> 8), UInt8(truncatingIfNeeded: scalar.value)]
            line.append(contentsOf: Hex.encode(bytes).utf8)
        }
    }
}
