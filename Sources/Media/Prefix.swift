import Bytes

/// The first bytes of a file, which may say anything: what lies behind them is not there, and no number in them is trusted.
struct Prefix: ~Escapable {
    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

    var count: Int { bytes.byteCount }

    func byte(at place: Int) -> UInt8? {
        place >= 0 && place < bytes.byteCount ? bytes.byte(at: place) : nil
    }

    func begins(_ start: [UInt8]) -> Bool { has(start, at: 0) }
    func begins(_ start: StaticString) -> Bool { has(start, at: 0) }

    func has(_ part: [UInt8], at place: Int) -> Bool {
        guard place >= 0, place <= bytes.byteCount - part.count else { return false }
        for index in 0..<part.count where bytes.byte(at: place + index) != part[index] { return false }
        return true
    }

    func has(_ part: StaticString, at place: Int) -> Bool {
        guard place >= 0, place <= bytes.byteCount - part.utf8CodeUnitCount else { return false }
        return bytes.extracting(place..<place + part.utf8CodeUnitCount).elementsEqual(part)
    }

    /// Whether `part` begins somewhere before `end`.
    func contains(_ part: StaticString, before end: Int) -> Bool {
        var place = 0
        while place < min(end, bytes.byteCount) {
            if has(part, at: place) { return true }
            place += 1
        }
        return false
    }

    /// A number of 1 to 4 bytes, the most significant first.
    func bigEndian(_ size: Int, at place: Int) -> Int? {
        guard place >= 0, place <= bytes.byteCount - size else { return nil }
        var value = 0
        for index in 0..<size { value = value << 8 | Int(bytes.byte(at: place + index)) }
        return value
    }

    /// A number of 1 to 4 bytes, the least significant first.
    func littleEndian(_ size: Int, at place: Int) -> Int? {
        guard place >= 0, place <= bytes.byteCount - size else { return nil }
        var value = 0
        for index in (0..<size).reversed() { value = value << 8 | Int(bytes.byte(at: place + index)) }
        return value
    }

    func text(_ size: Int, at place: Int) -> String? {
        guard place >= 0, place <= bytes.byteCount - size else { return nil }
        return bytes.extracting(place..<place + size).string
    }

    // MARK: Text

    /// Whether this is UTF-8 without control characters but those of lines; a character may be cut off where there is more.
    func isText(isWhole: Bool) -> Bool {
        for index in 0..<bytes.byteCount {
            let byte = bytes.byte(at: index)
            if byte < 0x20 && byte != 0x09 && byte != 0x0a && byte != 0x0c && byte != 0x0d || byte == 0x7f {
                return false
            }
        }
        if UTF8Validator.isValid(bytes) { return true }
        if isWhole { return false }
        for cut in 1...3 where cut < bytes.byteCount {
            guard bytes.byte(at: bytes.byteCount - cut) >= 0xc0 else { continue }
            return UTF8Validator.isValid(bytes.extracting(0..<bytes.byteCount - cut))
        }
        return false
    }

    /// Whether a browser that guesses could take it for something to run: a tag, behind a mark of the encoding and blanks,
    /// or one of the tags that matter anywhere.
    var looksLikeMarkup: Bool {
        var place = has([0xef, 0xbb, 0xbf], at: 0) ? 3 : 0
        while let byte = byte(at: place), byte == 0x20 || byte >= 0x09 && byte <= 0x0d { place += 1 }
        if byte(at: place) == 0x3c, let next = byte(at: place + 1), Self.opensTag(next) { return true }
        for place in 0..<bytes.byteCount where bytes.byte(at: place) == 0x3c {
            if Self.active.contains(where: { hasIgnoringCase($0, at: place + 1) }) { return true }
        }
        return false
    }

    /// A letter, or what begins a comment, a declaration or an end.
    private static func opensTag(_ byte: UInt8) -> Bool {
        byte == 0x21 || byte == 0x2f || byte == 0x3f || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a
    }

    private static let active: [[UInt8]] = ["script", "html", "svg", "iframe", "?xml", "!doctype", "body", "head"].map {
        Array($0.utf8)
    }

    private func hasIgnoringCase(_ part: [UInt8], at place: Int) -> Bool {
        guard place <= bytes.byteCount - part.count else { return false }
        for index in 0..<part.count {
            let byte = bytes.byte(at: place + index)
            if (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) != part[index] { return false }
        }
        return true
    }
}
