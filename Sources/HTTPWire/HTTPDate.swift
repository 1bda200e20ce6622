import Bytes

/// Dates as HTTP writes them (RFC 9110 section 5.6.7); all in UTC.
public enum HTTPDate {
    static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT` for seconds since 1970; years outside 0...9999 are held at the nearest.
    public static func format(_ epochSeconds: Int64) -> String {
        let seconds = min(max(epochSeconds, -62_167_219_200), 253_402_300_799)
        let time = UTCTime(epochMilliseconds: seconds * 1000)
        // 1970 began on a Thursday.
        let weekday = weekdays[((time.day + 4) % 7 + 7) % 7]
        let date = "\(time.date.day.padded(to: 2)) \(months[time.date.month - 1]) \(time.date.year.padded(to: 4))"
        let clock = "\(time.hour.padded(to: 2)):\(time.minute.padded(to: 2)):\(time.second.padded(to: 2))"
        return "\(weekday), \(date) \(clock) GMT"
    }
}
