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
        return isJoined(text.unicodeScalars[...])
    }

    /// Whether two emoji differ in nothing but whether they say that they are drawn as emoji or as text: keyboards do not
    /// agree on that.
    static func areSame(_ a: String, _ b: String) -> Bool { a == b || bare(a).elementsEqual(bare(b)) }

    private static func bare(_ text: String) -> some Sequence<Unicode.Scalar> {
        text.unicodeScalars.lazy.filter { !isPresentation($0) }
    }

    /// `emoji_keycap_sequence` (ED-14c); the selector is left out by some.
    private static func isKeycap(_ first: Unicode.Scalar, _ rest: Substring.UnicodeScalarView) -> Bool {
        guard "0123456789#*".unicodeScalars.contains(first) else { return false }
        return rest.elementsEqual("\u{fe0f}\u{20e3}".unicodeScalars) || rest.elementsEqual("\u{20e3}".unicodeScalars)
    }

    /// `emoji_zwj_sequence` (ED-16): one element, or several with a joiner between them.
    private static func isJoined(_ text: Substring.UnicodeScalarView) -> Bool {
        var rest = text
        repeat {
            guard takeElement(&rest) else { return false }
            if rest.isEmpty { return true }
        } while rest.popFirst()?.value == 0x200d
        return false
    }

    /// `emoji_zwj_element` (ED-15a) or `emoji_tag_sequence` (ED-14a).
    private static func takeElement(_ rest: inout Substring.UnicodeScalarView) -> Bool {
        guard let base = rest.popFirst(), !base.isASCII, !isRegionalIndicator(base), base.properties.isEmoji else {
            return false
        }
        // Some write the presentation before the skin tone, and some behind it.
        take(&rest, isPresentation)
        if take(&rest, { $0.properties.isEmojiModifier }) { take(&rest, isPresentation) }
        guard let tag = rest.first, isTag(tag) else { return true }
        while let tag = rest.popFirst(), isTag(tag) {
            // The last one ends the sequence.
            if tag.value == 0xe007f { return true }
        }
        return false
    }

    @discardableResult
    private static func take(
        _ rest: inout Substring.UnicodeScalarView, _ isMeant: (Unicode.Scalar) -> Bool
    ) -> Bool {
        guard let next = rest.first, isMeant(next) else { return false }
        rest.removeFirst()
        return true
    }

    private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1f1e6...0x1f1ff).contains(scalar.value)
    }

    private static func isPresentation(_ scalar: Unicode.Scalar) -> Bool { 0xfe0e...0xfe0f ~= scalar.value }

    private static func isTag(_ scalar: Unicode.Scalar) -> Bool { 0xe0020...0xe007f ~= scalar.value }
}

extension ReactionDraft {
    /// Whether it is of this kind.
    public func isOf(_ kind: String) -> Bool { Emoji.areSame(kind, text) }
}
