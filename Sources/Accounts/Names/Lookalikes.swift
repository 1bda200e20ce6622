/// Finds names that a reader would take for each other.
public enum Lookalikes {
    /// The same text for all names that look the same: two names with one skeleton must not stand beside each other.
    ///
    /// Case, width and accents that Unicode composes differently count for nothing, and letters of other scripts that are
    /// drawn like Latin ones count as those (a choice of the pairs of UTS 39 section 4, on what lower case leaves of them).
    public static func skeleton(of text: String) -> String {
        var skeleton = String.UnicodeScalarView()
        for scalar in Normalization.composed(text).unicodeScalars {
            for folded in narrow(scalar).properties.lowercaseMapping.unicodeScalars {
                skeleton.append(contentsOf: drawnAs(folded))
            }
        }
        return Normalization.composed(String(skeleton)).replacing("rn", with: "m").replacing("vv", with: "w")
    }

    /// The usual form of a letter that was made as wide as an ideograph (block Halfwidth and Fullwidth Forms).
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xff01...0xff5e).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(scalar.value - 0xfee0) ?? scalar
    }

    private static func drawnAs(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        String(latin[scalar] ?? Character(scalar)).unicodeScalars
    }

    /// What is drawn like a Latin letter, in lower case.
    private static let latin: [Unicode.Scalar: Character] = {
        let drawn: [Character: String] = [
            "a": "аɑα", "b": "ьƅ", "c": "сϲᴄ", "d": "ԁ", "e": "еҽ", "g": "ɡց", "h": "һհ", "i": "іıɩι", "j": "јϳ",
            "k": "кκ", "l": "1|ӏǀ", "m": "мϻ", "n": "ոп", "o": "0оοօσ", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕꜱ",
            "t": "тτ", "u": "υսᴜ", "v": "νѵᴠ", "w": "ԝѡաᴡ", "x": "хχ", "y": "уүγʏ", "z": "ᴢ", "-": "‐‑–—−", "_": "＿",
            ".": "․",
        ]
        var table: [Unicode.Scalar: Character] = [:]
        for (letter, others) in drawn {
            for other in others.unicodeScalars { table[other] = letter }
        }
        return table
    }()
}
