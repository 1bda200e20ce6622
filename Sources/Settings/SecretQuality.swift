/// Tells secrets that someone invented, or copied from a document, from random ones.
enum SecretQuality {
    /// What examples consist of. Random text of some length holds none of these but by a rare accident.
    private static let exampleWords = [
        "change", "example", "secret", "password", "your_", "your-", "yourkey", "placeholder", "default", "12345678",
        "abcdefgh", "qwerty", "parley",
    ]

    static func isWeak(_ text: String) -> Bool {
        let lower = text.lowercased()
        return exampleWords.contains { lower.contains($0) } || Set(text.utf8).count < 6
    }
}
