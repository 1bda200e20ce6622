extension Schema {
    /// - `profiles`: what a name shows, by what the name looks like; of a guest, with the network that it was made from.
    static let profiles: StaticString = """
        CREATE TABLE profiles (
            look TEXT PRIMARY KEY,
            user TEXT NOT NULL,
            name TEXT NOT NULL,
            avatar TEXT NOT NULL,
            created INTEGER NOT NULL,
            account INTEGER REFERENCES accounts (key) ON DELETE CASCADE,
            network BLOB,
            length INTEGER
        ) WITHOUT ROWID;
        PRAGMA user_version = 7;
        """
}
