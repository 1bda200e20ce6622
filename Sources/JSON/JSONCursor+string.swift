import Bytes

extension JSONCursor {
    /// Moves over a string (RFC 8259 section 7), from its opening quote to behind its closing one.
    ///
    /// - Returns: whether it has escapes, so that its content is not its text.
    @inline(__always)
    mutating func skipString() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "\"") else { throw unexpected }
        position += 1
        var hasEscapes = false
        while true {
            position = firstSpecial(from: position)
            guard position < count else { throw .unexpectedEnd }
            switch bytes.byte(at: position) {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            default: throw .controlCharacter(at: position)
            }
        }
    }

    /// The index of the next quote, backslash or control character, or the end. Looks at eight bytes at a time.
    @inline(__always)
    private func firstSpecial(from start: Int) -> Int {
        var index = start
        while index &+ 8 <= count {
            let word = unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            // Flipping bit 1 puts the quote (0x22) next to the controls: below 0x21 there are exactly these. In each
            // sum the lowest byte whose top bit is set is a true find; only bytes above it may be touched by a borrow.
            let low = word ^ 0x0202_0202_0202_0202
            let slash = word ^ 0x5c5c_5c5c_5c5c_5c5c
            let isLow = (low &- 0x2121_2121_2121_2121) & ~low
            let isSlash = (slash &- 0x0101_0101_0101_0101) & ~slash
            let found = (isLow | isSlash) & 0x8080_8080_8080_8080
            if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            let byte = bytes.byte(at: index)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return index }
            index &+= 1
        }
        return count
    }

    private mutating func skipEscape() throws(JSONError) {
        let start = position
        position += 1
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard position < count else { throw .unexpectedEnd }
                guard Hex.value(of: bytes.byte(at: position)) != nil else { throw .invalidEscape(at: start) }
                position += 1
            }
        default: throw position < count ? .invalidEscape(at: start) : .unexpectedEnd
        }
    }
}

/// The content of strings whose form has been checked.
enum JSONStringContent {
    /// The text that `content`, the bytes between the quotes, stands for.
    ///
    /// A surrogate without its other half, which JavaScript clients can send as `\ud800`, becomes U+FFFD.
    static func decode(_ content: RawSpan, hasEscapes: Bool) -> String {
        guard hasEscapes else {
            return unsafe content.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        var text: [UInt8] = []
        text.reserveCapacity(content.byteCount)
        var run = 0
        var index = 0
        while index < content.byteCount {
            guard content.byte(at: index) == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            text.append(contentsOf: content.extracting(run..<index))
            index = appendEscape(in: content, at: index, to: &text)
            run = index
        }
        text.append(contentsOf: content.extracting(run..<content.byteCount))
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what the escape at `start` means; gives the index behind it.
    private static func appendEscape(in content: RawSpan, at start: Int, to text: inout [UInt8]) -> Int {
        switch content.byte(at: start + 1) {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): return appendCodePoint(in: content, at: start, to: &text)
        case let itself: text.append(itself)
        }
        return start + 2
    }

    private static func appendCodePoint(in content: RawSpan, at start: Int, to text: inout [UInt8]) -> Int {
        let unit = codeUnit(in: content, at: start) ?? 0xfffd
        if unit & 0xfc00 == 0xd800, let low = codeUnit(in: content, at: start + 6), low & 0xfc00 == 0xdc00 {
            append(0x10000 + (unit & 0x3ff) << 10 + low & 0x3ff, to: &text)
            return start + 12
        }
        append(unit, to: &text)
        return start + 6
    }

    private static func append(_ codePoint: UInt32, to text: inout [UInt8]) {
        text.append(contentsOf: String(Unicode.Scalar(codePoint) ?? "\u{fffd}").utf8)
    }

    /// The code unit of a `\uXXXX` at `index`, or `nil` where there is none.
    private static func codeUnit(in content: RawSpan, at index: Int) -> UInt32? {
        guard index + 6 <= content.byteCount, content.byte(at: index) == UInt8(ascii: "\\"),
            content.byte(at: index + 1) == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for digit in index + 2..<index + 6 {
            guard let value = Hex.value(of: content.byte(at: digit)) else { return nil }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }
}
