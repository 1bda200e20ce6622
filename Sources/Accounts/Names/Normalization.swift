@_spi(_Unicode) import Swift

/// One spelling for what looks the same.
public enum Normalization {
    /// The canonical composition (Unicode form NFC) of `text`.
    public static func composed(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text._nfc { scalars.append(scalar) }
        return String(scalars)
    }

    /// `text` composed, if it can be an id: 1 to `longest` scalars, all of them visible or a space inside.
    ///
    /// Control characters, direction marks, zero-width characters and unassigned ones are refused, since two ids that
    /// look alike would differ in them; U+FFFD is, since it stands for what could not be read, and different ids would
    /// become one.
    public static func identifier(_ text: String, longest: Int) -> String? {
        // A scalar has 4 bytes at most: refuse a long text before it is looked at.
        guard !text.isEmpty, text.utf8.count <= longest * 4 else { return nil }
        let text = composed(text)
        let scalars = text.unicodeScalars
        guard scalars.count <= longest, scalars.first != " ", scalars.last != " " else { return nil }
        var previous: Unicode.Scalar?
        for scalar in scalars {
            guard isVisible(scalar, after: previous) else { return nil }
            previous = scalar
        }
        return text
    }

    private static func isVisible(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        if scalar.isASCII { return (0x20..<0x7f).contains(scalar.value) }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .spaceSeparator: return scalar == " "
        default: break
        }
        guard properties.isDefaultIgnorableCodePoint else { return scalar != "\u{fffd}" }
        // The one that asks for the colourful form of an emoji.
        return scalar == "\u{fe0f}" && previous.map { !$0.isASCII && $0.properties.isEmoji } ?? false
    }
}
