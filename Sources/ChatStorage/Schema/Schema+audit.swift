extension Schema {
    /// The first version that has the table `audit`.
    static let firstWithAudit: Int64 = 3

    /// - `audit`: what was changed, by whom and why, each row with the hash of itself and of all before it; see `AuditLog`.
    ///   `counters` has the newest sequence under `audit`, so that rows cut off at the end are missed.
    static let audit: StaticString = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            actor BLOB,
            address BLOB,
            action TEXT NOT NULL,
            target TEXT NOT NULL,
            details TEXT NOT NULL,
            reason TEXT,
            hash BLOB NOT NULL
        );
        PRAGMA user_version = 5;
        """
}
