import Bytes
import Chat
import JSON

/// How the native API and its events show rooms and who belongs to them. Times are RFC 3339, in UTC; lengths of time are
/// seconds.
enum RoomJSON {
    static func summary(_ room: RoomSummary) -> JSONValue {
        .object(
            [.init("id", .string(room.id.text))] + members(of: room.info) + [
                .init("role", room.role.map { .string($0.rawValue) } ?? .null),
                .init("members", JSONValue(room.memberCount)), .init("last_sequence", .integer(room.lastSequence)),
                .init("created_at", AccountJSON.time(room.created)),
            ])
    }

    static func info(_ info: RoomInfo, of id: RoomID) -> JSONValue {
        .object([.init("id", .string(id.text))] + members(of: info))
    }

    private static func members(of info: RoomInfo) -> [JSONValue.Member] {
        [
            .init("kind", .string(info.kind.rawValue)), .init("management", .string(info.management.rawValue)),
            .init("name", .string(info.name)), .init("topic", .string(info.topic)),
            .init("archived", .bool(info.isArchived)), .init("slow_mode", .integer(info.slowMode)),
            .init("address_rule", .string(info.addressRule.rawValue)),
            .init("address_lifetime", number(info.addressLifetime)),
            .init("kept_messages", number(info.keptMessages)), .init("kept_seconds", number(info.keptSeconds)),
        ]
    }

    static func member(_ member: RoomMember, role: RoomRole? = nil) -> JSONValue {
        [
            "user": .string(member.user.text), "display_name": .string(member.displayName),
            "role": .string((role ?? member.role).rawValue), "joined_at": AccountJSON.time(member.joined),
            "bot": .bool(member.isBot),
        ]
    }

    /// As moderators see it.
    static func sanction(_ sanction: Sanction) -> JSONValue {
        .object(
            publicMembers(of: sanction) + [
                .init("network", sanction.network.map { .string($0.text) } ?? .null)
            ])
    }

    /// As everybody in the room sees it: where somebody comes from is not theirs to know.
    static func publicMembers(of sanction: Sanction) -> [JSONValue.Member] {
        [
            .init("user", .string(sanction.user.text)), .init("is_guest", .bool(sanction.account == nil)),
            .init("until", time(sanction.until)), .init("reason", .string(sanction.reason)),
            .init("by", .string(sanction.moderator.text)),
            .init("created_at", AccountJSON.time(sanction.created)),
        ]
    }

    static func invitation(_ invitation: Invitation) -> [JSONValue.Member] {
        [
            .init("id", .string(invitation.id.description)), .init("by", .string(invitation.moderator.text)),
            .init("created_at", AccountJSON.time(invitation.created)), .init("expires_at", time(invitation.expires)),
            .init("uses_left", number(invitation.usesLeft)),
        ]
    }

    static func verified(_ network: VerifiedNetwork) -> JSONValue {
        [
            "network": .string(network.network.text), "expires_at": AccountJSON.time(network.until),
            "by": network.moderator.map { .string($0.text) } ?? .null,
        ]
    }

    static func pending(_ address: PendingAddress) -> JSONValue {
        [
            "network": .string(address.network.text), "user": .string(address.user.text),
            "since": AccountJSON.time(address.since),
        ]
    }

    private static func number(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
    private static func time(_ time: Int64?) -> JSONValue { time.map { AccountJSON.time($0) } ?? .null }
}

extension CIDR {
    /// An address where it is one, else the block.
    var text: String { prefixLength == 128 ? base.description : description }
}
