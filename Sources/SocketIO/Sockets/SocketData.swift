public import JSON

/// What the application keeps with a socket: named JSON values.
///
/// `fetchSockets` shows it, also to other servers, and connection state recovery brings it back. What need not travel
/// is better kept in `Socket.storage`.
public struct SocketData: Sendable, Equatable {
    /// The values in the order in which they were first set.
    public private(set) var members: [JSONValue.Member] = []

    /// No values.
    public init() {}

    init(_ value: JSONValue) { members = value.objectMembers ?? [] }

    /// The value of this name; setting `nil` removes it.
    public subscript(name: String) -> JSONValue? {
        get { members.last { $0.name == name }?.value }
        set {
            guard let newValue else { return members.removeAll { $0.name == name } }
            if let place = members.lastIndex(where: { $0.name == name }) {
                members[place].value = newValue
            } else {
                members.append(JSONValue.Member(name, newValue))
            }
        }
    }

    /// All of it as an object.
    public var json: JSONValue { .object(members) }
}

/// Names one typed value in `Socket.storage`.
///
///     enum UserKey: SocketStorageKey { typealias Value = User }
///     socket.storage[UserKey.self] = user
public protocol SocketStorageKey {
    /// What is kept under the key.
    associatedtype Value: Sendable
}

/// Typed values that live as long as the socket and never leave the process.
public struct SocketStorage: Sendable {
    private var entries: [(key: ObjectIdentifier, value: any Sendable)] = []

    init() {}

    /// The value under this key; setting `nil` removes it.
    public subscript<Key: SocketStorageKey>(key: Key.Type) -> Key.Value? {
        get {
            let wanted = ObjectIdentifier(key)
            for entry in entries where entry.key == wanted { return entry.value as? Key.Value }
            return nil
        }
        set {
            let wanted = ObjectIdentifier(key)
            let place = entries.firstIndex { $0.key == wanted }
            switch (place, newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append((wanted, value))
            case (nil, nil): break
            }
        }
    }
}
