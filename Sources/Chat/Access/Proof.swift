public import Bytes

/// What a caller shows to be let into a room. Any one of them is enough, but a password that is shown must be right.
public struct Proof: Sendable {
    public var password: String?
    /// A room token.
    public var token: String?
    /// Where the call comes from; `nil` where there is no address, as on a unix socket.
    public var address: IPAddress?
    /// A ticket for a room's files; asked for where they are read, and nowhere else.
    public var fileTicket: String?

    public init(password: String? = nil, token: String? = nil, address: IPAddress? = nil) {
        self.password = password
        self.token = token
        self.address = address
    }
}
