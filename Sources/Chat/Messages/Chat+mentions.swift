import Accounts

extension Chat {
    /// What the names look like that a text mentions: `@handle`, each once, and no more than one message may name.
    func mentions(in text: String) -> [String] {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
        return Mentions.skeletons(in: text, most: limits.mentionsPerMessage)
    }
}

/// Finds `@handle` in texts.
enum Mentions {
    /// No account has a longer name.
    private static let longest = 1000

    static func skeletons(in text: String, most: Int) -> [String] {
        var found: [String] = []
        var previous: Unicode.Scalar?
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst(), found.count < most {
            defer { previous = scalar }
            // The one in a mail address is none.
            guard scalar == "@", previous.map(isNamePart) != true else { continue }
            let name = name(at: scalars.prefix(longest))
            guard !name.isEmpty else { continue }
            let skeleton = Lookalikes.skeleton(of: name)
            if !found.contains(skeleton) { found.append(skeleton) }
        }
        return found
    }

    /// The name that begins a text: without the full stop that ends a sentence.
    private static func name(at text: Substring.UnicodeScalarView) -> String {
        var name = text.prefix(while: isNamePart)
        while let last = name.last, last == "." || last == "-" { name.removeLast() }
        return String(name)
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
                || "_-.".unicodeScalars.contains(scalar)
        }
        return scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber
            || scalar.properties.generalCategory == .nonspacingMark
    }
}
