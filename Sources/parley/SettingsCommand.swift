import Chat
import ParleyApp
import Settings

/// `parley settings`: shows what the server would start with.
enum SettingsCommand: Subcommand {
    static let name = "settings"
    static let summary = "show each effective setting and where it came from"

    static var help: String {
        """
        parley settings [FLAG VALUE …]

        Shows each setting that `parley serve` would start with, given the same flags, variables and file: its name, its
        value (secrets masked) and where that came from. The flags are those of `parley serve`.

          --markdown         docs/settings.md
          --limits-markdown  docs/limits.md
          --access-markdown  docs/access.md

        """
    }

    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        switch arguments {
        case ["--markdown"]: Console.write(AppSettings.catalog.settingsDocument)
        case ["--limits-markdown"]: Console.write(AppSettings.catalog.limitsDocument)
        case ["--access-markdown"]: Console.write(AccessTable.document)
        default: return report(arguments, environment)
        }
        return ExitCode.success
    }

    private static func report(_ arguments: [String], _ environment: [String: String]) -> Int32 {
        do throws(SettingsError) {
            let settings = try AppSettings.catalog.load(arguments: arguments, environment: environment)
            Console.write(settings.report)
            for notice in settings.notices { Console.complain(notice) }
            return ExitCode.success
        } catch {
            Console.complain(error.description)
            return ExitCode.usage
        }
    }
}
