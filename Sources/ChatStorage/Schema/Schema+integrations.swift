extension Schema {
    /// - `api_tokens`: `digest` is the SHA-256 of the secret, which is kept nowhere; `scopes` are names with spaces between.
    /// - `bots`: the accounts of programs, and who made them.
    /// - `incoming_webhooks`: `digest` likewise.
    /// - `outgoing_webhooks`: `url` and `secret` are Fernet tokens under the room's key; `events` a set of bits; `failures`
    ///   counts those since the last success.
    /// - `deliveries`: what an outgoing webhook is told, by numbers that grow. No text: `sequence` is the message's, and the
    ///   rest is told from the log when it is sent. `ended` is NULL for what still waits, at `due` for its next attempt.
    static let integrations: StaticString = """
        CREATE TABLE api_tokens (
            id BLOB PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts (key) ON DELETE CASCADE,
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            digest BLOB NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            last_used INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX api_tokens_by_account ON api_tokens (account, created);
        CREATE INDEX api_tokens_by_end ON api_tokens (expires) WHERE expires IS NOT NULL;
        CREATE TABLE bots (
            account INTEGER PRIMARY KEY REFERENCES accounts (key) ON DELETE CASCADE,
            maker INTEGER NOT NULL
        );
        CREATE INDEX bots_by_maker ON bots (maker);
        CREATE TABLE incoming_webhooks (
            id BLOB PRIMARY KEY,
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            name TEXT NOT NULL,
            digest BLOB NOT NULL,
            moderator TEXT NOT NULL,
            created INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX incoming_webhooks_by_room ON incoming_webhooks (room, created);
        CREATE TABLE outgoing_webhooks (
            id BLOB PRIMARY KEY,
            room INTEGER NOT NULL REFERENCES rooms (key) ON DELETE CASCADE,
            name TEXT NOT NULL,
            url TEXT NOT NULL,
            secret TEXT NOT NULL,
            events INTEGER NOT NULL,
            moderator TEXT NOT NULL,
            created INTEGER NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            last_delivery INTEGER NOT NULL DEFAULT 0,
            disabled TEXT
        ) WITHOUT ROWID;
        CREATE INDEX outgoing_webhooks_by_room ON outgoing_webhooks (room, created);
        CREATE TABLE deliveries (
            webhook BLOB NOT NULL REFERENCES outgoing_webhooks (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            event INTEGER NOT NULL,
            sequence INTEGER,
            user TEXT,
            created INTEGER NOT NULL,
            due INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            status INTEGER,
            error TEXT,
            ended INTEGER,
            PRIMARY KEY (webhook, number)
        ) WITHOUT ROWID;
        CREATE INDEX deliveries_waiting ON deliveries (webhook, number) WHERE ended IS NULL;
        PRAGMA user_version = 12;
        """
}
