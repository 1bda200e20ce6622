public import Bytes

/// Who somebody is, beyond a name that others may bear later: an account's id, or what a guest token stands for.
public struct PersonID: Hashable, Sendable {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }
}

extension PersonID: CustomStringConvertible {
    public var description: String { uuid.description }
}
