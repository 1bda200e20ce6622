import Bytes

/// Gathers the bytes of a head until it is whole.
struct HeadReader {
    private var scanner = HeadScanner()
    private var partial: [UInt8] = []

    /// Whether nothing of a message has come.
    var isIdle: Bool { scanner.isIdle }

    /// Takes bytes from `position` on, which moves behind them; a whole head, and where its first line begins in it.
    mutating func next(
        _ bytes: RawSpan, at position: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> (head: [UInt8], start: Int)? {
        let from = position
        let end = try scanner.scan(bytes, from: from, limits: limits)
        position = end ?? bytes.byteCount
        partial.append(contentsOf: bytes.extracting(from..<position))
        guard end != nil else { return nil }
        var head: [UInt8] = []
        swap(&head, &partial)
        let start = scanner.start
        scanner = HeadScanner()
        return (head, start)
    }
}
