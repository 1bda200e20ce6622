/// Names with values, in one run of bytes: each text behind its length.
struct PackedFields: Sendable {
    private let bytes: [UInt8]

    init(_ fields: [(name: String, value: String)]) {
        guard !fields.isEmpty else {
            bytes = []
            return
        }
        var packed: [UInt8] = []
        packed.reserveCapacity(fields.reduce(0) { $0 + Self.size(of: $1.name) + Self.size(of: $1.value) })
        for field in fields {
            Self.append(field.name, to: &packed)
            Self.append(field.value, to: &packed)
        }
        bytes = packed
    }

    /// All of them, in their order.
    var all: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        var position = 0
        while position < bytes.count {
            let name = next(&position)
            fields.append((name: text(name), value: text(next(&position))))
        }
        return fields
    }

    /// The value of the first field of this name.
    func first(_ name: String) -> String? {
        var position = 0
        while position < bytes.count {
            let isWanted = bytes[next(&position)].elementsEqual(name.utf8)
            let value = next(&position)
            if isWanted { return text(value) }
        }
        return nil
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The text at `position`, which moves behind it.
    private func next(_ position: inout Int) -> Range<Int> {
        var count = Int(bytes[position])
        position += 1
        if count == Self.long {
            count = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            position += 4
        }
        defer { position += count }
        return position..<position + count
    }

    // A length below 255 is one byte; a longer one is 255 and four bytes.

    private static let long = 255

    private static func size(of text: String) -> Int { text.utf8.count + (text.utf8.count < long ? 1 : 5) }

    private static func append(_ text: String, to packed: inout [UInt8]) {
        // No request is as long as four bytes can say.
        let count = UInt32(clamping: text.utf8.count)
        if count < long {
            packed.append(UInt8(truncatingIfNeeded: count))
        } else {
            packed.append(UInt8(long))
            for shift in stride(from: 24, through: 0, by: -8) {
                packed.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        packed.append(contentsOf: text.utf8)
    }
}
