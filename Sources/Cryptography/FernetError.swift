/// Why a token was not opened.
public enum FernetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not url-safe base 64 with padding, too short, not whole blocks, another version, or wrongly padded inside.
    case malformed
    /// The authentication code is not that of this key: another key, or the token was changed.
    case notAuthentic
    /// Older than the time-to-live that was asked for.
    case expired
    /// Made more than a minute from now.
    case fromTheFuture
    /// Longer than what this library takes in one piece.
    case tooLarge
    /// The library below failed.
    case library(CryptographyError)

    public var description: String {
        switch self {
        case .malformed: "This is not a Fernet token; check that it was copied whole."
        case .notAuthentic: "The token was made with another key or was changed; use the key it was made with."
        case .expired: "The token is too old; ask for a new one."
        case .fromTheFuture: "The token was made in the future; check the clocks of both machines."
        case .tooLarge: "The message is too large for one Fernet token; send it in parts."
        case .library(let error): error.description
        }
    }
}
