import Accounts
import Bytes
public import Chat
import SQLite

extension SQLiteStore {
    public func save(_ profile: Profile, most: Int) async throws(StoreError) -> Profile {
        try await write { (log, _) in try log.save(profile, most: most) }
    }

    public func profiles(of looks: [String]) async throws(StoreError) -> [String: Profile] {
        try await read { database in
            var found: [String: Profile] = [:]
            for look in looks { found[look] = try database.profile(of: look) }
            return found
        }
    }
}

extension MessageLog {
    /// What was there keeps the time at which it was made.
    func save(_ profile: Profile, most: Int) throws -> Profile {
        let former = try database.profile(of: profile.look)
        if let former {
            guard profile.mayReplace(former) else { throw StoreError.nameTaken }
        } else if profile.account == nil {
            let count = try profileCount ?? Int(database.integer("SELECT count(*) FROM profiles WHERE account IS NULL"))
            guard count < most else { throw StoreError.tooManyProfiles }
            profileCount = count + 1
        }
        let created = profile.account == nil ? former?.created ?? profile.created : profile.created
        try database.run(
            """
            INSERT OR REPLACE INTO profiles (look, user, name, avatar, created, account, network, length)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(profile.look), .text(profile.user.text), .text(profile.displayName), .text(profile.avatar),
            .integer(created), SQLiteValue(profile.account?.rawValue), SQLiteValue(profile.network?.base),
            SQLiteValue(profile.network.map { Int64($0.prefixLength) }))
        return Profile(
            profile.user, displayName: profile.displayName, avatar: profile.avatar, created: created,
            account: profile.account, network: profile.network)
    }
}

extension Database {
    func profile(of look: String) throws(SQLiteError) -> Profile? {
        try first(
            "SELECT user, name, avatar, created, account, network, length FROM profiles WHERE look = ?", .text(look)
        ) { row in
            Profile(
                UserID(trusted: row.text(0)), displayName: row.text(1), avatar: row.text(2), created: row.integer(3),
                account: row.optionalInteger(4).map { AccountKey(rawValue: $0) },
                network: row.isNull(5) ? nil : row.network(5))
        }
    }
}
