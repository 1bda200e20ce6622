/// Names of files that strangers send.
public enum FileName {
    /// The most bytes of a name; default 255, as on most disks.
    public static let longest = 255

    /// A name that is safe to show and to save under: the last part of what may be a path, without control characters,
    /// without those that turn the direction of writing or cannot be seen, without dots and blanks at its ends, and cut to
    /// `longest` bytes with its ending kept. `fallback` where nothing is left.
    public static func clean(_ name: String, fallback: String = "file", longest: Int = longest) -> String {
        // By scalars: a separator with a mark on it is none as a character, and one again when the mark is left out.
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last ?? Substring.UnicodeScalarView()
        var scalars = String.UnicodeScalarView()
        for scalar in last where !isHidden(scalar) {
            scalars.append(forbidden.contains(scalar) ? "_" : scalar)
        }
        let trimmed = trim(Substring(String(scalars)))
        let name = cut(trimmed, to: longest)
        return name.isEmpty ? fallback : name
    }

    /// What Windows refuses in names.
    private static let forbidden: Set<Unicode.Scalar> = ["<", ">", ":", "\"", "|", "?", "*"]

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        // The joiners are parts of words and of emoji.
        case .format: scalar != "\u{200c}" && scalar != "\u{200d}"
        default: false
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.first, first == "." || first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last == "." || last.isWhitespace { rest.removeLast() }
        return rest
    }

    private static func cut(_ name: Substring, to longest: Int) -> String {
        guard name.utf8.count > longest else { return String(name) }
        var ending = Substring()
        if let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= min(16, longest / 2) { ending = name[dot...] }
        var stem = name.dropLast(ending.count)
        while stem.utf8.count + ending.utf8.count > longest, !stem.isEmpty { stem.removeLast() }
        return String(trim(stem)) + ending
    }
}
