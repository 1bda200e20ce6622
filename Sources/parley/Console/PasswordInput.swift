#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A password on standard input: never among the arguments, which everybody on the machine can see.
enum PasswordInput {
    /// The first line; `nil` where there is none. At a terminal it is asked for, and what is typed is not shown.
    static func read() -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return line() }
        var shown = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &shown) == 0 else { return line() }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        Console.write("New password: ")
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Console.write("\n")
        }
        return line()
    }

    private static func line() -> String? { readLine().flatMap { $0.isEmpty ? nil : $0 } }
}
