extension Schema {
    /// - `sign_in_links`: `digest` is the SHA-256 of what the link has, which is kept nowhere.
    /// - `network_rules`: who is served and who is not, whatever they ask for; `network` and `length` as in
    ///   `verified_networks`.
    static let administration: StaticString = """
        CREATE TABLE sign_in_links (
            digest BLOB PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts (key) ON DELETE CASCADE,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX sign_in_links_by_account ON sign_in_links (account);
        CREATE TABLE network_rules (
            network BLOB NOT NULL,
            length INTEGER NOT NULL,
            kind TEXT NOT NULL,
            reason TEXT NOT NULL,
            moderator TEXT NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (network, length)
        ) WITHOUT ROWID;
        PRAGMA user_version = 8;
        """
}
