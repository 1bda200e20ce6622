import Bytes
import JSON

/// Reads MessagePack (msgpack.org, "Formats") and writes what it means as JSON, with binary content set aside as
/// attachments.
///
/// Takes what the writers of clients are known for: `undefined` as extension 0 of one byte, byte arrays as extension 0,
/// dates as extension 0 or -1 (they become RFC 3339 texts, as `toJSON` would have it).
struct MessagePackReader: ~Escapable {
    private var reader: ByteReader
    private let limits: JSONLimits
    private let maxAttachments: Int
    private var valuesLeft: Int
    private(set) var json: [UInt8] = []
    private(set) var attachments: [SharedBytes] = []

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, limits: JSONLimits, maxAttachments: Int) {
        reader = ByteReader(bytes)
        self.limits = limits
        self.maxAttachments = maxAttachments
        valuesLeft = limits.maxValues
    }

    var isAtEnd: Bool { reader.isAtEnd }

    // MARK: Parts of a packet

    /// The number of members of the map that comes next.
    mutating func readMapCount() throws(PacketError) -> Int {
        switch try readByte() {
        case let tag where tag & 0xf0 == 0x80: Int(tag & 0x0f)
        case 0xde: try readCount(2)
        case 0xdf: try readCount(4)
        default: throw .malformedMessagePack
        }
    }

    mutating func readString() throws(PacketError) -> String {
        guard let count = try stringCount(try readByte()) else { throw .malformedMessagePack }
        return try readText(count)
    }

    /// A whole number, or `nil` for what stands for `undefined`.
    mutating func readInteger() throws(PacketError) -> UInt64? {
        let start = json.count
        try readValue(depth: 0)
        defer { json.removeSubrange(start...) }
        let text = String(decoding: json[start...], as: UTF8.self)
        if text == "null" { return nil }
        guard let value = UInt64(text) else { throw .malformedMessagePack }
        return value
    }

    /// Writes the next value behind what was written before; gives its place there.
    mutating func readJSON() throws(PacketError) -> Range<Int> {
        let start = json.count
        try readValue(depth: 0)
        return start..<json.count
    }

    // MARK: Values

    private mutating func readValue(depth: Int) throws(PacketError) {
        guard valuesLeft > 0 else { throw .malformedJSON(.tooManyValues(limit: limits.maxValues)) }
        valuesLeft -= 1
        let tag = try readByte()
        if let count = try stringCount(tag) { return JSONPrinter.append(string: try readText(count), to: &json) }
        switch tag {
        case 0x00...0x7f: json.append(decimal: Int(tag))
        case 0xe0...0xff: json.append(decimal: Int(Int8(bitPattern: tag)))
        case 0x80...0x8f: try readMap(Int(tag & 0x0f), depth: depth + 1)
        case 0x90...0x9f: try readArray(Int(tag & 0x0f), depth: depth + 1)
        case 0xc0: json.append(contentsOf: "null".utf8)
        case 0xc2: json.append(contentsOf: "false".utf8)
        case 0xc3: json.append(contentsOf: "true".utf8)
        case 0xc4...0xc6: try readBytes(try readCount(1 << Int(tag - 0xc4)))
        case 0xc7...0xc9:
            let count = try readCount(1 << Int(tag - 0xc7))
            try readExtension(count, isFixed: false)
        case 0xca: JSONPrinter.append(double: Double(Float(bitPattern: UInt32(try readUnsigned(4)))), to: &json)
        case 0xcb: JSONPrinter.append(double: Double(bitPattern: try readUnsigned(8)), to: &json)
        case 0xcc...0xcf: JSONPrinter.append(integer: try readUnsigned(1 << Int(tag - 0xcc)), to: &json)
        case 0xd0...0xd3: JSONPrinter.append(integer: try readSigned(1 << Int(tag - 0xd0)), to: &json)
        case 0xd4...0xd8: try readExtension(1 << Int(tag - 0xd4), isFixed: true)
        case 0xdc: try readArray(try readCount(2), depth: depth + 1)
        case 0xdd: try readArray(try readCount(4), depth: depth + 1)
        case 0xde: try readMap(try readCount(2), depth: depth + 1)
        case 0xdf: try readMap(try readCount(4), depth: depth + 1)
        default: throw .malformedMessagePack
        }
    }

    private mutating func readArray(_ count: Int, depth: Int) throws(PacketError) {
        try check(depth)
        json.append(UInt8(ascii: "["))
        for index in 0..<count {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            try readValue(depth: depth)
        }
        json.append(UInt8(ascii: "]"))
    }

    private mutating func readMap(_ count: Int, depth: Int) throws(PacketError) {
        try check(depth)
        json.append(UInt8(ascii: "{"))
        for index in 0..<count {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            let name = try readString()
            // Among JSON such an object would be taken for an attachment.
            if name == Placeholder.mark { throw .illegalPlaceholder }
            JSONPrinter.append(string: name, to: &json)
            json.append(UInt8(ascii: ":"))
            try readValue(depth: depth)
        }
        json.append(UInt8(ascii: "}"))
    }

    private func check(_ depth: Int) throws(PacketError) {
        guard depth <= limits.maxDepth else { throw .malformedJSON(.tooDeep(limit: limits.maxDepth)) }
    }

    private mutating func readBytes(_ count: Int) throws(PacketError) {
        guard let bytes = reader.readBytes(count) else { throw .malformedMessagePack }
        guard attachments.count < maxAttachments else { throw .tooManyAttachments(limit: maxAttachments) }
        Placeholder.append(attachments.count, to: &json)
        attachments.append(SharedBytes(bytes))
    }

    private mutating func readExtension(_ count: Int, isFixed: Bool) throws(PacketError) {
        switch (Int8(bitPattern: try readByte()), count) {
        case (0, 1) where isFixed:
            _ = try readByte()
            json.append(contentsOf: "null".utf8)
        case (0, 8) where isFixed: append(milliseconds: try readSigned(8))
        case (0, _): try readBytes(count)
        case (-1, 4): append(milliseconds: try readSigned(4) & 0xffff_ffff * 1000)
        case (-1, 8):
            let word = try readUnsigned(8)
            append(milliseconds: Int64(word & 0x3_ffff_ffff) * 1000 + Int64(word >> 34) / 1_000_000)
        case (-1, 12):
            let nanoseconds = try readUnsigned(4)
            let seconds = try readSigned(8)
            let (whole, isTooFar) = seconds.multipliedReportingOverflow(by: 1000)
            append(milliseconds: isTooFar ? .max : whole &+ Int64(nanoseconds) / 1_000_000)
        default: throw .malformedMessagePack
        }
    }

    /// A date, where JavaScript knows one: 10^8 days on each side of 1970.
    private mutating func append(milliseconds: Int64) {
        guard milliseconds.magnitude <= 8_640_000_000_000_000 else { return json.append(contentsOf: "null".utf8) }
        JSONPrinter.append(string: UTCTime(epochMilliseconds: milliseconds).rfc3339, to: &json)
    }

    // MARK: Bytes

    /// The length of a string with this tag; `nil` for any other tag.
    private mutating func stringCount(_ tag: UInt8) throws(PacketError) -> Int? {
        switch tag {
        case 0xa0...0xbf: Int(tag & 0x1f)
        case 0xd9...0xdb: try readCount(1 << Int(tag - 0xd9))
        default: nil
        }
    }

    private mutating func readText(_ count: Int) throws(PacketError) -> String {
        guard let text = reader.readBytes(count)?.string else { throw .malformedMessagePack }
        return text
    }

    private mutating func readByte() throws(PacketError) -> UInt8 {
        guard let byte = reader.readByte() else { throw .malformedMessagePack }
        return byte
    }

    private mutating func readUnsigned(_ width: Int) throws(PacketError) -> UInt64 {
        guard let value = reader.readInteger(width: width) else { throw .malformedMessagePack }
        return value
    }

    private mutating func readSigned(_ width: Int) throws(PacketError) -> Int64 {
        let shift = UInt64(64 - 8 * width)
        return Int64(bitPattern: try readUnsigned(width) << shift) >> Int64(shift)
    }

    private mutating func readCount(_ width: Int) throws(PacketError) -> Int { Int(try readUnsigned(width)) }
}
