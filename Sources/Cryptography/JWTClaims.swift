internal import JSON

/// What a token says: its purpose, its end, and whatever else it was given.
public struct JWTClaims: Sendable, Equatable {
    /// One claim beside `typ` and `exp`.
    public struct Claim: Sendable, Equatable {
        /// What it is called.
        public let name: String
        /// What it says.
        public let value: Value

        /// A claim of this name.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// What a claim may be: a text or a whole number.
    public enum Value: Sendable, Equatable {
        /// A text.
        case text(String)
        /// A whole number.
        case integer(Int64)
    }

    /// What the token is for (claim `typ`): a token of one type is never taken for another.
    public var type: String
    /// Seconds since 1970 from which the token is refused (claim `exp`, RFC 7519 section 4.1.4).
    public var expires: Int64
    /// The other claims, each name once.
    public var claims: [Claim]

    /// Claims of a token that is good until `expires`.
    public init(type: String, expires: Int64, claims: [Claim] = []) {
        self.type = type
        self.expires = expires
        self.claims = claims
    }

    /// The claim of that name.
    public subscript(name: String) -> Value? { claims.first { $0.name == name }?.value }

    /// The claim of that name, if it is a text.
    public func text(_ name: String) -> String? {
        if case .text(let text)? = self[name] { text } else { nil }
    }

    /// The claim of that name, if it is a number.
    public func integer(_ name: String) -> Int64? {
        if case .integer(let integer)? = self[name] { integer } else { nil }
    }
}

extension JWTClaims {
    /// Claims of RFC 7519 that this server never writes and so never accepts.
    private static let foreign: Set<String> = ["iss", "aud"]
    /// Claims that are times (RFC 7519 sections 4.1.5 and 4.1.6).
    private static let times: Set<String> = ["nbf", "iat"]

    init(_ value: JSONValue) throws(JWTError) {
        guard case .object(let members) = value, Set(members.map(\.name)).count == members.count,
            case .integer(let expires)? = value["exp"], expires >= 0,
            case .string(let type)? = value["typ"]
        else { throw .unacceptableClaims }
        var claims: [Claim] = []
        for member in members where member.name != "exp" && member.name != "typ" {
            claims.append(try Self.claim(member))
        }
        self.init(type: type, expires: expires, claims: claims)
    }

    private static func claim(_ member: JSONValue.Member) throws(JWTError) -> Claim {
        guard !foreign.contains(member.name) else { throw .unacceptableClaims }
        switch member.value {
        case .integer(let time) where time >= 0 || !times.contains(member.name):
            return Claim(member.name, .integer(time))
        case .string(let text) where !times.contains(member.name): return Claim(member.name, .text(text))
        default: throw .unacceptableClaims
        }
    }

    var json: JSONValue {
        var members = claims.map { claim in
            switch claim.value {
            case .text(let text): JSONValue.Member(claim.name, .string(text))
            case .integer(let integer): JSONValue.Member(claim.name, .integer(integer))
            }
        }
        members.append(.init("typ", .string(type)))
        members.append(.init("exp", .integer(expires)))
        return .object(members)
    }

    /// The end has to come after `now`; a start, where one is named, not after it.
    func checkTime(now: Int64) throws(JWTError) {
        guard now < expires else { throw .expired }
        if let start = integer("nbf"), start > now { throw .notYetValid }
    }
}
