public import EngineIO
public import JSON

/// What a client brought when it connected: the request that opened its session, and its `auth` for this namespace.
///
/// The request's strings are shared by all sockets of one connection.
public struct Handshake: Sendable {
    /// The request of the Engine.IO session, as the transport saw it.
    public let request: EngineHandshake
    /// The payload of the CONNECT packet; `.null` where there was none. Revision 3: the query in the namespace's name.
    public let auth: JSONValue

    init(request: EngineHandshake, auth: JSONValue) {
        self.request = request
        self.auth = auth
    }

    /// Header fields in the order received; names in lower case.
    public var headers: [(name: String, value: String)] { request.headers }
    /// The decoded query parameters in the order received, `EIO` and `transport` among them.
    public var query: [(name: String, value: String)] { request.query }
    /// The client's address.
    public var address: String { request.address }
    /// The path and query as sent.
    public var url: String { request.url }
    /// Whether the connection is encrypted.
    public var isSecure: Bool { request.isSecure }
    /// Whether the request came from a page of another origin.
    public var isCrossDomain: Bool { request.isCrossDomain }
    /// Milliseconds since 1970 at which the request came.
    public var issued: Int64 { request.issued }
    /// `issued` as `2026-11-20T07:02:11.005Z`.
    public var time: String { ISOTime.text(epochMilliseconds: request.issued) }

    /// The first header field of this name (lower case).
    public func header(_ name: String) -> String? { request.header(name) }
    /// The first query parameter of this name.
    public func parameter(_ name: String) -> String? { request.parameter(name) }
}

/// Times as RFC 3339 writes them.
enum ISOTime {
    static func text(epochMilliseconds: Int64) -> String {
        let day = floorDivide(epochMilliseconds, 86_400_000)
        let rest = epochMilliseconds - day * 86_400_000
        let (year, month, dayOfMonth) = date(ofDay: day)
        let clock = "\(two(rest / 3_600_000)):\(two(rest / 60_000 % 60)):\(two(rest / 1000 % 60))"
        return "\(padded(year, 4))-\(two(month))-\(two(dayOfMonth))T\(clock).\(padded(rest % 1000, 3))Z"
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01, reckoned in eras of 400 years that begin in
    /// March.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((b - 1 - a) / b) }

    private static func two(_ value: Int64) -> String { padded(value, 2) }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
    }
}
