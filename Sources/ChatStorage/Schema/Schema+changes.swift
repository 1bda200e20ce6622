extension Schema {
    /// - `rooms`: `revision` grows by one with each change of a message. It begins with the time at which the room was made,
    ///   so that one that is made again under the same id begins beyond the other.
    /// - `message_changes`: the revision of a message's last change; of those that were never changed there is none.
    static let changes: StaticString = """
        ALTER TABLE rooms ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
        UPDATE rooms SET revision = created_at;
        CREATE TABLE message_changes (
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            PRIMARY KEY (room, sequence),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX message_changes_by_revision ON message_changes (room, revision);
        PRAGMA user_version = 10;
        """
}
