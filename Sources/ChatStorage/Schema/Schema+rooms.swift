extension Schema {
    /// - `rooms`: `management` says who may do what members may not, and `epoch` is what tokens that open the room carry.
    ///   Lengths of time are in seconds.
    /// - `room_members`: accounts that belong to a room. `read` is the sequence of the last message that they have seen.
    /// - `sanctions`: `look` is what the name that a ban or mute is about looks like.
    /// - `verified_networks`: `network` is the first address, `length` the number of its bits that count, of 128;
    ///   `moderator` is nobody where the password was shown from there. In place of `verified_addresses`.
    /// - `pending_addresses`: who waits to be let in.
    /// - `invitations`: `digest` is the SHA-256 of the invitation, which is kept nowhere.
    /// - `reads`: how far somebody has read, by account or guest.
    /// - `messages`: `person` is the account or guest that wrote it; `reply_to` and `thread` are sequences; a deleted
    ///   message keeps its place, and its `token` is empty.
    /// - `edits`: what a message said before each change, as tokens.
    /// - `mentions`: the messages that name an account.
    static let rooms: StaticString = """
        ALTER TABLE rooms ADD COLUMN kind TEXT NOT NULL DEFAULT 'password';
        ALTER TABLE rooms ADD COLUMN management TEXT NOT NULL DEFAULT 'password';
        ALTER TABLE rooms ADD COLUMN name TEXT NOT NULL DEFAULT '';
        ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
        ALTER TABLE rooms ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE rooms ADD COLUMN slow_mode INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE rooms ADD COLUMN address_rule TEXT NOT NULL DEFAULT 'trust';
        ALTER TABLE rooms ADD COLUMN address_lifetime INTEGER;
        ALTER TABLE rooms ADD COLUMN kept_messages INTEGER;
        ALTER TABLE rooms ADD COLUMN kept_seconds INTEGER;
        ALTER TABLE rooms ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
        UPDATE rooms SET kind = 'public', management = 'server' WHERE id = 'lobby';
        CREATE INDEX rooms_by_kind ON rooms (kind, id);
        CREATE TABLE room_members (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            account INTEGER NOT NULL REFERENCES accounts (key) ON DELETE CASCADE,
            role TEXT NOT NULL,
            joined INTEGER NOT NULL,
            PRIMARY KEY (room, account)
        ) WITHOUT ROWID;
        CREATE INDEX room_members_by_account ON room_members (account, room);
        CREATE TABLE sanctions (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            look TEXT NOT NULL,
            user TEXT NOT NULL,
            account INTEGER REFERENCES accounts (key) ON DELETE CASCADE,
            network BLOB,
            length INTEGER,
            until INTEGER,
            reason TEXT NOT NULL,
            moderator TEXT NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (room, kind, look)
        ) WITHOUT ROWID;
        CREATE TABLE verified_networks (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            network BLOB NOT NULL,
            length INTEGER NOT NULL,
            until INTEGER NOT NULL,
            moderator TEXT,
            PRIMARY KEY (room, network, length)
        ) WITHOUT ROWID;
        INSERT OR REPLACE INTO verified_networks (room, network, length, until)
            SELECT room,
                CASE WHEN substr(hex(address), 1, 24) = '00000000000000000000FFFF' THEN address
                    ELSE CAST(substr(address, 1, 8) || zeroblob(8) AS BLOB) END,
                CASE WHEN substr(hex(address), 1, 24) = '00000000000000000000FFFF' THEN 128 ELSE 64 END,
                max(expires)
            FROM verified_addresses GROUP BY 1, 2, 3;
        DROP TABLE verified_addresses;
        CREATE TABLE pending_addresses (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            network BLOB NOT NULL,
            length INTEGER NOT NULL,
            user TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (room, network, length)
        ) WITHOUT ROWID;
        CREATE TABLE invitations (
            digest BLOB PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            moderator TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            uses_left INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX invitations_by_room ON invitations (room, created);
        CREATE TABLE reads (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            person BLOB NOT NULL,
            user TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            timestamp INTEGER NOT NULL,
            PRIMARY KEY (room, person)
        ) WITHOUT ROWID;
        ALTER TABLE messages ADD COLUMN person BLOB;
        ALTER TABLE messages ADD COLUMN reply_to INTEGER;
        ALTER TABLE messages ADD COLUMN thread INTEGER;
        ALTER TABLE messages ADD COLUMN edited INTEGER;
        ALTER TABLE messages ADD COLUMN deleted INTEGER;
        CREATE INDEX messages_by_thread ON messages (room, thread, sequence) WHERE thread IS NOT NULL;
        CREATE TABLE edits (
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            edited INTEGER NOT NULL,
            token TEXT NOT NULL,
            PRIMARY KEY (room, sequence, edited),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE TABLE pins (
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            moderator TEXT NOT NULL,
            pinned INTEGER NOT NULL,
            PRIMARY KEY (room, sequence),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE TABLE mentions (
            account INTEGER NOT NULL REFERENCES accounts (key) ON DELETE CASCADE,
            id INTEGER NOT NULL,
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (account, id),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE INDEX mentions_by_message ON mentions (room, sequence);
        PRAGMA user_version = 3;
        """
}
