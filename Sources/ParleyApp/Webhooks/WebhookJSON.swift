import Bytes
import Chat
import JSON

/// How webhooks are shown to those who manage them, and what receivers are told.
enum WebhookJSON {
    static func incoming(_ webhook: IncomingWebhook, secret: String? = nil) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(webhook.id.description)), .init("kind", "incoming"),
            .init("name", .string(webhook.name.text)), .init("by", .string(webhook.moderator.text)),
            .init("created_at", AccountJSON.time(webhook.created)),
        ]
        if let secret {
            members.append(.init("secret", .string(secret)))
            members.append(.init("path", .string("/api/v1/hooks/\(webhook.id)/\(secret)")))
        }
        return .object(members)
    }

    static func outgoing(_ webhook: OutgoingWebhook, secret: String? = nil) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(webhook.id.description)), .init("kind", "outgoing"),
            .init("name", .string(webhook.name)), .init("url", .string(webhook.url)),
            .init("events", .array(webhook.events.map(\.rawValue).sorted().map { .string($0) })),
            .init("by", .string(webhook.moderator.text)), .init("created_at", AccountJSON.time(webhook.created)),
            .init("enabled", .bool(webhook.disabled == nil)), .init("failures", .integer(webhook.failures)),
            .init("disabled_reason", webhook.disabled.map { .string($0) } ?? .null),
        ]
        if let secret { members.append(.init("secret", .string(secret))) }
        return .object(members)
    }

    static func delivery(_ delivery: Delivery, of webhook: String) -> JSONValue {
        let state =
            delivery.ended == nil ? "waiting" : delivery.error == nil ? "told" : "given_up"
        return [
            "id": .string("\(webhook).\(delivery.number)"), "event": .string(delivery.event.rawValue),
            "state": .string(state), "attempts": .integer(delivery.attempts), "status": number(delivery.status),
            "error": delivery.error.map { .string($0) } ?? .null, "created_at": AccountJSON.time(delivery.created),
            "next_attempt_at": delivery.ended == nil ? AccountJSON.time(delivery.due) : .null,
            "ended_at": delivery.ended.map { AccountJSON.time($0) } ?? .null,
        ]
    }

    /// What a receiver is told, made of what is in the room now.
    static func body(_ pending: PendingDelivery) throws -> [UInt8] {
        let delivery = pending.delivery
        var members: [JSONValue.Member] = [
            .init("id", .string(pending.id)), .init("event", .string(delivery.event.rawValue)),
            .init("created_at", AccountJSON.time(delivery.created)), .init("room", .string(pending.room.id.text)),
        ]
        if let user = delivery.user { members.append(.init("user", .string(user.text))) }
        if let sequence = delivery.sequence { members.append(.init("sequence", .integer(sequence))) }
        if let message = pending.message {
            members.append(.init("message_id", .string(MessageJSON.id(of: message.id))))
            if delivery.event.hasMessage {
                let json = MessageJSON(message: message, room: pending.room.id)
                members.append(.init("message", try json.native(isSent: false)))
            }
        }
        return JSONPrinter.text(of: .object(members))
    }

    private static func number(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
}
