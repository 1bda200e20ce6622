/// Choosing what a client accepts (RFC 9110 section 12.5).
public enum ContentNegotiation {
    /// Whether `coding` (`gzip`) may be sent under this `Accept-Encoding` field; without a field only `identity` may.
    public static func accepts(coding: String, _ field: String?) -> Bool {
        guard let field else { return coding == "identity" }
        var star: Double?
        for (name, quality) in elements(field) {
            if name.equalsIgnoringCase(coding) { return quality > 0 }
            if name == "*" { star = quality }
        }
        return star.map { $0 > 0 } ?? (coding == "identity")
    }

    /// The first of `codings`, in the server's order among equals, that the client ranks highest; `nil` for none.
    public static func preferredCoding(of codings: [String], _ field: String?) -> String? {
        guard let field else { return nil }
        let ranked = elements(field)
        var best: (coding: String, quality: Double)?
        for coding in codings {
            let quality =
                ranked.first { $0.name.equalsIgnoringCase(coding) }?.quality
                ?? ranked.first { $0.name == "*" }?.quality ?? 0
            if quality > (best?.quality ?? 0) { best = (coding, quality) }
        }
        return best?.coding
    }

    /// Whether an `Accept` field names `text/html`: what a browser sends when a person opens a page. Wildcards alone do
    /// not count.
    public static func prefersHTML(_ field: String?) -> Bool {
        elements(field ?? "").contains { $0.name.equalsIgnoringCase("text/html") && $0.quality > 0 }
    }

    /// The elements with their quality; a malformed quality counts as 0.
    static func elements(_ field: String) -> [(name: Substring, quality: Double)] {
        MediaType.split(field, at: .comma).compactMap { element in
            let parts = element.pieces(between: .semicolon).map(\.trimmingBlanks)
            guard let name = parts.first, !name.isEmpty else { return nil }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") || $0.hasPrefix("Q=") }
            return (name, weight.map { quality($0.dropFirst(2)) } ?? 1)
        }
    }

    /// `0`, `1`, or one of them with up to three decimals (section 12.4.2).
    private static func quality(_ text: Substring) -> Double {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ $0.isDigit || $0 == 0x2e }), let value = Double(text),
            value <= 1
        else { return 0 }
        return value
    }
}
