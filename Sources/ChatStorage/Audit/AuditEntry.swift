public import Bytes
public import JSON

/// Something that somebody with a right changed.
public struct AuditEntry: Sendable, Equatable {
    /// The account that did it; `nil` for whoever works on the server's machine.
    public var actor: UUID?
    /// Where the request came from.
    public var address: IPAddress?
    /// What was done, such as `room.deleted`.
    public var action: String
    /// What it was done to: an id.
    public var target: String
    /// Whatever else is worth knowing; never a secret or a message's text.
    public var details: [JSONValue.Member]
    /// What the actor gave as the reason.
    public var reason: String?

    public init(
        _ action: String, target: String, by actor: UUID? = nil, from address: IPAddress? = nil,
        details: [JSONValue.Member] = [], reason: String? = nil
    ) {
        self.actor = actor
        self.address = address
        self.action = action
        self.target = target
        self.details = details
        self.reason = reason
    }
}

/// An entry in its place.
public struct AuditRecord: Sendable, Equatable {
    /// From 1, without gaps.
    public let sequence: Int64
    /// Milliseconds since 1970.
    public let time: Int64
    public let entry: AuditEntry
    /// Of this record and of all before it.
    public let hash: [UInt8]
}

/// The newest record: who has noted it elsewhere can tell later whether records up to it were changed or cut off.
public struct AuditHead: Sendable, Equatable {
    /// 0 where there is no record.
    public let sequence: Int64
    /// In hexadecimal; zeros where there is no record.
    public let hash: String

    public init(sequence: Int64, hash: String) {
        self.sequence = sequence
        self.hash = hash
    }
}
