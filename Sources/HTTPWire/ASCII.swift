/// The character classes of RFC 9110 and RFC 3986, as bit masks over the 128 ASCII codes.
struct ASCIISet {
    let low: UInt64
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let mask = byte < 64 ? low : byte < 128 ? high : 0
        return mask >> UInt64(byte & 63) & 1 == 1
    }

    /// `tchar` (RFC 9110 section 5.6.2): letters, digits and !#$%&'*+-.^_`|~
    static var token: ASCIISet { ASCIISet(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe) }
    /// `unreserved` (RFC 3986 section 2.3): letters, digits and -._~
    static var unreserved: ASCIISet { ASCIISet(low: 0x03ff_6000_0000_0000, high: 0x47ff_fffe_87ff_fffe) }
    /// What a path may be sent with: visible characters but "<>#?\
    static var path: ASCIISet { ASCIISet(low: 0x2fff_fff2_0000_0000, high: 0x7fff_ffff_efff_ffff) }
    /// What a query may be sent with: visible characters but "<>#
    static var query: ASCIISet { ASCIISet(low: 0xafff_fff2_0000_0000, high: 0x7fff_ffff_ffff_ffff) }
    /// `cookie-octet` (RFC 6265 section 4.1.1): visible characters but ",;\
    static var cookie: ASCIISet { ASCIISet(low: 0xf7ff_effa_0000_0000, high: 0x7fff_ffff_efff_ffff) }
}

extension UInt8 {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0a }
    static var carriageReturn: UInt8 { 0x0d }
    static var space: UInt8 { 0x20 }
    static var comma: UInt8 { 0x2c }
    static var colon: UInt8 { 0x3a }
    static var semicolon: UInt8 { 0x3b }
    static var equals: UInt8 { 0x3d }
    static var questionMark: UInt8 { 0x3f }
    static var slash: UInt8 { 0x2f }
    static var plus: UInt8 { 0x2b }
    static var percent: UInt8 { 0x25 }
    static var quote: UInt8 { 0x22 }

    @inline(__always)
    var isToken: Bool { ASCIISet.token.contains(self) }

    @inline(__always)
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    @inline(__always)
    var isUppercase: Bool { self >= 0x41 && self <= 0x5a }

    @inline(__always)
    var lowercased: UInt8 { isUppercase ? self | 0x20 : self }

    /// Optional white space (RFC 9110 section 5.6.3).
    @inline(__always)
    var isBlank: Bool { self == .space || self == .tab }

    /// What a field value may hold beside blanks: visible characters and obs-text (RFC 9110 section 5.5).
    @inline(__always)
    var isFieldContent: Bool { self >= 0x20 && self != 0x7f || self == .tab }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmingBlanks: Substring {
        var rest = Substring(self).utf8
        while let first = rest.first, first.isBlank { rest.removeFirst() }
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return Substring(rest)
    }

    /// The pieces between separators. By bytes: as characters, a separator and a combining mark would be one.
    func pieces(between separator: UInt8, keepingEmpty: Bool = false) -> [Substring] {
        Substring(self).utf8.split(separator: separator, omittingEmptySubsequences: !keepingEmpty).map(Substring.init)
    }

    /// The same text but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0.lowercased == $1.lowercased }
    }

    var isToken: Bool { !isEmpty && utf8.allSatisfy { $0.isToken } }
}
