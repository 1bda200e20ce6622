import Bytes

extension JSONCursor {
    /// Moves over one value of any kind that stands `depth` containers deep; white space before it is skipped.
    ///
    /// A loop with one bit for each open container, so nesting costs no stack.
    mutating func skipValue(depth outer: Int = 0) throws(JSONError) {
        var open = OpenContainers(outer: outer, limit: limits.maxDepth)
        while true {
            try countValue()
            skipWhitespace()
            switch peek() {
            case UInt8(ascii: "\""): _ = try skipString()
            case UInt8(ascii: "{"):
                try open.push(isObject: true)
                position += 1
                skipWhitespace()
                if peek() != UInt8(ascii: "}") {
                    try skipName()
                    continue
                }
            case UInt8(ascii: "["):
                try open.push(isObject: false)
                position += 1
                skipWhitespace()
                if peek() != UInt8(ascii: "]") { continue }
            default: try skipScalar()
            }
            guard try closeContainers(&open) else { return }
        }
    }

    /// Moves over what follows a value. `false` when all containers are closed, `true` when another value comes.
    @inline(__always)
    private mutating func closeContainers(_ open: inout OpenContainers) throws(JSONError) -> Bool {
        while !open.isEmpty {
            skipWhitespace()
            switch peek() {
            case UInt8(ascii: ","):
                position += 1
                guard open.innermostIsObject else { return true }
                skipWhitespace()
                try skipName()
                return true
            case UInt8(ascii: "}") where open.innermostIsObject, UInt8(ascii: "]") where !open.innermostIsObject:
                position += 1
                open.pop()
            default: throw unexpected
            }
        }
        return false
    }

    /// Moves over a member's name and its colon.
    @inline(__always)
    private mutating func skipName() throws(JSONError) {
        _ = try skipString()
        try skipColon()
    }

    @inline(__always)
    mutating func skipColon() throws(JSONError) {
        skipWhitespace()
        guard peek() == UInt8(ascii: ":") else { throw unexpected }
        position += 1
    }

    private mutating func skipScalar() throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "t"): try skipLiteral("true")
        case UInt8(ascii: "f"): try skipLiteral("false")
        case UInt8(ascii: "n"): try skipLiteral("null")
        default: try skipNumber()
        }
    }
}

/// Which containers are open: one bit each, set for an object.
private struct OpenContainers {
    private var bits = [8 of UInt64](repeating: 0)
    private var depth = 0
    private let outer: Int
    private let limit: Int

    init(outer: Int, limit: Int) {
        self.outer = outer
        self.limit = limit
    }

    var isEmpty: Bool { depth == 0 }

    var innermostIsObject: Bool {
        let index = depth - 1
        return bits[index >> 6] >> UInt64(index & 63) & 1 == 1
    }

    mutating func push(isObject: Bool) throws(JSONError) {
        guard depth + outer < limit else { throw .tooDeep(limit: limit) }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if isObject { bits[depth >> 6] |= bit } else { bits[depth >> 6] &= ~bit }
        depth += 1
    }

    mutating func pop() { depth -= 1 }
}
