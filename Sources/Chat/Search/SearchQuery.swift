import Bytes

/// What somebody searches for: words, `"phrases"`, `from:name`, `in:room`, `before:2026-11-20`, `after:2026-11-20`,
/// `has:file`. A message is found that all of it holds for.
public struct SearchQuery: Sendable, Equatable {
    /// Words and phrases, which stand in the text whatever their case and accents.
    public private(set) var words: [String] = []
    public private(set) var author: String?
    /// The id of a room.
    public private(set) var room: String?
    public private(set) var hasFile = false
    var bounds = SearchBounds()

    /// Reads what a stranger wrote.
    public init(_ text: String, limits: ChatLimits = ChatLimits()) throws(ChatError) {
        guard text.utf8.count <= 4 * limits.searchLength, text.unicodeScalars.count <= limits.searchLength else {
            throw .invalid(.searchTooLong(longest: limits.searchLength))
        }
        for term in Self.terms(of: text) { try add(term) }
        guard self != SearchQuery() else { throw .invalid(.emptySearch) }
    }

    private init() {}

    private mutating func add(_ term: String) throws(ChatError) {
        if !term.hasPrefix("\""), let colon = term.firstIndex(of: ":") {
            let value = Self.unquoted(term[term.index(after: colon)...])
            if try take(term[..<colon].lowercased(), value) { return }
        }
        let word = Self.unquoted(term[...])
        if word.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) { words.append(word) }
    }

    /// `false` where it is no filter: a word may have a colon.
    private mutating func take(_ name: String, _ value: String) throws(ChatError) -> Bool {
        guard !value.isEmpty else { return false }
        switch name {
        case "from": author = value.hasPrefix("@") ? String(value.dropFirst()) : value
        case "in": room = value.hasPrefix("#") ? String(value.dropFirst()) : value
        case "before": bounds.until = min(bounds.until ?? .max, try Self.milliseconds(value))
        // The day itself is none of those after it.
        case "after": bounds.since = max(bounds.since ?? .min, try Self.milliseconds(value) + 86_400_000)
        case "has" where value.lowercased() == "file": hasFile = true
        default: return false
        }
        return true
    }

    private static func milliseconds(_ date: String) throws(ChatError) -> Int64 {
        guard let date = CivilDate(iso8601: date) else { throw .invalid(.date) }
        return Int64(date.daysSinceEpoch) * 86_400_000
    }

    /// What stands between white space, which in quotation marks ends nothing.
    private static func terms(of text: String) -> [String] {
        var terms: [String] = []
        var (term, isQuoted) = ("", false)
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character.isWhitespace, !isQuoted {
                if !term.isEmpty { terms.append(term) }
                term = ""
            } else {
                term.append(character)
            }
        }
        if !term.isEmpty { terms.append(term) }
        return terms
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.hasPrefix("\"") else { return String(text) }
        return String(text.hasSuffix("\"") && text.count > 1 ? text.dropFirst().dropLast() : text.dropFirst())
    }
}
