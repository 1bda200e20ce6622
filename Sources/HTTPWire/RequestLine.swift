/// A request line in its parts (RFC 9112 section 3), as ranges of the head.
struct RequestLine {
    let method: HTTPMethod
    let target: Range<Int>
    let path: Range<Int>
    let query: Range<Int>?
    /// The host and port of a target in absolute form.
    let authority: Range<Int>?
    let minorVersion: Int
    /// Where the field lines begin.
    let end: Int

    init(_ bytes: Span<UInt8>, from start: Int) throws(HTTPError) {
        var index = start
        while bytes[index].isToken { index += 1 }
        guard index > start, bytes[index] == .space else { throw .invalidMethod }
        let name = start..<index
        let targetStart = index + 1
        index = targetStart
        while bytes[index] > .space { index += 1 }
        guard index > targetStart else { throw .malformedRequestLine }
        guard bytes[index] == .space else { throw .malformedRequestLine }
        target = targetStart..<index
        minorVersion = try Self.parseVersion(bytes, from: index + 1)
        end = index + 11
        // An unknown method is refused here and not by the router: what stands behind a message that was framed wrongly
        // must not pass for a request.
        guard let method = Self.method(bytes, name), method != .connect else { throw .unsupportedMethod }
        self.method = method
        (authority, path, query) = try Self.parseTarget(bytes, target, method)
    }

    private static func method(_ bytes: Span<UInt8>, _ range: Range<Int>) -> HTTPMethod? {
        // The methods of nearly every request, without making a text.
        if range.count == 3, starts(bytes, exactly: "GET", at: range.lowerBound) { return .get }
        if range.count == 4, starts(bytes, exactly: "POST", at: range.lowerBound) { return .post }
        return HTTPMethod.allCases.first { method in
            range.count == method.rawValue.utf8.count && starts(bytes, exactly: method.rawValue, at: range.lowerBound)
        }
    }

    private static func starts(_ bytes: Span<UInt8>, exactly prefix: String, at start: Int) -> Bool {
        var index = start
        for byte in prefix.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private static func starts(_ bytes: Span<UInt8>, _ prefix: String, at start: Int) -> Bool {
        var index = start
        for byte in prefix.utf8 {
            guard index < bytes.count, bytes[index].lowercased == byte.lowercased else { return false }
            index += 1
        }
        return true
    }

    /// The minor version of `HTTP/1.x` at `start`, which must end the line.
    private static func parseVersion(_ bytes: Span<UInt8>, from start: Int) throws(HTTPError) -> Int {
        // The scanner put at least CRLF CRLF behind this; eight more bytes must be there to be a version.
        guard start + 9 < bytes.count, bytes[start] == 0x48, bytes[start + 1] == 0x54, bytes[start + 2] == 0x54,
            bytes[start + 3] == 0x50, bytes[start + 4] == .slash, bytes[start + 5].isDigit, bytes[start + 6] == 0x2e,
            bytes[start + 7].isDigit, bytes[start + 8] == .carriageReturn
        else { throw .malformedRequestLine }
        guard bytes[start + 5] == 0x31, bytes[start + 7] <= 0x31 else { throw .unsupportedVersion }
        return Int(bytes[start + 7] - 0x30)
    }

    private typealias Target = (authority: Range<Int>?, path: Range<Int>, query: Range<Int>?)

    /// Origin form, absolute form, or the asterisk of OPTIONS (RFC 9112 section 3.2).
    private static func parseTarget(
        _ bytes: Span<UInt8>, _ target: Range<Int>, _ method: HTTPMethod
    ) throws(HTTPError) -> Target {
        if bytes[target.lowerBound] == .slash {
            let (path, query) = try parsePath(bytes, target)
            return (nil, path, query)
        }
        if target.count == 1, bytes[target.lowerBound] == 0x2a, method == .options { return (nil, target, nil) }
        for scheme in ["http://", "https://"] where starts(bytes, scheme, at: target.lowerBound) {
            let start = target.lowerBound + scheme.utf8.count
            var end = start
            while end < target.upperBound, bytes[end] != .slash, bytes[end] != .questionMark { end += 1 }
            guard start < end else { throw .invalidTarget }
            let (path, query) = try parsePath(bytes, end..<target.upperBound)
            return (start..<end, path, query)
        }
        throw .invalidTarget
    }

    private static func parsePath(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPError) -> (path: Range<Int>, query: Range<Int>?) {
        var index = range.lowerBound
        while index < range.upperBound, ASCIISet.path.contains(bytes[index]) { index += 1 }
        if index == range.upperBound { return (range, nil) }
        guard bytes[index] == .questionMark else { throw .invalidTarget }
        let path = range.lowerBound..<index
        let query = index + 1..<range.upperBound
        while index < range.upperBound {
            guard ASCIISet.query.contains(bytes[index]) else { throw .invalidTarget }
            index += 1
        }
        return (path, query)
    }
}
