import Accounts

extension Chat {
    /// Changes what a room is; gives what it then is.
    public func configure(
        _ id: String, _ change: RoomChange, for caller: Caller
    ) async throws(ChatError) -> RoomInfo {
        let change = try checked(change)
        let room = try await authorize(.configure, in: id, for: caller).room
        guard !change.isEmpty else { return room.info }
        let deed = try deed("room.configured", in: room, by: caller, change.details)
        do { return try await environment.store.configure(room, change, noting: deed) } catch {
            throw failure(error, of: room)
        }
    }

    /// Puts another password in the place of a room's. Whoever is in stays, and accounts that belong to the room do; tokens
    /// and addresses that the old one gave are good for nothing.
    public func changePassword(of id: String, to password: String, for caller: Caller) async throws(ChatError) {
        let room = try await authorize(.configure, in: id, for: caller).room
        guard room.kind == .password else { throw .accessDenied(.belongsToServer) }
        let hash = try await passwords.hash(password)
        let deed = try deed("room.password_changed", in: room, by: caller)
        do {
            try await environment.store.changePassword(to: hash, of: room, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
    }

    private func checked(_ change: RoomChange) throws(ChatError) -> RoomChange {
        var change = change
        if let name = change.name, !name.isEmpty { change.name = try check(roomName: name) }
        if let topic = change.topic { change.topic = try check(topic: topic) }
        try check(change.slowMode, in: 0...21_600, .slowMode)
        try check(change.addressLifetime ?? nil, in: 60...Self.tenYears, .addressLifetime)
        try check(change.keptMessages ?? nil, in: 1...1_000_000_000, .keptMessages)
        try check(change.keptSeconds ?? nil, in: 60...10 * Self.tenYears, .keptSeconds)
        return change
    }

    func check(
        _ number: Int64?, in range: ClosedRange<Int64>, _ kind: InvalidDuration
    ) throws(ChatError) {
        if let number, !range.contains(number) { throw .invalid(.duration(kind)) }
    }

    /// In seconds.
    static let tenYears: Int64 = 315_360_000
}

extension RoomChange {
    /// What is noted of the change: what people are shown is not.
    fileprivate var details: [Deed.Detail] {
        var details: [Deed.Detail] = []
        if name != nil { details.append(.init("name", "changed")) }
        if topic != nil { details.append(.init("topic", "changed")) }
        if let isArchived { details.append(.init("archived", isArchived ? "true" : "false")) }
        if let slowMode { details.append(.init("slow_mode", String(slowMode))) }
        if let addressRule { details.append(.init("address_rule", addressRule.rawValue)) }
        for (name, value) in [
            ("address_lifetime", addressLifetime), ("kept_messages", keptMessages), ("kept_seconds", keptSeconds),
        ] {
            if let value { details.append(.init(name, value.map { String($0) } ?? "default")) }
        }
        return details
    }
}
