import ChatStorage
import Network
import ParleyApp

/// `parley verify`: looks at everything in the database.
enum VerifyCommand: MaintenanceCommand {
    static let name = "verify"
    static let summary = "look whether all that is stored is sound"

    /// The database cannot be looked at.
    static let failure: Int32 = 2

    static var help: String {
        """
        parley verify [--threads N] [FLAG VALUE …]

        Looks at the database's structure and references, and opens each key and each message's token. The server may run.
        Give the same flags, variables and file as `parley serve`.

        Ends with 0 where all is sound, with 1 and a sentence for each fault where something is not, with 2 where it cannot
        be told.

          --threads N   how many look at messages at a time; one for each core unless told

        """
    }

    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work {
        let threads = try words.takeNumber("--threads", 1...256) ?? UVLoopGroup.coreCount
        return { (maintenance) throws(StartError) in
            let report = try await maintenance.verify(threads: threads)
            for fault in report.faults { Console.complain(fault) }
            Console.write(
                "\(report.rooms) rooms and \(report.messages) messages open; \(report.faultCount) faults.\n")
            return report.faultCount == 0 ? ExitCode.success : ExitCode.failure
        }
    }
}
