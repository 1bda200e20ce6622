import Bytes
import JSON

/// Members of one argument of an event that is an object, found in one pass over its text.
///
/// To look them up one by one (`string(member:of:)`) reads the text as often.
public struct EventMembers: Sendable {
    private let arguments: EventArguments
    private let index: Int
    private let members: JSONMembers

    init(_ names: JSONMemberNames, of index: Int, in arguments: EventArguments) {
        self.arguments = arguments
        self.index = index
        members = JSONScanner.members(named: names, in: arguments.json(index), limits: EventContent.ownLimits)
    }

    /// Whether there is a member of the name at that place, whatever its value.
    public func contains(_ place: Int) -> Bool { members[place] != nil }

    /// The member's first byte, which tells what kind of value it is; `nil` where there is none.
    public func firstByte(_ place: Int) -> UInt8? {
        guard let range = members[place] else { return nil }
        return arguments.json(index).byte(at: range.lowerBound)
    }

    /// The member where it is a string.
    public func string(_ place: Int) -> String? {
        guard let range = members[place] else { return nil }
        return JSONScanner.string(at: range, in: arguments.json(index))
    }

    /// The member where it is a whole number, of any spelling.
    public func integer(_ place: Int) -> Int? {
        guard let range = members[place], isScalar(place),
            let value = try? JSONParser.parse(arguments.json(index).extracting(range), limits: .knownUTF8)
        else { return nil }
        return value.integerValue
    }

    /// The member where it is `true` or `false`.
    public func boolean(_ place: Int) -> Bool? {
        switch firstByte(place) {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// Whether the member is there and is not `null`.
    public func isGiven(_ place: Int) -> Bool {
        guard let first = firstByte(place) else { return false }
        return first != UInt8(ascii: "n")
    }

    /// Nothing of a container is ever built: it may be as large as the event.
    private func isScalar(_ place: Int) -> Bool {
        switch firstByte(place) {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): false
        default: true
        }
    }
}
