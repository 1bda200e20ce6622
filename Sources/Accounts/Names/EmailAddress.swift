/// Where mail for an account goes.
public struct EmailAddress: Hashable, Sendable {
    /// As its owner writes it.
    public let text: String
    /// What two accounts must not have in common: the address in lower case.
    public let key: String

    /// Checks what a stranger wrote: something, an `@`, and a domain with a dot; at most 254 bytes (RFC 5321 section
    /// 4.5.3.1.3). Whether mail arrives there, only mail can tell.
    public init(_ text: String) throws(AccountError) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            throw .invalidEmail
        }
        self.init(trusted: text)
    }

    /// For addresses that were checked before they were stored.
    public init(trusted text: String) {
        self.text = text
        key = Normalization.composed(text).lowercased()
    }

    public static func == (a: EmailAddress, b: EmailAddress) -> Bool { a.key == b.key }

    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    private static func isLocalPart(_ text: Substring) -> Bool {
        guard (1...64).contains(text.utf8.count), text.first != ".", text.last != "." else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? scalar.properties.isAlphabetic || "0123456789.!#$%&'*+/=?^_`{|}~-".unicodeScalars.contains(scalar)
                : scalar.properties.generalCategory != .control
        }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.unicodeScalars.allSatisfy {
                        $0 == "-" || ($0.isASCII ? $0.properties.isAlphabetic || ("0"..."9").contains($0) : true)
                    }
            }
    }
}

extension EmailAddress: CustomStringConvertible {
    public var description: String { text }
}
