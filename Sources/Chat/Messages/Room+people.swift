import Bytes

extension Room {
    /// How many names are online.
    public var onlineCount: Int { state.withLock { $0.presence.count } }
}
