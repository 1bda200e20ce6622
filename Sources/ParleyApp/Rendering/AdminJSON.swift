import Accounts
import Bytes
import Chat
import ChatStorage
import JSON
import Metrics
import Settings

/// How administrators are shown accounts, rooms and the server.
enum AdminJSON {
    static func account(_ account: Account, _ more: [JSONValue.Member] = []) -> JSONValue {
        guard case .object(let members) = AccountJSON.profile(account) else { return .null }
        return .object(members + [.init("disabled", .bool(account.isDisabled))] + more)
    }

    static func link(_ link: SignInLink) -> JSONValue {
        ["token": .string(link.token), "expires_at": AccountJSON.time(link.expires)]
    }

    static func room(_ room: RoomReport) -> JSONValue {
        guard case .object(let members) = RoomJSON.info(room.info, of: room.id) else { return .null }
        return .object(
            members + [
                .init("owner", room.owner.map { .string($0) } ?? .null), .init("members", JSONValue(room.members)),
                .init("messages", .integer(room.messages)), .init("last_sequence", .integer(room.lastSequence)),
                .init("estimated_bytes", .integer(room.estimatedBytes)),
                .init("created_at", AccountJSON.time(room.created)),
            ])
    }

    static func address(_ address: AddressReport) -> JSONValue {
        [
            "room": .string(address.room.text), "network": .string(address.network.text),
            "waiting": .bool(address.until == nil), "user": address.user.map { .string($0) } ?? .null,
            "since": address.since.map { AccountJSON.time($0) } ?? .null,
            "expires_at": address.until.map { AccountJSON.time($0) } ?? .null,
        ]
    }

    // MARK: Networks

    static func rule(_ rule: NetworkRule) -> JSONValue {
        [
            "network": .string(rule.network.text), "kind": .string(rule.kind.rawValue), "reason": .string(rule.reason),
            "by": .string(rule.moderator), "created_at": AccountJSON.time(rule.created), "source": "administrator",
        ]
    }

    static func fixedRule(_ kind: NetworkRule.Kind, _ network: CIDR) -> JSONValue {
        [
            "network": .string(network.text), "kind": .string(kind.rawValue), "reason": "", "by": .null,
            "created_at": .null, "source": "setting",
        ]
    }

    // MARK: The server

    static func setting(_ setting: ListedSetting) -> JSONValue {
        [
            "group": .string(setting.group), "name": .string(setting.name),
            "value": setting.value.map { .string($0) } ?? .null, "source": .string(setting.source),
            "secret": .bool(setting.isSecret), "documentation": .string(setting.documentation),
        ]
    }

    static func reading(_ reading: MetricReading) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(reading.name)), .init("kind", .string(reading.kind.rawValue)),
        ]
        if let spread = reading.spread {
            members += [
                .init("count", JSONValue(spread.count)), .init("sum", .double(spread.sum)),
                .init("p50", number(spread.median)), .init("p95", number(spread.p95)),
                .init("p99", number(spread.p99)),
            ]
        } else {
            members.append(.init("values", .array(reading.values.map(value))))
        }
        return .object(members)
    }

    private static func value(_ value: MetricReading.Value) -> JSONValue {
        let labels = value.labels.map { JSONValue.Member($0.name, .string($0.value)) }
        return ["labels": .object(labels), "value": .double(value.value)]
    }

    static func number(_ number: Double?) -> JSONValue { number.map { .double($0) } ?? .null }

    static func record(_ record: AuditRecord) -> JSONValue {
        [
            "sequence": .integer(record.sequence), "time": AccountJSON.time(record.time),
            "actor": record.entry.actor.map { .string($0.description) } ?? .null,
            "address": record.entry.address.map { .string($0.description) } ?? .null,
            "action": .string(record.entry.action), "target": .string(record.entry.target),
            "details": .object(record.entry.details), "reason": record.entry.reason.map { .string($0) } ?? .null,
            "hash": .string(Hex.encode(record.hash)),
        ]
    }
}
