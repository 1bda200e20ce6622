public import Bytes

/// Somebody who waits to be let in from where they are.
public struct PendingAddress: Sendable, Equatable {
    public let network: CIDR
    public let user: UserID
    /// Milliseconds since 1970.
    public let since: Int64

    public init(_ network: CIDR, _ user: UserID, since: Int64) {
        self.network = network
        self.user = user
        self.since = since
    }
}
