/// The words of a subcommand: those that are its own, and the rest, which are settings.
struct CommandWords {
    private(set) var settings: [String]

    init(_ words: [String]) { settings = words }

    /// Takes the first word where that is no flag.
    mutating func takeWord() -> String? {
        guard let first = settings.first, !first.hasPrefix("-") else { return nil }
        return settings.removeFirst()
    }

    /// Takes a flag without a value; whether it was there.
    mutating func takeFlag(_ flag: String) -> Bool {
        guard let index = settings.firstIndex(of: flag) else { return false }
        settings.remove(at: index)
        return true
    }

    /// Takes a flag with its value (`--to x` or `--to=x`); `nil` where it was not there.
    mutating func takeValue(_ flag: String) throws(UsageError) -> String? {
        if let index = settings.firstIndex(where: { $0.hasPrefix("\(flag)=") }) {
            return String(settings.remove(at: index).dropFirst(flag.count + 1))
        }
        guard let index = settings.firstIndex(of: flag) else { return nil }
        guard index + 1 < settings.count else { throw UsageError("\(flag) needs a value; give one behind it.") }
        settings.remove(at: index)
        return settings.remove(at: index)
    }

    /// Takes a whole number.
    mutating func takeNumber(_ flag: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = try takeValue(flag) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(flag) is a whole number from \(range.lowerBound) to \(range.upperBound); give such a one.")
        }
        return number
    }
}

/// A command line that means nothing: one sentence.
struct UsageError: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
