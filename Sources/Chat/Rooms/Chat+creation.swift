public import Accounts
import Bytes
import Cryptography
import EventLoops

extension Chat {
    /// Makes a password room that nobody owns: whoever shows the password manages it. One that exists is left as it is and
    /// refused with `roomExists`.
    @discardableResult
    public func createRoom(_ id: String, password: String) async throws(ChatError) -> Room {
        try await createRoom(id, RoomInfo(kind: .password, management: .password), password: password)
    }

    /// Makes a room that an account owns, or finds the conversation that its people have already.
    public func createRoom(_ draft: RoomDraft, by account: Account) async throws(ChatError) -> Room {
        if draft.kind == .direct { return try await conversation(with: draft.people, for: account) }
        var info = RoomInfo(kind: draft.kind, management: .people)
        info.name = draft.name.isEmpty ? "" : try check(roomName: draft.name)
        info.topic = try check(topic: draft.topic)
        let id = draft.id ?? inventedID(for: info.name)
        return try await createRoom(id, info, password: draft.password ?? "", members: [account.key: .owner])
    }

    private func createRoom(
        _ id: String, _ info: RoomInfo, password: String, members: [AccountKey: RoomRole] = [:]
    ) async throws(ChatError) -> Room {
        let id = try RoomID(id, limits: limits)
        guard !id.text.hasPrefix(Self.conversationPrefix) else { throw .invalid(.reservedRoomID) }
        // Asked before the password is hashed, which is dear; the store asks again.
        guard try await directory.room(id) == nil else { throw .roomExists }
        let hash = info.kind == .password ? try await passwords.hash(password) : nil
        return try await create(id, info, passwordHash: hash, members: members)
    }

    // MARK: Conversations

    /// What the ids of conversations begin with, and of no other room.
    private static let conversationPrefix = "dm-"

    /// The conversation of these people: there is one for each set of them.
    private func conversation(with names: [String], for account: Account) async throws(ChatError) -> Room {
        guard (1...limits.conversationSize).contains(names.count) else {
            throw .invalid(.people(most: limits.conversationSize))
        }
        var people = [account.key: account.id]
        for name in names {
            guard let other = try await environment.account(name), !other.isDisabled else { throw .personNotFound }
            people[other.key] = other.id
        }
        guard people.count > 1 else { throw .invalid(.people(most: limits.conversationSize)) }
        let bytes = people.values.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }.joined()
        let digest = Base64.urlSafe.encode(Array(SHA256.hash(Array(bytes)).prefix(18)), padding: false)
        let id = RoomID(trusted: Self.conversationPrefix + digest)
        if let room = try await directory.room(id) {
            // Who had gone comes back.
            _ = try await enroll(account, in: room)
            return room
        }
        do throws(ChatError) {
            let members = people.mapValues { _ in RoomRole.member }
            return try await create(id, RoomInfo(kind: .direct, management: .people), members: members)
        } catch .roomExists {
            // The other began it at the same moment.
            guard let room = try await directory.room(id) else { throw .roomNotFound }
            return room
        }
    }

    // MARK: Making

    /// The name in a form that is easily typed, and something that makes it unlike all others.
    private func inventedID(for name: String) -> String {
        var slug = ""
        for scalar in name.lowercased().unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                slug.unicodeScalars.append(scalar)
            } else if !slug.isEmpty, slug.last != "-" {
                slug.append("-")
            }
        }
        let stem = slug.prefix(40)
        return (stem.isEmpty ? "room" : stem) + "-" + Hex.encode(environment.random.bytes(4))
    }

    func create(
        _ id: RoomID, _ info: RoomInfo, passwordHash: String? = nil, members: [AccountKey: RoomRole] = [:]
    ) async throws(ChatError) -> Room {
        let key = FernetKey(from: environment.random)
        do {
            let wrapped = try environment.keyring.wrap(key)
            let new = NewRoom(
                id: id, info: info, passwordHash: passwordHash, wrappedKey: wrapped, members: members,
                most: limits.rooms)
            let record = try await environment.store.createRoom(new)
            let fernet = try Fernet(key: key, clock: environment.clock, random: environment.random)
            let room = directory.add(Room(record, fernet: fernet, dataKey: key))
            environment.created(room)
            return room
        } catch let error as StoreError {
            throw ChatError(error)
        } catch {
            throw .internalFailure
        }
    }

    // MARK: Checks

    func check(roomName text: String) throws(ChatError) -> String {
        guard let name = Normalization.identifier(text, longest: limits.roomNameLength) else {
            throw .invalid(.roomName(longest: limits.roomNameLength))
        }
        return name
    }

    /// Empty, or one visible line.
    func check(topic text: String) throws(ChatError) -> String {
        if text.isEmpty { return "" }
        guard let topic = Normalization.identifier(text, longest: limits.topicLength) else {
            throw .invalid(.topic(longest: limits.topicLength))
        }
        return topic
    }
}
