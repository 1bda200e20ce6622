extension Schema {
    /// - `former_handles`: what accounts were called before, and until when nobody else may be called so.
    /// - `profiles`: `used` is when the profile was saved, or its guest last seen. Those of guests go whose names belong to
    ///   accounts now.
    /// - What accounts that are deleted had read, and where they were named, goes.
    static let names: StaticString = """
        CREATE TABLE former_handles (
            skeleton TEXT PRIMARY KEY,
            handle TEXT NOT NULL,
            account INTEGER NOT NULL REFERENCES accounts (key) ON DELETE CASCADE,
            until INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX former_handles_by_end ON former_handles (until);
        CREATE INDEX former_handles_by_account ON former_handles (account, until);
        ALTER TABLE profiles ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
        UPDATE profiles SET used = CAST(strftime('%s', 'now') AS INTEGER) * 1000;
        DELETE FROM profiles WHERE account IS NULL AND EXISTS (SELECT 1 FROM accounts WHERE skeleton = look);
        CREATE INDEX profiles_by_use ON profiles (used) WHERE account IS NULL;
        CREATE INDEX profiles_by_account ON profiles (account) WHERE account IS NOT NULL;
        CREATE INDEX reads_by_person ON reads (person);
        DELETE FROM reads WHERE person IN (SELECT uuid FROM accounts WHERE deleted IS NOT NULL);
        DELETE FROM mentions WHERE account IN (SELECT key FROM accounts WHERE deleted IS NOT NULL);
        PRAGMA user_version = 13;
        """
}
