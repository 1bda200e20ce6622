/// How a database is opened.
public struct DatabaseOptions: Sendable, Equatable {
    /// Whether the connection may write.
    public var isReadOnly = false
    /// How long a statement waits for another process that holds the database, in milliseconds.
    public var busyTimeout: Int32 = 5_000
    /// After how many pages of 4 KiB the write-ahead log is brought into the database.
    public var checkpointPages: Int32 = 4_000

    public init(isReadOnly: Bool = false) { self.isReadOnly = isReadOnly }
}
