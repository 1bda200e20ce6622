import Bytes
import COpenSSL

/// The settings and the certificate that connections are encrypted with: TLS 1.2 and 1.3, forward secrecy only, no
/// renegotiation, ALPN `http/1.1`.
public final class TLSContext: Sendable {
    private enum Source {
        case server(certificatePath: String, keyPath: String)
        case client(trustedPath: String?, verifies: Bool)
    }

    private let source: Source
    private let current: Locked<SSLContext>

    /// For servers: reads the certificate chain and its key, both PEM.
    public init(certificatePath: String, keyPath: String) throws(TLSError) {
        source = .server(certificatePath: certificatePath, keyPath: keyPath)
        current = Locked(try SSLContext(certificatePath: certificatePath, keyPath: keyPath))
    }

    /// For clients.
    /// - Parameters:
    ///   - trustedPath: a PEM file of certificates to trust; default those of the system.
    ///   - verifies: whether the server must prove who it is; `false` is for tests.
    public init(clientTrusting trustedPath: String? = nil, verifies: Bool = true) throws(TLSError) {
        source = .client(trustedPath: trustedPath, verifies: verifies)
        current = Locked(try SSLContext(trustedPath: trustedPath, verifies: verifies))
    }

    /// Reads the files again, for the connections made from now on. Where that fails, the old ones stay in use.
    public func reload() throws(TLSError) {
        let made: SSLContext
        switch source {
        case .server(let certificatePath, let keyPath):
            made = try SSLContext(certificatePath: certificatePath, keyPath: keyPath)
        case .client(let trustedPath, let verifies):
            made = try SSLContext(trustedPath: trustedPath, verifies: verifies)
        }
        current.withLock { $0 = made }
    }

    var ssl: SSLContext { current.withLock { $0 } }

    var isServer: Bool {
        if case .server = source { true } else { false }
    }

    var verifies: Bool {
        if case .client(_, let verifies) = source { verifies } else { false }
    }
}
