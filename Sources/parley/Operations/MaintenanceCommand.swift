import ParleyApp
import Settings

/// A subcommand that works on the data of a server, which the settings name.
protocol MaintenanceCommand: Subcommand {
    /// Takes the words that are its own, and answers what is to be done with the data that the others name.
    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work

    /// What it ends with where it cannot do its work.
    static var failure: Int32 { get }

    /// Done with the data; answers the exit code.
    typealias Work = @Sendable (Maintenance) async throws(StartError) -> Int32
}

extension MaintenanceCommand {
    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        var words = CommandWords(arguments)
        do {
            let work = try parse(&words)
            let settings = try AppSettings.catalog.load(arguments: words.settings, environment: environment)
            return try await work(Maintenance(settings))
        } catch let error as UsageError {
            Console.complain(error.sentence)
            return ExitCode.usage
        } catch let error as SettingsError {
            Console.complain(error.description)
            return ExitCode.usage
        } catch {
            Console.complain(String(describing: error))
            return Self.failure
        }
    }

    static var failure: Int32 { ExitCode.failure }
}
