import Bytes

/// A place in a text, and the moves over it that check the grammar of RFC 8259 on the way.
///
/// The innermost loops of the module: nothing is built or allocated here. Loads are bounds-checked.
struct JSONCursor: ~Escapable {
    let bytes: RawSpan
    let count: Int
    var position: Int
    /// How many more values may come.
    var valuesLeft: Int
    let limits: JSONLimits

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, limits: JSONLimits, position: Int = 0) throws(JSONError) {
        self.bytes = bytes
        self.limits = limits
        self.position = position
        count = bytes.byteCount
        valuesLeft = limits.maxValues
        guard count <= limits.maxBytes else { throw .tooLarge(limit: limits.maxBytes) }
        if limits.checksUTF8 {
            guard UTF8Validator.isValid(bytes) else { throw .invalidUTF8 }
        }
    }

    /// The fault of the byte at `position`, or of its absence.
    var unexpected: JSONError { position < count ? .unexpectedByte(at: position) : .unexpectedEnd }

    /// The byte at `position`; 0, which no grammar rule allows, at the end.
    @inline(__always)
    func peek() -> UInt8 {
        position < count ? bytes.byte(at: position) : 0
    }

    /// Space, line feed, carriage return, tab (RFC 8259 section 2).
    @inline(__always)
    mutating func skipWhitespace() {
        while position < count {
            let byte = bytes.byte(at: position)
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            position += 1
        }
    }

    /// What stands behind the value: nothing but white space.
    mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == count else { throw .unexpectedByte(at: position) }
    }

    @inline(__always)
    mutating func countValue() throws(JSONError) {
        guard valuesLeft > 0 else { throw .tooManyValues(limit: limits.maxValues) }
        valuesLeft -= 1
    }

    mutating func skipLiteral(_ rest: StaticString) throws(JSONError) {
        for index in 0..<rest.utf8CodeUnitCount {
            let wanted = unsafe rest.utf8Start[index]
            guard peek() == wanted else { throw unexpected }
            position += 1
        }
    }

    /// Moves over a number (section 6).
    mutating func skipNumber() throws(JSONError) {
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < count, bytes.byte(at: position) &- 0x30 < 10 { position += 1 }
        guard position > start else { throw unexpected }
    }
}
