/// Finds names that a reader would take for each other.
public enum Lookalikes {
    /// The same text for all names that look the same: two names with one skeleton must not stand beside each other.
    ///
    /// Case, width and accents that Unicode composes differently count for nothing, and letters of other scripts that are
    /// drawn like Latin ones count as those (a choice of the pairs of UTS 39 section 4, on what lower case leaves of them).
    public static func skeleton(of text: String) -> String {
        var skeleton = String.UnicodeScalarView()
        for scalar in Normalization.composed(text).unicodeScalars {
            for folded in plain(scalar).properties.lowercaseMapping.unicodeScalars {
                skeleton.append(contentsOf: drawnAs(folded))
            }
        }
        return Normalization.composed(String(skeleton)).replacing("rn", with: "m").replacing("vv", with: "w")
    }

    /// The usual form of a letter or digit that has a form of its own: as wide as an ideograph (block Halfwidth and Fullwidth
    /// Forms), bold, slanted and the like (Mathematical Alphanumeric Symbols), or in a circle or square (Enclosed
    /// Alphanumerics and their supplement).
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let value = scalar.value
        return switch value {
        case 0xff01...0xff5e: Unicode.Scalar(value - 0xfee0) ?? scalar
        case 0x1d400...0x1d6a3: letter((value - 0x1d400) % 52)
        case 0x1d7ce...0x1d7ff: Unicode.Scalar(UInt8(0x30 + (value - 0x1d7ce) % 10))
        case 0x249c...0x24b5: letter(value - 0x249c)
        case 0x24b6...0x24e9: letter((value - 0x24b6) % 26)
        case 0x1f110...0x1f129: letter(value - 0x1f110)
        case 0x1f130...0x1f149: letter(value - 0x1f130)
        case 0x1f150...0x1f169: letter(value - 0x1f150)
        case 0x1f170...0x1f189: letter(value - 0x1f170)
        default: scalar
        }
    }

    /// The letter at a place of the alphabet, in capitals and then in small letters.
    private static func letter(_ place: UInt32) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(truncatingIfNeeded: place < 26 ? 0x41 + place : 0x61 + place - 26))
    }

    private static func drawnAs(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        String(latin[scalar] ?? Character(scalar)).unicodeScalars
    }

    /// What is drawn like a Latin letter, in lower case.
    private static let latin: [Unicode.Scalar: Character] = {
        let drawn: [Character: String] = [
            "a": "аɑα", "b": "ьƅℬ", "c": "сϲᴄℂℭ", "d": "ԁ", "e": "еҽℯℰ", "f": "ℱ", "g": "ɡցℊ", "h": "һհℋℌℍℎ",
            "i": "іıɩιℐℑ", "j": "јϳ", "k": "кκ", "l": "1|ӏǀℒℓ", "m": "мϻℳ", "n": "ոпℕ", "o": "0оοօσℴ", "p": "рρℙ",
            "q": "ԛզℚ", "r": "гᴦℛℜℝ", "s": "ѕꜱ", "t": "тτ", "u": "υսᴜ", "v": "νѵᴠ", "w": "ԝѡաᴡ", "x": "хχ", "y": "уүγʏ",
            "z": "ᴢℤℨ", "-": "‐‑–—−", "_": "＿",
            ".": "․",
        ]
        var table: [Unicode.Scalar: Character] = [:]
        for (letter, others) in drawn {
            for other in others.unicodeScalars { table[other] = letter }
        }
        return table
    }()
}
