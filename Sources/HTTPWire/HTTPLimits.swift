/// How much of one request is accepted. Every size is in bytes.
public struct HTTPLimits: Sendable, Equatable {
    /// The request line without its line end; beyond it 414. Default 8 KiB.
    public var requestLine = 8 << 10
    /// The field lines with their line ends; beyond it 431. Default 16 KiB.
    public var headerBlock = 16 << 10
    /// How many field lines; beyond it 431. Default 100.
    public var headerCount = 100
    /// The content, whether announced or the sum of its chunks; beyond it 413. Default 1,000,000.
    public var body = 1_000_000
    /// All chunk extensions of one message together; beyond it 400. Default 4 KiB.
    public var chunkExtensions = 4 << 10
    /// The trailer fields with their line ends; beyond it 431. Default 4 KiB.
    public var trailers = 4 << 10

    /// The defaults.
    public init() {}
}
