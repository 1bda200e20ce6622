public import Bytes
import Cryptography

extension Chat {
    /// Makes a room. One that exists is left as it is and refused with `roomExists`.
    @discardableResult
    public func createRoom(_ id: String, password: String) async throws(ChatError) -> Room {
        let id = try RoomID(id, limits: limits)
        // Asked before the password is hashed, which is dear; the store asks again.
        guard try await directory.room(id) == nil else { throw .roomExists }
        return try await create(id, passwordHash: try await passwords.hash(password))
    }

    /// Checks a room's password: the right one gives a token and verifies the caller's address.
    ///
    /// A missing room is `roomNotFound` here, as the wire documents it.
    public func verify(
        room id: String, password: String, from address: IPAddress?
    ) async throws(ChatError) -> RoomPass {
        let room = try await authorizeOrNotFound(.verify, in: id, with: Proof(password: password, address: address))
        if let address { try await verify(address, in: room) }
        return RoomPass(
            room: room.id, token: try tokens.roomToken(for: room), lifetime: limits.roomTokenLifetime)
    }

    /// Lets an address in without a password for `verifiedAddressLifetime`.
    public func verifyAddress(_ address: String, in id: String, with proof: Proof) async throws(ChatError) {
        guard address.utf8.count <= Self.longestAddress, let address = IPAddress(address) else {
            throw .invalid(.address)
        }
        try await verify(address, in: try await authorize(.verifyAddress, in: id, with: proof))
    }

    /// Removes all messages of a room.
    public func clear(_ id: String, with proof: Proof) async throws(ChatError) {
        let room = try await authorize(.clear, in: id, with: proof)
        do { try await environment.store.clear(room) } catch { throw ChatError(error) }
    }

    /// Removes a room with its messages and the key that opens them; its members are members no longer.
    public func deleteRoom(_ id: String, with proof: Proof) async throws(ChatError) {
        let room = try await authorize(.delete, in: id, with: proof)
        do { try await environment.store.delete(room) } catch { throw ChatError(error) }
    }

    /// As `authorize`, for the one place where the wire tells a missing room from a wrong password.
    private func authorizeOrNotFound(
        _ action: RoomAction, in id: String, with proof: Proof
    ) async throws(ChatError) -> Room {
        do {
            return try await authorize(action, in: id, with: proof)
        } catch {
            guard case .accessDenied = error else { throw error }
            let isMissing = try await directory.room(RoomID(id, limits: limits)) == nil
            throw isMissing ? .roomNotFound : error
        }
    }

    /// The length of the longest text of an address: eight groups, of which IPv4 takes the last two (RFC 4291 section 2.2).
    private static let longestAddress = 45

    func create(_ id: RoomID, passwordHash: String?) async throws(ChatError) -> Room {
        let key = FernetKey(from: environment.random)
        do {
            let wrapped = try environment.keyring.wrap(key)
            let new = NewRoom(id: id, passwordHash: passwordHash, wrappedKey: wrapped, most: limits.rooms)
            let record = try await environment.store.createRoom(new)
            let fernet = try Fernet(key: key, clock: environment.clock, random: environment.random)
            return directory.add(Room(record, fernet: fernet))
        } catch let error as StoreError {
            throw ChatError(error)
        } catch {
            throw .internalFailure
        }
    }

    private func verify(_ address: IPAddress, in room: Room) async throws(ChatError) {
        let expires = now + limits.verifiedAddressLifetime * 1000
        do {
            try await environment.store.verify(address, in: room, until: expires, most: limits.verifiedAddresses)
        } catch {
            throw ChatError(error)
        }
        let most = limits.verifiedAddresses
        room.state.withLock { $0.noteVerified(address, until: expires, most: most) }
    }
}
