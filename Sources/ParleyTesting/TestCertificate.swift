#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A certificate for 127.0.0.1 and localhost that vouches for itself, and its key; made with the `openssl` program, in
/// files that last as long as this object.
public final class TestCertificate: Sendable {
    private let folder = TemporaryFolder()
    public var certificatePath: String { folder.file("server.crt") }
    public var keyPath: String { folder.file("server.key") }

    public struct Failure: Error {}

    public init() throws { try make() }

    /// Puts another certificate and key in the place of these.
    public func renew() throws { try make() }

    private func make() throws {
        let arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", keyPath,
            "-out", certificatePath,
        ]
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        #if canImport(Glibc)
        var actions = unsafe posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var child: pid_t = 0
        var status: Int32 = -1
        guard unsafe posix_spawnp(&child, "openssl", &actions, nil, &words, environ) == 0,
            unsafe waitpid(child, &status, 0) == child, status == 0
        else { throw Failure() }
    }
}
