/// A certificate for 127.0.0.1 and localhost that vouches for itself, and its key; made with the `openssl` program, in
/// files that last as long as this object.
public final class TestCertificate: Sendable {
    private let folder = TemporaryFolder()
    public var certificatePath: String { folder.file("server.crt") }
    public var keyPath: String { folder.file("server.key") }

    public init() throws { try renew() }

    /// Puts another certificate and key in the place of these.
    public func renew() throws {
        try Self.make(certificatePath: certificatePath, keyPath: keyPath, commonName: "localhost")
    }

    /// Puts what is none in the place of the certificate.
    public func spoil() { folder.put(Array("no certificate\n".utf8), in: "server.crt") }

    /// Makes such a certificate, which says that it is `commonName`'s, in files of its own.
    public static func make(certificatePath: String, keyPath: String, commonName: String) throws {
        try Program.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=\(commonName)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
            keyPath, "-out", certificatePath)
    }
}
