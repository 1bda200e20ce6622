import SQLite

/// The tables of the chat.
enum Schema {
    static let migrations = Migrations(steps)

    static let steps = [
        Migrations.Step(version: 1, script: first), Migrations.Step(version: 2, script: accounts),
        Migrations.Step(version: 3, script: rooms), Migrations.Step(version: 4, script: reactionKinds),
        Migrations.Step(version: 5, script: audit), Migrations.Step(version: 6, script: messages),
        Migrations.Step(version: 7, script: profiles), Migrations.Step(version: 8, script: administration),
        Migrations.Step(version: 9, script: files), Migrations.Step(version: 10, script: changes),
        Migrations.Step(version: 11, script: uploads), Migrations.Step(version: 12, script: integrations),
        Migrations.Step(version: 13, script: names),
    ]

    /// - `counters`: `message_id` is an id that no message was given, nor any after it, before this process began.
    /// - `key_checks`: a token under each master key that ever wrote here.
    /// - `rooms`: `floor_…` are the last sequence and timestamp of messages that were cleared.
    /// - `messages`: in the order of their room, so that pages, appending and pruning touch neighbours. `token` is a
    ///   Fernet token under the room's key, which `wrapped_key` holds as a Fernet token under a master key.
    /// - `reactions`: `kind` and `place` keep the order in which they were given.
    /// - Times are milliseconds since 1970; addresses are the 16 bytes of IPv6.
    private static let first: StaticString = """
        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE key_checks (token TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE rooms (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            password_hash TEXT,
            wrapped_key TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            floor_sequence INTEGER NOT NULL DEFAULT 0,
            floor_timestamp INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE messages (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            id INTEGER NOT NULL,
            timestamp INTEGER NOT NULL,
            author TEXT NOT NULL,
            token TEXT NOT NULL,
            client_id TEXT,
            PRIMARY KEY (room, sequence)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX messages_by_client_id ON messages (room, author, client_id) WHERE client_id IS NOT NULL;
        CREATE TABLE reactions (
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            place INTEGER NOT NULL,
            reaction TEXT NOT NULL,
            user TEXT NOT NULL,
            PRIMARY KEY (room, sequence, kind, place),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE TABLE verified_addresses (
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            address BLOB NOT NULL,
            expires INTEGER NOT NULL,
            PRIMARY KEY (room, address)
        ) WITHOUT ROWID;
        PRAGMA user_version = 1;
        """

    /// - `accounts`: `skeleton` is what no other handle may look like, of deleted accounts too; `email_key` the address
    ///   in lower case. A deleted account keeps its number, its id and its handle, and nothing else.
    /// - `sessions`: `generation` is the number of the one refresh token that is good.
    private static let accounts: StaticString = """
        CREATE TABLE accounts (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            uuid BLOB NOT NULL UNIQUE,
            handle TEXT NOT NULL,
            skeleton TEXT NOT NULL UNIQUE,
            display_name TEXT NOT NULL,
            email TEXT,
            email_key TEXT UNIQUE,
            role TEXT NOT NULL,
            disabled INTEGER NOT NULL DEFAULT 0,
            password_hash TEXT NOT NULL,
            created INTEGER NOT NULL,
            deleted INTEGER
        );
        CREATE TABLE sessions (
            id BLOB PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts (key) ON DELETE CASCADE,
            family TEXT NOT NULL,
            device TEXT NOT NULL,
            address BLOB,
            created INTEGER NOT NULL,
            last_used INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            generation INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX sessions_by_account ON sessions (account, last_used);
        CREATE INDEX sessions_by_end ON sessions (expires);
        PRAGMA user_version = 2;
        """
}
