import Bytes

extension HTTPDate {
    /// Seconds since 1970 of a date in any of the three forms of RFC 9110 section 5.6.7, or `nil`.
    public static func parse(_ text: String) -> Int64? {
        guard text.utf8.count <= 40 else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        if parts.count == 6, parts[5] == "GMT", parts[0].hasSuffix(",") {
            return seconds(day: parts[1], month: parts[2], year: parts[3], clock: parts[4])
        }
        if parts.count == 4, parts[3] == "GMT", parts[0].hasSuffix(",") {
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].utf8.count == 2, let year = number(date[2], 99) else { return nil }
            // Two digits (RFC 850): the century in which the date is not far in the future.
            let full = String(year < 70 ? 2000 + year : 1900 + year)
            return seconds(day: date[0], month: date[1], year: full[...], clock: parts[2])
        }
        if parts.count == 5, weekdays.contains(String(parts[0])) {
            return seconds(day: parts[2], month: parts[1], year: parts[4], clock: parts[3])
        }
        return nil
    }

    private static func seconds(day: Substring, month: Substring, year: Substring, clock: Substring) -> Int64? {
        let time = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard let day = number(day, 31), day > 0, let month = months.firstIndex(of: String(month)),
            year.utf8.count == 4, let year = number(year, 9999), time.count == 3,
            time.allSatisfy({ $0.utf8.count == 2 }),
            let hour = number(time[0], 23), let minute = number(time[1], 59), let second = number(time[2], 60)
        else { return nil }
        let days = CivilDate(year: year, month: month + 1, day: day).daysSinceEpoch
        return Int64(days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func number(_ text: Substring, _ maximum: Int) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit), let value = Int(text), value <= maximum else {
            return nil
        }
        return value
    }
}
