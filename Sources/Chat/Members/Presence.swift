import Accounts

/// Who is in a room, by which connections and under which claim to the name, and who is writing.
struct Presence {
    /// One name that is online.
    private struct Entry {
        /// Who has the name while it is online.
        var claim: PersonID
        /// By what the caller calls them.
        var connections: [String: Connection]
        /// At how many of them those that were dropped are looked for: not for each join of a name that has many.
        var sweptAt = 0
        /// Whether the person is there and not to be seen.
        var isHidden = false
    }

    /// Weak, for a membership holds its room.
    private struct Connection {
        weak var member: Membership?
    }

    private var entries: [UserID: Entry] = [:]
    /// The names that are online by what they look like.
    private var looks: [String: UserID] = [:]
    /// Who is writing, and the number of those who began before.
    private var writers: [UserID: UInt64] = [:]
    private var writersSoFar: UInt64 = 0
    private(set) var connectionCount = 0
    private var hiddenCount = 0

    /// How many names are online, without those that are not to be seen.
    var count: Int { entries.count - hiddenCount }

    /// The names that are online, in order, without those that are not to be seen; `limit` of them at most.
    func names(limit: Int) -> [UserID] {
        guard hiddenCount > 0 else {
            return entries.count <= limit ? entries.keys.sorted() : entries.keys.prefix(limit).sorted()
        }
        return entries.lazy.filter { !$0.value.isHidden }.prefix(limit).map(\.key).sorted()
    }

    /// Whether a name is to be seen from now on, where it is that person's; `false` where nothing changed.
    mutating func setHidden(_ isHidden: Bool, _ user: UserID, of person: PersonID) -> Bool {
        guard let entry = entries[user], entry.claim == person, entry.isHidden != isHidden else { return false }
        entries[user]?.isHidden = isHidden
        hiddenCount += isHidden ? 1 : -1
        return true
    }

    /// The names that are writing, in the order in which they began; `limit` of them at most.
    func typing(limit: Int) -> [UserID] {
        let listed = writers.count <= limit ? Array(writers) : Array(writers.prefix(limit))
        return listed.sorted { $0.value < $1.value }.map(\.key)
    }

    func isTyping(_ user: UserID) -> Bool { writers[user] != nil }

    /// Whether somebody may use a name.
    enum Admission {
        /// The name is free, or online under the claim that was shown.
        case admitted
        /// This connection has the name already.
        case present(Membership)
        /// Somebody else has it.
        case taken
    }

    mutating func admission(of user: UserID, claim: PersonID?, connection: String?) -> Admission {
        sweep(user)
        guard let entry = entries[user] else { return isMistakable(user) ? .taken : .admitted }
        if let connection, let member = entry.connections[connection]?.member { return .present(member) }
        return entry.claim == claim ? .admitted : .taken
    }

    /// Whether a name is online that a reader would take for this one.
    private mutating func isMistakable(_ user: UserID) -> Bool {
        let look = Lookalikes.skeleton(of: user.text)
        if let other = looks[look] { sweep(other) }
        return looks[look] != nil
    }

    /// Forgets connections that were dropped without having left: all of them where the name has few, or twice as many as
    /// after the last time, or no other.
    private mutating func sweep(_ user: UserID) {
        guard let entry = entries[user] else { return }
        let isDue = entry.connections.count >= entry.sweptAt
        guard isDue || !entry.connections.contains(where: { $0.value.member != nil }) else { return }
        let live = entry.connections.filter { $0.value.member != nil }
        connectionCount -= entry.connections.count - live.count
        if live.isEmpty { return end(user) }
        if live.count < entry.connections.count { entries[user]?.connections = live }
        entries[user]?.sweptAt = live.count > Self.few ? 2 * live.count : 0
    }

    private static let few = 16

    private mutating func end(_ user: UserID) {
        if entries[user]?.isHidden == true { hiddenCount -= 1 }
        entries[user] = nil
        writers[user] = nil
        looks[Lookalikes.skeleton(of: user.text)] = nil
    }

    /// Adds the connection; `true` where the name was not online before.
    mutating func insert(_ member: Membership) -> Bool {
        let connection = Connection(member: member)
        if entries[member.user] != nil {
            entries[member.user]?.claim = member.person
            let replaced = entries[member.user]?.connections.updateValue(connection, forKey: member.connection)
            if replaced == nil { connectionCount += 1 }
            return false
        }
        connectionCount += 1
        entries[member.user] = Entry(claim: member.person, connections: [member.connection: connection])
        looks[Lookalikes.skeleton(of: member.user.text)] = member.user
        return true
    }

    /// Removes the connection. `nil` where it was not here; `true` where the name is online no longer.
    mutating func remove(_ member: Membership) -> Bool? {
        guard entries[member.user]?.connections[member.connection]?.member === member else { return nil }
        connectionCount -= 1
        entries[member.user]?.connections[member.connection] = nil
        guard entries[member.user]?.connections.isEmpty == true else { return false }
        end(member.user)
        return true
    }

    /// The connections that are in the room under a name.
    func members(named user: UserID) -> [Membership] { entries[user]?.connections.values.compactMap(\.member) ?? [] }

    /// The connections that are in the room under a name that looks so.
    func members(look: String) -> [Membership] { looks[look].map { members(named: $0) } ?? [] }

    /// The connections whose members satisfy a condition.
    func members(where condition: (Membership) -> Bool) -> [Membership] {
        entries.values.flatMap { $0.connections.values.compactMap(\.member).filter(condition) }
    }

    /// `false` where nothing changed.
    mutating func setTyping(_ isTyping: Bool, _ user: UserID) -> Bool {
        guard self.isTyping(user) != isTyping else { return false }
        writers[user] = isTyping ? writersSoFar : nil
        writersSoFar += 1
        return true
    }
}
