/// What somebody who manages a room wants otherwise; `nil` leaves a thing as it is.
public struct RoomChange: Sendable, Equatable {
    public var name: String?
    public var topic: String?
    public var isArchived: Bool?
    public var slowMode: Int64?
    public var addressRule: RoomInfo.AddressRule?
    /// Seconds; `.some(nil)` is the server's default, here and below.
    public var addressLifetime: Int64??
    public var keptMessages: Int64??
    public var keptSeconds: Int64??

    public init() {}

    /// Whether there is nothing to change.
    public var isEmpty: Bool { self == RoomChange() }

    /// The room's information after the change.
    public func applied(to info: RoomInfo) -> RoomInfo {
        var info = info
        if let name { info.name = name }
        if let topic { info.topic = topic }
        if let isArchived { info.isArchived = isArchived }
        if let slowMode { info.slowMode = slowMode }
        if let addressRule { info.addressRule = addressRule }
        if let addressLifetime { info.addressLifetime = addressLifetime }
        if let keptMessages { info.keptMessages = keptMessages }
        if let keptSeconds { info.keptSeconds = keptSeconds }
        return info
    }
}
