extension HeadFacts {
    /// One valid `Host` in HTTP/1.1 (RFC 9112 section 3.2), equal to the host of a target in absolute form.
    func checkHost(_ headers: borrowing HTTPHeaders, target: RequestLine) throws(HTTPError) {
        guard let host else {
            if minorVersion == 1 { throw .missingHost }
            return
        }
        guard HostField.isValid(headers.buffer[host]) else { throw .invalidHost }
        if let authority = target.authority, !headers.matches(authority, headers.text(host)) {
            throw .hostDiffersFromTarget
        }
    }
}

/// The syntax of a host with an optional port (RFC 3986 section 3.2.2, of which names use letters, digits and -._~).
public enum HostField {
    /// Whether the text is a host with or without a port (RFC 9110 section 7.2).
    public static func isValid(_ text: String) -> Bool { isValid(Array(text.utf8)[...]) }

    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        if first == 0x5b {
            guard let close = bytes.firstIndex(of: 0x5d) else { return false }
            return isAddress(bytes[(bytes.startIndex + 1)..<close]) && isPort(bytes[(close + 1)...])
        }
        let end = bytes.firstIndex(of: .colon) ?? bytes.endIndex
        return end > bytes.startIndex && bytes[..<end].allSatisfy(ASCIISet.unreserved.contains) && isPort(bytes[end...])
    }

    /// The characters of an IPv6 address; whether it is one matters to nobody here.
    private static func isAddress(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 2 && bytes.count <= 45 && bytes.contains(.colon)
            && bytes.allSatisfy { byte in
                byte.isDigit || byte == .colon || byte == 0x2e || (0x61...0x66).contains(byte.lowercased)
            }
    }

    /// Nothing, or a colon and a number up to 65,535.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        let digits = bytes.dropFirst()
        guard first == .colon, !digits.isEmpty, digits.count <= 5, digits.allSatisfy(\.isDigit) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
    }
}
