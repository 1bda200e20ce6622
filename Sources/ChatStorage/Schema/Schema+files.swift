extension Schema {
    /// - `attachments`: the files of messages. `id` names the sealed file in the folder of files, `name` is a Fernet token
    ///   under the room's key, `place` counts those of one message. What a file is, `kind`, comes from its content.
    /// - `file_usage`: how many files there are and their bytes, of each room, and of all under room 0.
    /// - `removed_files`: files whose rows went in this transaction. Empty between two transactions.
    ///
    /// The triggers keep all of it, whichever way messages go.
    static let files: StaticString = """
        CREATE TABLE attachments (
            id TEXT PRIMARY KEY,
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            place INTEGER NOT NULL,
            person BLOB NOT NULL,
            user TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            size INTEGER NOT NULL,
            width INTEGER,
            height INTEGER,
            is_media INTEGER NOT NULL,
            is_alone INTEGER NOT NULL,
            created INTEGER NOT NULL,
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX attachments_by_room ON attachments (room, sequence, place);
        CREATE TABLE file_usage (room INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, files INTEGER NOT NULL);
        INSERT INTO file_usage (room, bytes, files) VALUES (0, 0, 0);
        CREATE TABLE removed_files (id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TRIGGER attachment_added AFTER INSERT ON attachments BEGIN
            INSERT OR IGNORE INTO file_usage (room, bytes, files) VALUES (NEW.room, 0, 0);
            UPDATE file_usage SET bytes = bytes + NEW.size, files = files + 1 WHERE room IN (0, NEW.room);
            UPDATE messages SET files = files + 1 WHERE room = NEW.room AND sequence = NEW.sequence;
        END;
        CREATE TRIGGER attachment_removed AFTER DELETE ON attachments BEGIN
            UPDATE file_usage SET bytes = bytes - OLD.size, files = files - 1 WHERE room IN (0, OLD.room);
            UPDATE messages SET files = max(files - 1, 0) WHERE room = OLD.room AND sequence = OLD.sequence;
            INSERT OR IGNORE INTO removed_files (id) VALUES (OLD.id);
        END;
        CREATE TRIGGER message_removed AFTER UPDATE OF deleted ON messages WHEN NEW.deleted IS NOT NULL BEGIN
            DELETE FROM attachments WHERE room = NEW.room AND sequence = NEW.sequence;
        END;
        CREATE TRIGGER room_removed AFTER DELETE ON rooms BEGIN
            DELETE FROM file_usage WHERE room = OLD.key;
        END;
        PRAGMA user_version = 9;
        """
}
