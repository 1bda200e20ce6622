/// One thing that the program does.
protocol Subcommand {
    static var name: String { get }
    /// What it does, in a few words.
    static var summary: String { get }
    /// What `--help` shows.
    static var help: String { get }
    /// Answers the exit code.
    static func run(_ arguments: [String], environment: [String: String]) async -> Int32
}

/// What the program ends with.
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// `EX_USAGE` of sysexits.h: the command line or a setting was wrong.
    static let usage: Int32 = 64
}

enum HelpText {
    static var overview: String {
        let width = Program.commands.map { $0.name.count }.max() ?? 0
        let lines = Program.commands.map { command in
            "  \(command.name)\(String(repeating: " ", count: width - command.name.count))  \(command.summary)"
        }
        return """
            Parley, a chat server that speaks Socket.IO.

            parley SUBCOMMAND [FLAG VALUE …]

            \(lines.joined(separator: "\n"))

            `parley SUBCOMMAND --help` tells more.

            """
    }
}
