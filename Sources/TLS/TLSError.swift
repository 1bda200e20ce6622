/// Why TLS could not be set up or went wrong. `description` is one plain sentence.
public enum TLSError: Error, Equatable, Sendable {
    /// The certificate file is missing, unreadable or no PEM certificate.
    case badCertificate(path: String, reason: String)
    /// The key file is missing, unreadable, protected by a password or no PEM key.
    case badKey(path: String, reason: String)
    /// The key belongs to another certificate.
    case keyDoesNotMatch(certificatePath: String, keyPath: String)
    /// The library refused a setting.
    case unavailable(reason: String)
    /// The peer broke the protocol, or the two sides have no version or cipher in common.
    case failed(reason: String)
    /// The machine has failed or was closed before.
    case closed
}

extension TLSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badCertificate(let path, let reason):
            "The certificate file “\(path)” cannot be used (\(reason)); give a readable PEM file with the whole chain."
        case .badKey(let path, let reason):
            "The key file “\(path)” cannot be used (\(reason)); give a readable PEM file without a password."
        case .keyDoesNotMatch(let certificatePath, let keyPath):
            "The key “\(keyPath)” does not belong to the certificate “\(certificatePath)”; give the two that were made together."
        case .unavailable(let reason):
            "TLS cannot be used (\(reason)); check the installed OpenSSL."
        case .failed(let reason):
            "The encrypted connection failed (\(reason)); connect again with TLS 1.2 or 1.3."
        case .closed:
            "The encrypted connection is closed; connect again."
        }
    }
}
