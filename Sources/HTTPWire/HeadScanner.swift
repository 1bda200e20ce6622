import Bytes

/// Finds the end of a head as bytes arrive, each byte looked at once, and refuses what no line of a head may hold.
///
/// Faults are found in the order of the bytes, so the result does not depend on how the stream is cut.
struct HeadScanner {
    /// The bytes of the head so far, with those before `start`.
    private(set) var count = 0
    /// Where the first line begins: behind an empty line that came first (RFC 9112 section 2.2).
    private(set) var start = 0
    private var lineStart = 0
    private var fieldsStart = 0
    private var lines = 0
    private var sawCarriageReturn = false

    /// Whether nothing of a message has come.
    var isIdle: Bool { count == 0 }

    /// Scans from `position`; the index behind the head's empty line, or `nil` when the head goes on.
    mutating func scan(
        _ bytes: RawSpan, from position: Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> Int? {
        var index = position
        let end = bytes.byteCount
        while index < end {
            if sawCarriageReturn {
                guard bytes.byte(at: index) == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                count += 1
                if try endLine(limits) { return index }
                continue
            }
            let runStart = index
            while index < end, bytes.byte(at: index).isFieldContent { index += 1 }
            count += index - runStart
            try check(limits)
            guard index < end else { return nil }
            try takeControl(bytes.byte(at: index))
            index += 1
            count += 1
        }
        return nil
    }

    private mutating func takeControl(_ byte: UInt8) throws(HTTPError) {
        guard byte == .carriageReturn else { throw byte == .lineFeed ? .bareLineFeed : .controlCharacter }
        sawCarriageReturn = true
    }

    /// Takes the line feed of a line; whether it was the head's empty line.
    private mutating func endLine(_ limits: borrowing HTTPLimits) throws(HTTPError) -> Bool {
        sawCarriageReturn = false
        let isEmpty = count - lineStart == 2
        defer { lineStart = count }
        if lines == 0 {
            if isEmpty {
                if start > 0 { throw .malformedRequestLine }
                start = count
                return false
            }
            fieldsStart = count
        } else {
            if isEmpty { return true }
            if lines > limits.headerCount { throw .tooManyHeaders }
            if count - fieldsStart > limits.headerBlock { throw .headerBlockTooLarge }
        }
        lines += 1
        return false
    }

    private func check(_ limits: borrowing HTTPLimits) throws(HTTPError) {
        if lines == 0 {
            if count - lineStart > limits.requestLine { throw .requestLineTooLong }
        } else if count - fieldsStart > limits.headerBlock {
            throw .headerBlockTooLarge
        }
    }
}
