/// An instant as calendars and clocks show it, in UTC, to the millisecond.
public struct UTCTime: Sendable {
    /// Days since 1970-01-01.
    public let day: Int
    public let date: CivilDate
    public let hour: Int
    public let minute: Int
    public let second: Int
    public let millisecond: Int

    /// The instant that many milliseconds after 1970 began; any number will do.
    public init(epochMilliseconds: Int64) {
        let (day, rest) = Int(epochMilliseconds).dividedDown(by: 86_400_000)
        self.day = day
        date = CivilDate(daysSinceEpoch: day)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1000 % 60
        millisecond = rest % 1000
    }

    /// `2026-11-20T07:02:11.005Z` (RFC 3339).
    public var rfc3339: String {
        let clock = "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))"
        return "\(date.iso8601)T\(clock).\(millisecond.padded(to: 3))Z"
    }
}

extension CivilDate {
    /// `2026-11-20`.
    public var iso8601: String { "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))" }
}

extension Int {
    /// The number with zeros before it, up to that many characters.
    public func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}
