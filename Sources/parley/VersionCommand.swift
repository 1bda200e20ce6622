import ParleyApp

/// `parley version`.
enum VersionCommand: Subcommand {
    static let name = "version"
    static let summary = "show the version"
    static let help = "parley version\n\nShows the version.\n"

    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        if let word = arguments.first {
            Console.complain("`parley version` takes no '\(Console.clean(word))'; leave it out.")
            return ExitCode.usage
        }
        Console.write("parley \(ParleyVersion.current)\n")
        return ExitCode.success
    }
}
