public import Accounts

/// Who asks for something, and what they show for it.
public struct Caller: Sendable {
    public var person: Person
    public var proof: Proof
    /// How they ask; noted with what they do to others.
    public var means = Deed.Actor.Means.api

    /// Who works on the server's machine, and may in rooms what an administrator may.
    public static let console: Caller = {
        var caller = Caller()
        caller.means = .console
        return caller
    }()

    public init(_ person: Person = .anonymous, proof: Proof = Proof()) {
        self.person = person
        self.proof = proof
    }
}
