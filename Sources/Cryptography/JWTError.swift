/// Why a JSON Web Token was refused.
public enum JWTError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The signing key is shorter than 32 bytes (RFC 7518 section 3.2).
    case weakKey
    /// Longer than the limit.
    case tooLarge
    /// Not three parts of unpadded url-safe base 64.
    case malformed
    /// Signed with another key, changed, or not signed at all.
    case notAuthentic
    /// A header other than HS256 and JWT, or one with more members than those two.
    case unacceptableHeader
    /// Claims that are not one object, that come twice, have a wrong type, or that this server never gives out.
    case unacceptableClaims
    /// Its time is over.
    case expired
    /// Its time has not come.
    case notYetValid
    /// Made for another purpose.
    case wrongType
    /// The library below failed.
    case library(CryptographyError)

    public var description: String {
        switch self {
        case .weakKey: "The signing key is too short; use at least 32 random bytes."
        case .tooLarge, .malformed, .unacceptableHeader, .unacceptableClaims, .notAuthentic:
            "The token is not one of this server; ask for a new one."
        case .expired: "The token has expired; ask for a new one."
        case .notYetValid: "The token is not valid yet; check the clock of this machine."
        case .wrongType: "The token was made for another purpose; ask for one of the right kind."
        case .library(let error): error.description
        }
    }
}
