extension HTTPRequestHead {
    /// Parses a head whose line ends `HeadScanner` has checked; `start` is where its request line begins.
    init(parsing head: consuming [UInt8], from start: Int, limits: borrowing HTTPLimits) throws(HTTPError) {
        let line = try RequestLine(head.span, from: start)
        headers = try HTTPHeaders(parsing: head, from: line.end)
        let facts = try HeadFacts(headers, minorVersion: line.minorVersion)
        try facts.checkHost(headers, target: line)
        method = line.method
        minorVersion = line.minorVersion
        targetRange = line.target
        pathRange = line.path
        queryRange = line.query
        body = try facts.framing(headers, maximum: limits.body)
        keepAlive = line.minorVersion == 1 ? !facts.closes : facts.keepsAlive && !facts.closes
        isUpgrade = facts.isUpgrade && facts.hasUpgradeField && line.minorVersion == 1
        expectsContinue = facts.expectsContinue && body != .none && body != .length(0)
    }
}

/// What the fields say about the message and the connection.
struct HeadFacts {
    private(set) var host: Range<Int>?
    private(set) var contentLength: Range<Int>?
    private(set) var hasTransferEncoding = false
    private(set) var keepsAlive = false
    private(set) var closes = false
    private(set) var isUpgrade = false
    private(set) var hasUpgradeField = false
    private(set) var expectsContinue = false
    let minorVersion: Int

    init(_ headers: borrowing HTTPHeaders, minorVersion: Int) throws(HTTPError) {
        self.minorVersion = minorVersion
        for field in headers.fields {
            // The length tells nearly all other names apart before a byte is compared.
            switch field.name.count {
            case 4 where headers.matches(field.name, "host"):
                guard host == nil else { throw .repeatedHost }
                host = field.value
            case 6 where headers.matches(field.name, "expect") && minorVersion == 1:
                guard headers.matches(field.value, "100-continue") else { throw .unsupportedExpectation }
                expectsContinue = true
            case 7 where headers.matches(field.name, "upgrade"):
                hasUpgradeField = true
            case 10 where headers.matches(field.name, "connection"):
                readConnection(headers, field.value)
            case 14 where headers.matches(field.name, "content-length"):
                guard contentLength == nil else { throw .repeatedContentLength }
                contentLength = field.value
            case 17 where headers.matches(field.name, "transfer-encoding"):
                hasTransferEncoding = true
            default: break
            }
        }
    }

    private mutating func readConnection(_ headers: borrowing HTTPHeaders, _ value: Range<Int>) {
        // A copy is two references; the closure may not hold a borrowed value.
        let headers = copy headers
        headers.forEachElement(in: value) { option in
            if headers.matches(option, "close") { closes = true }
            if headers.matches(option, "keep-alive") { keepsAlive = true }
            if headers.matches(option, "upgrade") { isUpgrade = true }
        }
    }

    /// How the content is delimited (RFC 9112 section 6); whatever two readers could see differently is refused.
    func framing(_ headers: borrowing HTTPHeaders, maximum: Int) throws(HTTPError) -> HTTPBodyFraming {
        if hasTransferEncoding {
            guard contentLength == nil else { throw .lengthAndTransferEncoding }
            guard minorVersion == 1 else { throw .transferEncodingBeforeHTTP11 }
            try Self.checkTransferEncoding(headers)
            return .chunked
        }
        guard let contentLength else { return .none }
        let length = try Self.parseLength(headers.buffer[contentLength])
        guard length <= maximum else { throw .bodyTooLarge }
        return length == 0 ? .none : .length(length)
    }

    /// Accepts one field that is `chunked` and nothing else (RFC 9112 section 6.1).
    private static func checkTransferEncoding(_ headers: borrowing HTTPHeaders) throws(HTTPError) {
        let fields = headers.values("transfer-encoding")
        if fields.count == 1, fields[0].equalsIgnoringCase("chunked") { return }
        // The rest is refused; what remains is to say why. Content that was framed in an order that nobody can read is
        // the client's fault, a coding that others may know is not.
        let codings = headers.list("transfer-encoding")
        let isLast = codings.last.map { $0.equalsIgnoringCase("chunked") } ?? true
        let chunked = codings.count { $0.equalsIgnoringCase("chunked") }
        if chunked > 1 || chunked == codings.count || chunked == 1 && !isLast { throw .invalidTransferEncoding }
        throw .unsupportedTransferCoding
    }

    static func parseLength(_ digits: ArraySlice<UInt8>) throws(HTTPError) -> Int {
        guard !digits.isEmpty else { throw .invalidContentLength }
        var value = 0
        for digit in digits {
            guard digit.isDigit else { throw .invalidContentLength }
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - 0x30))
            guard !high, !carry else { throw .invalidContentLength }
            value = sum
        }
        return value
    }
}
