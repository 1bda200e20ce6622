import Accounts
import Bytes
import SQLite

extension Database {
    func account(_ handle: Handle) throws(SQLiteError) -> AccountRecord? {
        try first(
            """
            SELECT key, uuid, handle, display_name, email, role, disabled, created, password_hash FROM accounts
            WHERE skeleton = ? AND deleted IS NULL
            """, .text(handle.skeleton)
        ) { $0.account } ?? nil
    }

    func account(_ email: EmailAddress) throws(SQLiteError) -> AccountRecord? {
        try first(
            """
            SELECT key, uuid, handle, display_name, email, role, disabled, created, password_hash FROM accounts
            WHERE email_key = ? AND deleted IS NULL
            """, .text(email.key)
        ) { $0.account } ?? nil
    }

    func account(_ key: AccountKey) throws(SQLiteError) -> AccountRecord? {
        try first(
            """
            SELECT key, uuid, handle, display_name, email, role, disabled, created, password_hash FROM accounts
            WHERE key = ? AND deleted IS NULL
            """, .integer(key.rawValue)
        ) { $0.account } ?? nil
    }

    func isTaken(_ handle: Handle) throws(SQLiteError) -> Bool {
        try first(
            """
            SELECT 1 FROM accounts WHERE skeleton = ?1 UNION ALL SELECT 1 FROM former_handles WHERE skeleton = ?1
            """, .text(handle.skeleton)
        ) { _ in true } ?? false
    }

    func accounts(_ query: AccountQuery) throws(SQLiteError) -> [Account] {
        try rows(
            """
            SELECT key, uuid, handle, display_name, email, role, disabled, created, password_hash FROM accounts
            WHERE deleted IS NULL AND skeleton > ?1
                AND (?2 = '' OR instr(skeleton, ?3) > 0 OR instr(lower(display_name), ?2) > 0
                    OR instr(email_key, ?2) > 0)
                AND (?4 IS NULL OR role = ?4) AND (?5 IS NULL OR disabled = ?5)
            ORDER BY skeleton LIMIT ?6
            """, .text(query.after?.skeleton ?? ""), .text(query.text.lowercased()),
            .text(Lookalikes.skeleton(of: query.text)), SQLiteValue(query.role?.rawValue),
            query.isDisabled.map { .integer($0 ? 1 : 0) } ?? .null, .integer(Int64(query.limit))
        ) { $0.account?.account }.compactMap { $0 }
    }

    func hasAccount(with role: Role) throws(SQLiteError) -> Bool {
        try first(
            "SELECT 1 FROM accounts WHERE role = ? AND deleted IS NULL AND disabled = 0 LIMIT 1", .text(role.rawValue)
        ) { _ in true } ?? false
    }

    // MARK: Sessions

    func session(_ id: UUID) throws(SQLiteError) -> SessionRecord? {
        let session =
            try first(
                """
                SELECT id, account, family, device, address, created, last_used, expires, generation FROM sessions
                WHERE id = ?
                """, .blob(id.bytes)
            ) { $0.session } ?? nil
        guard let session, let account = try account(session.account)?.account else { return nil }
        return SessionRecord(session: session, account: account)
    }

    /// The sessions of an account, the one used last first.
    func sessions(of key: AccountKey) throws(SQLiteError) -> [Session] {
        try rows(
            """
            SELECT id, account, family, device, address, created, last_used, expires, generation FROM sessions
            WHERE account = ? ORDER BY last_used DESC, created DESC
            """, .integer(key.rawValue)
        ) { $0.session }.compactMap { $0 }
    }
}

extension Row {
    /// Of columns key, uuid, handle, display_name, email, role, disabled, created, password_hash; `nil` where the row is
    /// none that this program writes.
    fileprivate var account: AccountRecord? {
        guard let id = UUID(bytes: blob(1)), let role = Role(rawValue: text(5)) else { return nil }
        let account = Account(
            key: AccountKey(rawValue: integer(0)), id: id, handle: Handle(trusted: text(2)), displayName: text(3),
            email: optionalText(4).map { EmailAddress(trusted: $0) }, role: role, isDisabled: integer(6) != 0,
            created: integer(7))
        return AccountRecord(account: account, passwordHash: text(8))
    }

    /// Of columns id, account, family, device, address, created, last_used, expires, generation.
    fileprivate var session: Session? {
        guard let id = UUID(bytes: blob(0)) else { return nil }
        return Session(
            id: id, account: AccountKey(rawValue: integer(1)), family: text(2), device: text(3),
            address: isNull(4) ? nil : IPAddress(stored: blob(4)), created: integer(5), lastUsed: integer(6),
            expires: integer(7), generation: integer(8))
    }
}
