/// Why a request was not made, or has no answer. `description` is one sentence for whoever wanted it.
public enum FetchError: Error, Equatable, Sendable {
    /// It is no URL of http or https, or has a user name, or is too long.
    case invalidURL
    /// The address is not on the public internet, and not one that is allowed.
    case addressRefused
    case unknownHost
    case cannotConnect
    case timedOut
    /// The certificate is not good, or no encryption could be agreed on.
    case notSecure
    /// The answer has more bytes than are taken.
    case tooLarge
    /// What came was no answer of HTTP.
    case invalidAnswer
    /// As many requests wait as may wait.
    case busy
    /// Something else went wrong.
    case failed
}

extension FetchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidURL: "This is no URL of http or https that can be called; check how it is written."
        case .addressRefused:
            "The address is a private one, which this server does not call; ask its operator to allow the network."
        case .unknownHost: "The name of the host is not known; check the URL."
        case .cannotConnect: "Nothing answers at the address; check that the program there runs."
        case .timedOut: "The answer took too long; let the program answer first and work later."
        case .notSecure: "No secure connection could be made; check the certificate."
        case .tooLarge: "The answer was too long; answer with a status and no content."
        case .invalidAnswer: "What came back is no answer of HTTP; check what runs at the address."
        case .busy: "Too many requests wait to be sent; it is tried again later."
        case .failed: "The request failed; it is tried again later."
        }
    }
}
