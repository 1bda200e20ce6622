extension CivilDate {
    /// Reads `2026-11-20`; `nil` for any other form, and for a day that there is not.
    public init?(iso8601 text: some StringProtocol) {
        let letters = Array(text.utf8)
        guard letters.count == 10, letters[4] == UInt8(ascii: "-"), letters[7] == UInt8(ascii: "-"),
            let year = Self.number(letters[0..<4]), let month = Self.number(letters[5..<7]),
            let day = Self.number(letters[8..<10]), (1...12).contains(month), day >= 1
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard CivilDate(daysSinceEpoch: date.daysSinceEpoch) == date else { return nil }
        self = date
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.reduce(0) { number, digit in
            guard let number, (0x30...0x39).contains(digit) else { return nil }
            return number * 10 + Int(digit - 0x30)
        }
    }
}
