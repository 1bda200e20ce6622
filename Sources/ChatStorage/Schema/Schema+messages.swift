extension Schema {
    /// - `messages`: `files` is how many files belong to one.
    /// - `threads`: how many messages there are in a thread beside the first, which it is named by, and when the newest came.
    /// - `accounts`: `receipts` says whether others are told what the account has read.
    /// - `message_rows`: messages as they are read, with the ids of what they belong to.
    static let messages: StaticString = """
        ALTER TABLE messages ADD COLUMN files INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE accounts ADD COLUMN receipts INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX mentions_by_room ON mentions (account, room, sequence);
        CREATE TABLE threads (
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            replies INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (room, sequence),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE VIEW message_rows AS SELECT
            m.id, m.sequence, m.timestamp, m.author, m.token, m.client_id, m.person, m.edited, m.deleted,
            (SELECT r.id FROM messages r WHERE r.room = m.room AND r.sequence = m.reply_to) AS reply_to,
            (SELECT r.id FROM messages r WHERE r.room = m.room AND r.sequence = m.thread) AS thread_id,
            EXISTS (SELECT 1 FROM pins p WHERE p.room = m.room AND p.sequence = m.sequence) AS pinned,
            m.files, t.replies, t.last, m.room, m.thread
        FROM messages m LEFT JOIN threads t ON t.room = m.room AND t.sequence = m.sequence;
        PRAGMA user_version = 6;
        """
}
