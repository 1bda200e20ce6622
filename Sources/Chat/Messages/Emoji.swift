/// Tells emoji from other text (UTS 51).
enum Emoji {
    /// Whether `text` is one emoji: a character of that kind in either presentation, with a skin tone, a keycap, a flag, or
    /// several that are joined into one.
    static func isOne(_ text: String) -> Bool {
        // What is drawn as one is one grapheme cluster (UAX 29 rules GB11 to GB13).
        guard text.count == 1, let first = text.unicodeScalars.first else { return false }
        let rest = text.unicodeScalars.dropFirst()
        if first.isASCII { return isKeycap(first, rest) }
        if isRegionalIndicator(first) { return rest.count == 1 && rest.allSatisfy(isRegionalIndicator) }
        return first.properties.isEmoji && rest.allSatisfy(mayFollow)
    }

    /// `emoji_keycap_sequence` (ED-14c); the selector is left out by some.
    private static func isKeycap(_ first: Unicode.Scalar, _ rest: Substring.UnicodeScalarView) -> Bool {
        guard "0123456789#*".unicodeScalars.contains(first) else { return false }
        return rest.elementsEqual("\u{fe0f}\u{20e3}".unicodeScalars) || rest.elementsEqual("\u{20e3}".unicodeScalars)
    }

    private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1f1e6...0x1f1ff).contains(scalar.value)
    }

    private static func mayFollow(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Zero-width joiner, the two presentations, the tags of flags of regions.
        case 0x200d, 0xfe0e, 0xfe0f, 0xe0020...0xe007f: true
        case ..<0x80: false
        default: scalar.properties.isEmoji
        }
    }
}
