/// A room that an account wants to make.
public struct RoomDraft: Sendable {
    /// `nil` for one that is made from the name.
    public var id: String?
    public var kind: RoomInfo.Kind
    public var name = ""
    public var topic = ""
    /// Of a password room.
    public var password: String?
    /// The others in a conversation, by their handles.
    public var people: [String] = []

    public init(id: String? = nil, kind: RoomInfo.Kind) {
        self.id = id
        self.kind = kind
    }
}
