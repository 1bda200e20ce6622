import Accounts
import Bytes

extension Chat {
    /// Lets an address or a network in, for the room's time or for `seconds`.
    ///
    /// - Parameter network: such as `192.0.2.7`, `2001:db8::7` (of which the first 64 bits count) or `192.0.2.0/24`.
    @discardableResult
    public func admit(
        _ network: String, to id: String, seconds: Int64? = nil, for caller: Caller
    ) async throws(ChatError) -> VerifiedNetwork {
        let network = try self.network(network)
        try check(seconds, in: 60...Self.tenYears, .addressLifetime)
        let room = try await authorize(.admit, in: id, for: caller).room
        let deed = try deed("address.admitted", in: room, by: caller, [.init("network", network.noted)])
        return try await admit(network, to: room, seconds: seconds, by: try? moderator(caller), noting: deed)
    }

    /// Takes back that a network is let in, or refuses one that waits.
    public func revoke(_ network: String, in id: String, for caller: Caller) async throws(ChatError) {
        let network = try self.network(network)
        let room = try await authorize(.admit, in: id, for: caller).room
        let deed = try deed("address.revoked", in: room, by: caller, [.init("network", network.noted)])
        do {
            try await environment.store.revoke(network, in: room, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// The networks that a room lets in, and who waits to be let in.
    public func addresses(
        of id: String, for caller: Caller
    ) async throws(ChatError) -> (verified: [VerifiedNetwork], pending: [PendingAddress]) {
        let room = try await authorize(.admit, in: id, for: caller).room
        let now = now
        do {
            let verified = try await environment.store.verifiedNetworks(of: room).filter { $0.until > now }
            return (verified, try await environment.store.pendingAddresses(of: room))
        } catch {
            throw failure(error, of: room)
        }
    }

    /// The room of an id, for who was told by `authorize` that there is one.
    public func room(named id: String) async throws(ChatError) -> Room? {
        try await directory.room(RoomID(id, limits: limits))
    }

    /// Notes that somebody with a good proof waits to be let in, and has those told who can do that.
    public func wait(toEnter room: Room, as caller: Caller) async throws(ChatError) {
        guard let address = caller.proof.address else { return }
        let pending = PendingAddress(CIDR(subscriberOf: address), try caller.person.name(limits), since: now)
        do {
            try await environment.store.noteWaiting(pending, in: room, most: limits.pendingAddresses)
        } catch {
            throw failure(error, of: room)
        }
    }

    func admit(
        _ network: CIDR, to room: Room, seconds: Int64? = nil, by moderator: UserID? = nil, noting deed: Deed? = nil
    ) async throws(ChatError) -> VerifiedNetwork {
        let lifetime = seconds ?? room.info.addressLifetime ?? limits.verifiedAddressLifetime
        let verified = VerifiedNetwork(network, until: now + lifetime * 1000, by: moderator)
        do {
            try await environment.store.verify(verified, in: room, most: limits.verifiedAddresses, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
        return verified
    }

    private func network(_ text: String) throws(ChatError) -> CIDR {
        guard text.utf8.count <= Self.longestNetwork, let network = CIDR(text) else { throw .invalid(.address) }
        return text.utf8.contains(UInt8(ascii: "/")) ? network : CIDR(subscriberOf: network.base)
    }

    /// The length of the longest text of an address: eight groups, of which IPv4 takes the last two (RFC 4291 section 2.2),
    /// and of a prefix.
    private static let longestNetwork = 49
}
