/// The bounds of requests. Each is a setting or has this value.
public struct FetchOptions: Sendable {
    /// How long a request may take in all, in milliseconds.
    public var timeout = 10_000
    /// How long to find the host and connect to it may take, in milliseconds.
    public var connectTimeout = 5_000
    /// Bytes of an answer's content.
    public var contentBytes = 65_536
    /// Bytes of an answer's head.
    public var headBytes = 32_768
    /// Bytes of a URL.
    public var urlBytes = 2_048
    /// What calls itself by this in `User-Agent`.
    public var agent = "Parley"

    public init() {}
}
