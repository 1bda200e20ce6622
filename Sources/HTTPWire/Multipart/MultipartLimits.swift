/// How much of one form is accepted. Every size is in bytes.
public struct MultipartLimits: Sendable, Equatable {
    /// How many parts. Default 32.
    public var parts = 32
    /// The field lines of one part with their line ends. Default 4 KiB.
    public var partHeader = 4 << 10
    /// The name of a part. Default 128.
    public var name = 128
    /// The name of a file. Default 1,024.
    public var fileName = 1024

    /// The defaults.
    public init() {}
}
