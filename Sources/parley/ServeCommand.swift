import Logging
import Network
import ParleyApp
import Settings

/// `parley serve`: runs the server.
enum ServeCommand: Subcommand {
    static let name = "serve"
    static let summary = "run the server"

    static var help: String {
        """
        parley serve [FLAG VALUE …]

        Runs the server until it is told to stop (SIGTERM, or Ctrl+C): it then accepts no more, commits what it was sent and
        tells the clients. SIGHUP makes it read the certificate again. Keys are made in the data directory at the first start.
        \(AppSettings.catalog.flagsHelp)

        """
    }

    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        let settings: Settings
        do throws(SettingsError) {
            settings = try AppSettings.catalog.load(arguments: arguments, environment: environment)
        } catch {
            Console.complain(error.description)
            return ExitCode.usage
        }
        let writer = LogWriter(format: settings[AppSettings.logFormat])
        let logger = Logger(level: settings[AppSettings.logLevel], sink: writer)
        for notice in settings.notices { logger.warning(notice) }
        let failure = await serve(settings, logger)
        // What was logged comes before what ended it.
        writer.close()
        guard let failure else { return ExitCode.success }
        Console.complain(failure.description)
        return ExitCode.failure
    }

    /// Runs the server to its end; says why it did not start.
    private static func serve(_ settings: Settings, _ logger: Logger) async -> StartError? {
        do throws(StartError) {
            let application = try await Application.build(settings, logger: logger)
            // Reads the accounts: where they are damaged, nobody is let in first.
            let code = try await application.makeSetupCode()
            let scheme = settings[AppSettings.tlsCertificate] == nil ? "http" : "https"
            for address in try application.listen() {
                let place = address.ip == nil ? "\(address)" : "\(scheme)://\(address)"
                Console.write("Parley listens on \(place)\n")
            }
            if let code {
                Console.write("There is no administrator yet. Become it with the code \(code) (POST /api/v1/setup).\n")
            }
            await application.runUntilSignalled()
            logger.writeSummaries()
            return nil
        } catch {
            return error
        }
    }
}
