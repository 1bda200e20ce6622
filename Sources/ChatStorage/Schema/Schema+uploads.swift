extension Schema {
    /// - `uploads`: files that wait for the message they are to belong to; columns as in `attachments`. They count as the
    ///   files of messages do, and one that goes without a message takes its bytes with it.
    static let uploads: StaticString = """
        CREATE TABLE uploads (
            id TEXT PRIMARY KEY,
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            person BLOB NOT NULL,
            user TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            size INTEGER NOT NULL,
            width INTEGER,
            height INTEGER,
            created INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX uploads_by_room ON uploads (room);
        CREATE INDEX uploads_by_person ON uploads (person);
        CREATE INDEX uploads_by_age ON uploads (created);
        CREATE TRIGGER upload_added AFTER INSERT ON uploads BEGIN
            INSERT OR IGNORE INTO file_usage (room, bytes, files) VALUES (NEW.room, 0, 0);
            UPDATE file_usage SET bytes = bytes + NEW.size, files = files + 1 WHERE room IN (0, NEW.room);
        END;
        CREATE TRIGGER upload_removed AFTER DELETE ON uploads BEGIN
            UPDATE file_usage SET bytes = bytes - OLD.size, files = files - 1 WHERE room IN (0, OLD.room);
            INSERT OR IGNORE INTO removed_files (id)
                SELECT OLD.id WHERE NOT EXISTS (SELECT 1 FROM attachments WHERE id = OLD.id);
        END;
        PRAGMA user_version = 11;
        """
}
