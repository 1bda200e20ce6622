import Chat
import JSON

extension Optional<Int64> {
    /// The member `remove_messages` of a ban: seconds, or `true` for the last hour.
    init(removal value: JSONValue?) throws(ChatError) {
        switch value {
        case nil, .null?, .bool(false)?: self = nil
        case .bool(true)?: self = 3600
        case .integer(let seconds)?: self = seconds
        default: throw .invalid(.duration(.removal))
        }
    }
}
