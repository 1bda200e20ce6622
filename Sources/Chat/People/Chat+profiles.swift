import Accounts
import Bytes

extension Chat {
    /// Makes or changes what a name shows. An account's is changed by the account alone, a guest's only from the network
    /// that it was made from.
    @discardableResult
    public func saveProfile(
        of name: String, displayName: String, avatar: String, by caller: Caller
    ) async throws(ChatError) -> Profile {
        let user = try UserID(name, limits: limits)
        guard let displayName = Normalization.identifier(displayName, longest: limits.userIDLength) else {
            throw .invalid(.userID(longest: limits.userIDLength))
        }
        let avatar = try check(avatar: avatar)
        if let account = caller.person.account {
            guard Handle(trusted: user.text) == account.handle else { throw .nameTaken }
            let own = Profile(
                UserID(account.handle), displayName: displayName, avatar: avatar, created: account.created,
                account: account.key)
            return try await save(own)
        }
        guard try await !environment.isReserved(user.text) else { throw .nameReserved }
        // Who is there under the name has it for the time being.
        guard !statuses.isGuest(user) || statuses.guest(user, from: caller.proof.address) != nil else {
            throw .nameTaken
        }
        return try await save(
            Profile(
                user, displayName: displayName, avatar: avatar, created: now,
                network: caller.proof.address.map { CIDR(subscriberOf: $0) }))
    }

    /// What a name shows; `nil` where it is nobody's.
    public func profile(of name: String) async throws(ChatError) -> Profile? {
        let user = try UserID(name, limits: limits)
        let (account, found) = (try await environment.account(user.text), try await profiles(of: [user])[user])
        // What a guest showed before is not an account's.
        if let found, found.account == account?.key { return found }
        return account.map {
            Profile(UserID($0.handle), displayName: $0.displayName, created: $0.created, account: $0.key)
        }
    }

    /// What names show, those that show anything.
    func profiles(of users: [UserID]) async throws(ChatError) -> [UserID: Profile] {
        let looks = users.map { Lookalikes.skeleton(of: $0.text) }
        do {
            let found = try await environment.store.profiles(of: looks)
            var profiles: [UserID: Profile] = [:]
            for (user, look) in zip(users, looks) { profiles[user] = found[look] }
            return profiles
        } catch {
            throw ChatError(error)
        }
    }

    /// Removes profiles of guests who were not there for as long as a guest token is good: nobody can show to be them any
    /// more. To be called now and then.
    public func sweepProfiles() async throws(ChatError) {
        let now = now
        var looks = statuses.looksOfGuests[...]
        do {
            while !looks.isEmpty {
                try await environment.store.keepProfiles(of: Array(looks.prefix(Self.profilesAtOnce)), at: now)
                looks = looks.dropFirst(Self.profilesAtOnce)
            }
            let end = now - limits.guestTokenLifetime * 1000
            while try await environment.store.removeProfiles(unusedSince: end, most: Self.profilesAtOnce) {}
        } catch {
            throw ChatError(error)
        }
    }

    /// How many share a transaction.
    private static let profilesAtOnce = 500

    private func save(_ profile: Profile) async throws(ChatError) -> Profile {
        do {
            return try await environment.store.save(profile, most: limits.profiles)
        } catch {
            throw ChatError(error)
        }
    }

    /// Nothing that a browser would run: of addresses, only those of pictures on the web.
    private func check(avatar: String) throws(ChatError) -> String {
        if avatar.isEmpty { return "" }
        guard let avatar = Normalization.identifier(avatar, longest: limits.avatarLength),
            !avatar.hasPrefix("/"), !avatar.hasPrefix("\\"),
            !avatar.contains(":") || avatar.hasPrefix("https://") || avatar.hasPrefix("http://")
        else { throw .invalid(.avatar(longest: limits.avatarLength)) }
        return avatar
    }
}
