import Accounts
import Bytes
import EventLoops
import SQLite

extension MessageLog {
    func createAccount(_ new: NewAccount, _ events: inout [Event]) throws -> Account {
        try removeFormerHandles(at: clock.epochMilliseconds)
        guard try !database.isTaken(new.handle) else { throw AccountStoreError.handleTaken }
        try checkFree(new.email, for: nil)
        let count = try accountCount ?? Int(database.integer("SELECT count(*) FROM accounts WHERE deleted IS NULL"))
        guard count < new.most else { throw AccountStoreError.tooManyAccounts }
        try database.run(
            """
            INSERT INTO accounts (uuid, handle, skeleton, display_name, email, email_key, role, password_hash, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .blob(new.id.bytes), .text(new.handle.text), .text(new.handle.skeleton), .text(new.displayName),
            SQLiteValue(new.email?.text), SQLiteValue(new.email?.key), .text(new.role.rawValue),
            .text(new.passwordHash), .integer(new.created))
        accountCount = count + 1
        try removeProfile(ofGuest: new.handle.skeleton)
        let account = Account(
            key: AccountKey(rawValue: database.lastInsertedID), id: new.id, handle: new.handle,
            displayName: new.displayName, email: new.email, role: new.role, created: new.created)
        events.append(.account(.created(account)))
        return account
    }

    func update(_ key: AccountKey, _ change: AccountChange, _ events: inout [Event]) throws -> Account {
        guard var record = try database.account(key) else { throw AccountStoreError.accountMissing }
        try checkFree(change.email, for: key)
        let former = record.account
        if let wanted = change.handle { try rename(former, wanted) }
        record.apply(change)
        let account = record.account
        if former.administers, !account.administers { try checkOthersAdminister(than: key) }
        try database.run(
            """
            UPDATE accounts SET handle = ?, skeleton = ?, display_name = ?, email = ?, email_key = ?, role = ?,
                disabled = ?, password_hash = ?
            WHERE key = ?
            """,
            .text(account.handle.text), .text(account.handle.skeleton), .text(account.displayName),
            SQLiteValue(account.email?.text), SQLiteValue(account.email?.key),
            .text(account.role.rawValue), .integer(account.isDisabled ? 1 : 0), .text(record.passwordHash),
            .integer(key.rawValue))
        events.append(.account(.changed(account)))
        if account.role != former.role { events.append(.account(.roleChanged(account))) }
        if account.handle.text != former.handle.text { events.append(.account(.renamed(account))) }
        guard account.isDisabled || change.endsSessions else { return account }
        try removeLinks(of: key)
        try shutTokens(of: key, &events)
        // Nobody is to go on acting by what they have made.
        if !former.isDisabled {
            for bot in try bots(by: key) where try database.account(bot) != nil {
                _ = try update(bot, AccountChange(isDisabled: true), &events)
            }
        }
        try end(try database.sessions(of: key), of: key, &events)
        return account
    }

    /// Keeps the handle, so that nobody speaks in the name of who is gone, and nothing else.
    func delete(_ key: AccountKey, _ events: inout [Event]) throws {
        guard let account = try database.account(key)?.account else { throw AccountStoreError.accountMissing }
        if account.administers { try checkOthersAdminister(than: key) }
        try database.run(
            """
            UPDATE accounts SET deleted = ?, display_name = '', email = NULL, email_key = NULL, password_hash = ''
            WHERE key = ? AND deleted IS NULL
            """, .integer(clock.epochMilliseconds), .integer(key.rawValue))
        accountCount = accountCount.map { $0 - 1 }
        try database.run("DELETE FROM profiles WHERE account = ?", .integer(key.rawValue))
        try database.run("DELETE FROM room_members WHERE account = ?", .integer(key.rawValue))
        try database.run("DELETE FROM mentions WHERE account = ?", .integer(key.rawValue))
        try database.run("DELETE FROM reads WHERE person = ?", .blob(account.id.bytes))
        try removeLinks(of: key)
        try end(try database.sessions(of: key), of: key, &events)
        try endTokens(of: key, &events)
        for bot in try bots(by: key) where try database.account(bot) != nil { try delete(bot, &events) }
        try database.run("DELETE FROM bots WHERE account = ?", .integer(key.rawValue))
        events.append(.account(.deleted(key)))
    }

    private func checkOthersAdminister(than key: AccountKey) throws {
        let other = try database.first(
            """
            SELECT 1 FROM accounts WHERE role = 'administrator' AND disabled = 0 AND deleted IS NULL AND key <> ?
            LIMIT 1
            """, .integer(key.rawValue)
        ) { _ in true }
        guard other != nil else { throw AccountStoreError.lastAdministrator }
    }

    private func checkFree(_ email: EmailAddress?, for key: AccountKey?) throws {
        guard let email, let owner = try database.account(email), owner.account.key != key else { return }
        throw AccountStoreError.emailTaken
    }
}

extension Account {
    fileprivate var administers: Bool { role == .administrator && !isDisabled }
}
