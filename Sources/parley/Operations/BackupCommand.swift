import ChatStorage
import ParleyApp

/// `parley backup`: copies the data of a server that may run.
enum BackupCommand: MaintenanceCommand {
    static let name = "backup"
    static let summary = "copy the data, while the server runs"

    static var help: String {
        """
        parley backup [--to FOLDER] [--with-keys] [FLAG VALUE …]

        Copies the database and the files of messages, as they are at one moment, into a new folder, with a manifest that
        has the SHA-256 of each file. The server may run. Give the same flags, variables and file as `parley serve`.

          --to FOLDER   the new folder; one in DATA/backups unless told
          --with-keys   include the keys: whoever has such a backup can read it

        Without the file encryption.keys a backup opens nothing: keep a copy of that file in another place.

        """
    }

    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work {
        let folder = try words.takeValue("--to")
        let withKeys = words.takeFlag("--with-keys")
        return { (maintenance) throws(StartError) in
            let (folder, manifest) = try maintenance.backup(to: folder, withKeys: withKeys)
            let bytes = manifest.files.reduce(0) { $0 + $1.count }
            Console.write(
                """
                The backup \(folder) has \(manifest.messages) messages in \(manifest.rooms) rooms: \
                \(manifest.files.count) files, \(bytes) bytes.
                \(manifest.hasKeys
                    ? "It holds the keys, too: whoever has it can read it."
                    : "It does not hold the keys (\(manifest.keys.joined(separator: ", "))): keep a copy of them elsewhere.")

                """)
            return ExitCode.success
        }
    }
}

/// `parley restore`: puts a backup in the place of a server's data.
enum RestoreCommand: MaintenanceCommand {
    static let name = "restore"
    static let summary = "put a backup in the place of the data"

    static var help: String {
        """
        parley restore FOLDER [--force] [--keys FILE] [FLAG VALUE …]

        Checks every file of the backup and that the keys open it, and puts it in the data directory. The server must not
        run. Give the same flags, variables and file as `parley serve`.

          --force       put a chat that is there aside, into DATA/before-restore-…, instead of refusing
          --keys FILE   the keys that belong to the backup; those in it, or in the data directory, unless told

        """
    }

    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work {
        guard let folder = words.takeWord() else {
            throw UsageError("Name the backup's folder: `parley restore FOLDER`.")
        }
        let isForced = words.takeFlag("--force")
        let keys = try words.takeValue("--keys")
        return { (maintenance) throws(StartError) in
            let restored = try maintenance.restore(folder, force: isForced, keyFile: keys)
            Console.write(
                """
                The backup of \(restored.manifest.made) is in place: \(restored.manifest.messages) messages in \
                \(restored.manifest.rooms) rooms.

                """)
            if let kept = restored.kept { Console.write("What was there is kept in \(kept).\n") }
            return ExitCode.success
        }
    }
}
