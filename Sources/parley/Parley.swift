import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@main
struct Parley {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(await Program.run(arguments, environment: ProcessEnvironment.current()))
    }
}

/// Finds the subcommand and runs it.
enum Program {
    /// The subcommands, in the order of the help.
    static var commands: [any Subcommand.Type] {
        [
            ServeCommand.self, SettingsCommand.self, HealthCommand.self, BackupCommand.self, RestoreCommand.self,
            VerifyCommand.self, KeysCommand.self, AuditCommand.self, UserCommand.self, RoomCommand.self,
            BenchCommand.self, VersionCommand.self,
        ]
    }

    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        guard let word = arguments.first, !["help", "--help", "-h"].contains(word) else {
            return help(for: arguments.dropFirst().first)
        }
        if word == "--version" { return await VersionCommand.run([], environment: environment) }
        guard let command = commands.first(where: { $0.name == word }) else { return refuse(word) }
        let rest = Array(arguments.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            Console.write(command.help)
            return ExitCode.success
        }
        return await command.run(rest, environment: environment)
    }

    private static func help(for word: String?) -> Int32 {
        guard let word else {
            Console.write(HelpText.overview)
            return ExitCode.success
        }
        guard let command = commands.first(where: { $0.name == word }) else { return refuse(word) }
        Console.write(command.help)
        return ExitCode.success
    }

    private static func refuse(_ word: String) -> Int32 {
        Console.complain("There is no subcommand '\(Console.clean(word))'; `parley help` lists them.")
        return ExitCode.usage
    }
}
