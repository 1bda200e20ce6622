import Accounts
import Bytes
public import Chat
import EventLoops
import SQLite

extension SQLiteStore {
    public func save(_ profile: Profile, most: Int) async throws(StoreError) -> Profile {
        try await write { (log, _) in try log.save(profile, most: most) }
    }

    public func keepProfiles(of looks: [String], at time: Int64) async throws(StoreError) {
        try await write { (log, _) in
            for look in looks {
                try log.database.run(
                    "UPDATE profiles SET used = ? WHERE look = ? AND account IS NULL", .integer(time), .text(look))
            }
        }
    }

    public func removeProfiles(unusedSince time: Int64, most: Int) async throws(StoreError) -> Bool {
        try await write { (log, _) in
            let removed = try log.database.run(
                """
                DELETE FROM profiles WHERE look IN
                (SELECT look FROM profiles WHERE account IS NULL AND used <= ? LIMIT ?)
                """, .integer(time), .integer(Int64(most)))
            log.profileCount = log.profileCount.map { $0 - removed }
            return removed == most
        }
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
    /// What a guest showed under a name goes when an account is given that.
    func removeProfile(ofGuest look: String) throws {
        let removed = try database.run("DELETE FROM profiles WHERE look = ? AND account IS NULL", .text(look))
        profileCount = profileCount.map { $0 - removed }
    }

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
            INSERT OR REPLACE INTO profiles (look, user, name, avatar, created, account, network, length, used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(profile.look), .text(profile.user.text), .text(profile.displayName), .text(profile.avatar),
            .integer(created), SQLiteValue(profile.account?.rawValue), SQLiteValue(profile.network?.base),
            SQLiteValue(profile.network.map { Int64($0.prefixLength) }), .integer(clock.epochMilliseconds))
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
