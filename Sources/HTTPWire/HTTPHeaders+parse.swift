extension HTTPHeaders {
    /// Reads the field lines of `head` from `start` on; the names become lower case.
    ///
    /// `HeadScanner` has seen that lines end in CRLF, that an empty line is the last, and that nothing holds a control
    /// character, so every loop below stops at a carriage return at the latest.
    init(parsing head: consuming [UInt8], from start: Int) throws(HTTPError) {
        var fields: [Field] = []
        fields.reserveCapacity(12)
        var bytes = head.mutableSpan
        var index = start
        while bytes[index] != .carriageReturn {
            let name = try Self.parseName(in: &bytes, from: index)
            index = name.upperBound + 1
            while bytes[index].isBlank { index += 1 }
            let valueStart = index
            while bytes[index] != .carriageReturn { index += 1 }
            var valueEnd = index
            while valueEnd > valueStart, bytes[valueEnd - 1].isBlank { valueEnd -= 1 }
            fields.append(Field(name: name, value: valueStart..<valueEnd))
            index += 2
        }
        self.buffer = head
        self.fields = fields
    }

    /// A name up to its colon (RFC 9112 section 5); blanks before or after it are refused (sections 5.1 and 5.2).
    private static func parseName(in bytes: inout MutableSpan<UInt8>, from start: Int) throws(HTTPError) -> Range<Int> {
        if bytes[start].isBlank { throw .foldedHeader }
        var index = start
        while bytes[index].isToken {
            if bytes[index].isUppercase { bytes[index] |= 0x20 }
            index += 1
        }
        switch bytes[index] {
        case .colon where index > start: return start..<index
        case .space, .tab: throw .spaceBeforeColon
        case .carriageReturn: throw .malformedHeader
        default: throw .invalidHeaderName
        }
    }
}
