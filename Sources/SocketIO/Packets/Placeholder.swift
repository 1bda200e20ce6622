import Bytes
import JSON

/// The objects that stand in a packet's JSON for its attachments: `{"_placeholder":true,"num":0}` (Socket.IO protocol
/// 5, "Binary event").
enum Placeholder {
    static let mark = "_placeholder"

    static func append(_ number: Int, to text: inout [UInt8]) {
        text.append(contentsOf: "{\"_placeholder\":true,\"num\":".utf8)
        text.append(decimal: number)
        text.append(UInt8(ascii: "}"))
    }

    /// Whether clients take the object for a placeholder.
    static func isPlaceholder(_ members: [JSONValue.Member]) -> Bool {
        members.last { $0.name == mark }?.value == .bool(true)
    }

    private static func number(_ members: [JSONValue.Member], below count: Int) -> Int? {
        guard let number = members.last(where: { $0.name == "num" })?.value.integerValue else { return nil }
        return number >= 0 && number < count ? number : nil
    }

    /// Checks every placeholder in `value`. The depth is bounded by the parser.
    static func check(_ value: JSONValue, count: Int) throws(PacketError) {
        switch value {
        case .array(let elements):
            for element in elements { try check(element, count: count) }
        case .object(let members):
            if isPlaceholder(members) {
                guard number(members, below: count) != nil else { throw .illegalPlaceholder }
                return
            }
            for member in members { try check(member.value, count: count) }
        default: break
        }
    }

    /// `value` with the attachments in the places of their placeholders.
    static func filled(_ value: JSONValue, with attachments: [SharedBytes]) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { filled($0, with: attachments) })
        case .object(let members):
            if isPlaceholder(members), let number = number(members, below: attachments.count) {
                return .bytes(attachments[number].array)
            }
            return .object(members.map { JSONValue.Member($0.name, filled($0.value, with: attachments)) })
        default: return value
        }
    }
}
