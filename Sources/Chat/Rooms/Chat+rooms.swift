public import Accounts
public import Bytes
import Cryptography

extension Chat {
    /// Makes a room. One that exists is left as it is and refused with `roomExists`.
    ///
    /// - Parameter owner: the account that it belongs to; without one, whoever shows the password manages it.
    @discardableResult
    public func createRoom(
        _ id: String, password: String, owner: Account? = nil
    ) async throws(ChatError) -> Room {
        let id = try RoomID(id, limits: limits)
        // Asked before the password is hashed, which is dear; the store asks again.
        guard try await directory.room(id) == nil else { throw .roomExists }
        let info = RoomInfo(kind: .password, management: owner == nil ? .password : .people)
        return try await create(id, info, passwordHash: try await passwords.hash(password), owner: owner)
    }

    /// Checks a room's password: the right one gives a token and verifies the caller's address.
    ///
    /// A missing room is `roomNotFound` here, as the wire documents it.
    public func verify(
        room id: String, password: String, from address: IPAddress?, by person: Person = .anonymous
    ) async throws(ChatError) -> RoomPass {
        let caller = Caller(person, proof: Proof(password: password, address: address))
        let room = try await authorizeOrNotFound(.verify, in: id, for: caller)
        if let address, room.info.addressRule == .trust { try await verify(CIDR(subscriberOf: address), in: room) }
        return RoomPass(
            room: room.id, token: try tokens.roomToken(for: room), lifetime: limits.roomTokenLifetime)
    }

    /// Lets an address in without a password for `verifiedAddressLifetime`.
    public func verifyAddress(_ address: String, in id: String, for caller: Caller) async throws(ChatError) {
        guard address.utf8.count <= Self.longestAddress, let address = IPAddress(address) else {
            throw .invalid(.address)
        }
        let room = try await authorize(.admit, in: id, for: caller).room
        try await verify(CIDR(subscriberOf: address), in: room, by: try? caller.person.name(limits))
    }

    /// Removes all messages of a room.
    public func clear(_ id: String, for caller: Caller) async throws(ChatError) {
        let room = try await authorize(.clear, in: id, for: caller).room
        do { try await environment.store.clear(room) } catch { throw ChatError(error) }
    }

    /// Removes a room with its messages and the key that opens them; its members are members no longer.
    public func deleteRoom(_ id: String, for caller: Caller) async throws(ChatError) {
        let room = try await authorize(.delete, in: id, for: caller).room
        do { try await environment.store.delete(room) } catch { throw ChatError(error) }
    }

    /// As `authorize`, for the one place where the wire tells a missing room from a wrong password.
    private func authorizeOrNotFound(
        _ action: RoomAction, in id: String, for caller: Caller
    ) async throws(ChatError) -> Room {
        do {
            return try await authorize(action, in: id, for: caller).room
        } catch {
            guard case .accessDenied = error else { throw error }
            let isMissing = try await directory.room(RoomID(id, limits: limits)) == nil
            throw isMissing ? .roomNotFound : error
        }
    }

    /// The length of the longest text of an address: eight groups, of which IPv4 takes the last two (RFC 4291 section 2.2).
    private static let longestAddress = 45

    func create(
        _ id: RoomID, _ info: RoomInfo, passwordHash: String? = nil, owner: Account? = nil
    ) async throws(ChatError) -> Room {
        let key = FernetKey(from: environment.random)
        do {
            let wrapped = try environment.keyring.wrap(key)
            var members: [AccountKey: RoomRole] = [:]
            if let owner { members[owner.key] = .owner }
            let new = NewRoom(
                id: id, info: info, passwordHash: passwordHash, wrappedKey: wrapped, members: members,
                most: limits.rooms)
            let record = try await environment.store.createRoom(new)
            let fernet = try Fernet(key: key, clock: environment.clock, random: environment.random)
            return directory.add(Room(record, fernet: fernet))
        } catch let error as StoreError {
            throw ChatError(error)
        } catch {
            throw .internalFailure
        }
    }

    private func verify(
        _ network: CIDR, in room: Room, by moderator: UserID? = nil
    ) async throws(ChatError) {
        let lifetime = room.info.addressLifetime ?? limits.verifiedAddressLifetime
        let until = now + lifetime * 1000
        let most = limits.verifiedAddresses
        do {
            try await environment.store.verify(
                VerifiedNetwork(network, until: until, by: moderator), in: room, most: most)
        } catch {
            throw failure(error, of: room)
        }
        room.state.withLock { $0.verified.note(network, until: until, most: most) }
    }
}
