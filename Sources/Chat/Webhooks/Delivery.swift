public import Bytes

/// One thing that an outgoing webhook is told, or was.
public struct Delivery: Sendable, Equatable {
    /// Of the webhook's, in the order in which they are told.
    public let number: Int64
    public let event: WebhookEvent
    /// The message's, where it is about one.
    public let sequence: Int64?
    /// Who did it, where that is told.
    public let user: UserID?
    /// Milliseconds since 1970.
    public let created: Int64
    /// When the next attempt is due.
    public let due: Int64
    public let attempts: Int64
    /// What the last attempt was answered with; `nil` where there was no answer.
    public let status: Int64?
    /// Why the last attempt failed, or why there was none.
    public let error: String?
    /// When it was told, or given up; `nil` for what waits.
    public let ended: Int64?

    public init(
        number: Int64, event: WebhookEvent, sequence: Int64?, user: UserID?, created: Int64, due: Int64,
        attempts: Int64, status: Int64?, error: String?, ended: Int64?
    ) {
        self.number = number
        self.event = event
        self.sequence = sequence
        self.user = user
        self.created = created
        self.due = due
        self.attempts = attempts
        self.status = status
        self.error = error
        self.ended = ended
    }
}

/// What an outgoing webhook is to be told next, as it lies in the store.
public struct StoredDelivery: Sendable {
    public let delivery: Delivery
    public let webhook: StoredOutgoingWebhook
    public let room: RoomID
    /// What it is about, as it is now; `nil` where it is about none, or that is gone.
    public let message: StoredMessage?

    public init(delivery: Delivery, webhook: StoredOutgoingWebhook, room: RoomID, message: StoredMessage?) {
        self.delivery = delivery
        self.webhook = webhook
        self.room = room
        self.message = message
    }
}

/// The same, opened.
public struct PendingDelivery: Sendable {
    public let delivery: Delivery
    public let webhook: UUID
    public let url: String
    /// The key of the signature.
    public let secret: String
    public let room: Room
    public let message: Message?
    /// What the webhook has failed at since it last did not.
    public let failures: Int64

    /// What receivers know a delivery by that comes twice.
    public var id: String { "\(webhook).\(delivery.number)" }

    /// Whether there is nothing to tell any more: what it is about was removed.
    public var isVoid: Bool { delivery.event.hasMessage && (message == nil || message?.marks.deleted != nil) }
}

/// What became of an attempt.
public enum DeliveryOutcome: Sendable, Equatable {
    /// It was answered with this status.
    case told(status: Int64)
    /// There is nothing to tell any more.
    case void
    /// To be tried again at that time.
    case failed(status: Int64?, error: String, retryAt: Int64)
    /// It failed so often that the webhook is told nothing any more.
    case gaveUp(status: Int64?, error: String, reason: String)
}

/// When an attempt that failed is made again: after a time that doubles with each failure up to a bound, a little sooner or
/// later, so that those who failed together do not come back together.
public struct RetrySchedule: Sendable, Equatable {
    /// Milliseconds after the first failure.
    public var first: Int64
    /// The longest wait in milliseconds.
    public var longest: Int64

    public init(first: Int64, longest: Int64) {
        self.first = first
        self.longest = longest
    }

    /// - Parameters:
    ///   - failures: how many there were, this one included.
    ///   - chance: any byte.
    /// - Returns: milliseconds: three quarters to five quarters of the wait.
    public func delay(after failures: Int64, chance: UInt8) -> Int64 {
        let doublings = min(max(failures - 1, 0), 40)
        let (doubled, isTooLong) = first.multipliedReportingOverflow(by: 1 << doublings)
        let wait = isTooLong ? longest : min(doubled, longest)
        return wait - wait / 4 + wait / 2 * Int64(chance) / 255
    }
}
