import Accounts
import Bytes

// What somebody does with a right over others, for the audit log.

extension Chat {
    /// Throws `tooManyDeeds`, for what is noted stays for ever.
    ///
    /// - Parameter reason: what the caller gives as the reason; empty for none.
    func deed(
        _ action: String, in room: Room, by caller: Caller, _ details: [Deed.Detail] = [], reason: String? = nil
    ) throws(ChatError) -> Deed {
        if caller.means != .console {
            try count(Doer(account: caller.person.account?.key, address: caller.proof.address?.subscriber))
        }
        var details = details
        if caller.person.account == nil, caller.means != .console {
            // Who has no account does it by what opens the room.
            details.append(.init("shown", caller.proof.password == nil ? "token" : "password"))
        }
        return Deed(
            action, target: room.id.text, by: actor(caller), details: details,
            reason: reason.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// What a member does on its connection.
    func deed(_ action: String, by member: Membership, _ details: [Deed.Detail]) throws(ChatError) -> Deed {
        try count(Doer(account: member.account, address: member.address?.subscriber))
        let actor = Deed.Actor(
            account: member.account == nil ? nil : member.person.uuid,
            name: member.account == nil ? member.user.text : nil, from: member.address, by: .socket)
        return Deed(action, target: member.room.id.text, by: actor, details: details)
    }

    /// What a removal of a message is noted with.
    func details(_ message: MessageReference) -> [Deed.Detail] {
        switch message {
        case .id(let id): [.init("message", id.description)]
        case .timestamp(let time): [.init("timestamp", String(time))]
        }
    }

    private func count(_ doer: Doer) throws(ChatError) {
        // An account is counted wherever it is.
        let subject = doer.account == nil ? doer : Doer(account: doer.account, address: nil)
        if let seconds = deeds.begin([(subject, limits.deedsPerMinute)]) { throw .tooManyDeeds(retryAfter: seconds) }
    }

    private func actor(_ caller: Caller) -> Deed.Actor {
        let account = caller.person.account
        return Deed.Actor(
            account: account?.id, name: account == nil ? (try? caller.person.name(limits))?.text : nil,
            from: caller.proof.address, by: caller.means)
    }

    /// The name under which a caller does something to others.
    func moderator(_ caller: Caller) throws(ChatError) -> UserID {
        // One that nobody can have.
        caller.means == .console ? UserID(trusted: "system") : try caller.person.name(limits)
    }
}

/// Whose changes are counted together.
struct Doer: Hashable, Sendable {
    let account: AccountKey?
    let address: IPAddress?
}

extension CIDR {
    /// An address where it is one, else the block.
    var noted: String { prefixLength == 128 ? base.description : description }
}
