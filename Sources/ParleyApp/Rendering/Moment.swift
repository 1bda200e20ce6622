import Bytes

/// An instant in the two forms that the Socket.IO dialect shows, both in UTC.
struct Moment {
    /// `2026-11-20`.
    let date: String
    /// `07:02 AM`.
    let time: String

    init(_ epochMilliseconds: Int64) {
        let instant = UTCTime(epochMilliseconds: epochMilliseconds)
        date = instant.date.iso8601
        let hour = instant.hour % 12 == 0 ? 12 : instant.hour % 12
        time = "\(hour.padded(to: 2)):\(instant.minute.padded(to: 2)) \(instant.hour < 12 ? "AM" : "PM")"
    }
}
