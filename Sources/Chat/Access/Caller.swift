/// Who asks for something, and what they show for it.
public struct Caller: Sendable {
    public var person: Person
    public var proof: Proof

    public init(_ person: Person = .anonymous, proof: Proof = Proof()) {
        self.person = person
        self.proof = proof
    }
}
