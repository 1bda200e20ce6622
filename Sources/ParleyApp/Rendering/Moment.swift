/// An instant in the two forms that the Socket.IO dialect shows, both in UTC.
struct Moment {
    /// `2026-11-20`.
    let date: String
    /// `07:02 AM`.
    let time: String

    init(_ epochMilliseconds: Int64) {
        let seconds = epochMilliseconds / 1000
        let (year, month, day) = Self.civil(fromDays: Int(seconds / 86_400))
        date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let minutes = Int(seconds % 86_400) / 60
        let hour = minutes / 60
        let shown = hour % 12 == 0 ? 12 : hour % 12
        time = "\(Self.padded(shown, 2)):\(Self.padded(minutes % 60, 2)) \(hour < 12 ? "AM" : "PM")"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin in March.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}
