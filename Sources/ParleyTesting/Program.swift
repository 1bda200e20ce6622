#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Another program, run to its end.
public enum Program {
    /// The program is not there, or its status is not 0.
    public struct Failure: Error {
        public let arguments: [String]
    }

    /// Runs the program that the first argument names, found as a shell finds it; what it has to say is thrown away.
    public static func run(_ arguments: String...) throws {
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
        guard unsafe posix_spawnp(&child, arguments[0], &actions, nil, &words, environ) == 0 else {
            throw Failure(arguments: arguments)
        }
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw Failure(arguments: arguments) }
    }
}
