import ChatStorage
import ParleyApp

/// `parley keys`: shows and changes the master keys.
enum KeysCommand: MaintenanceCommand {
    static let name = "keys"
    static let summary = "show, change and take away master keys"

    static var help: String {
        """
        parley keys list|rotate|retire [FLAG VALUE …]

        The server may run, and takes over what changes within a second. Give the same flags, variables and file as
        `parley serve`. Each command may be run again whenever it was interrupted.

          list     the names of the keys in encryption.keys, and how many rooms are under each
          rotate   make a new key the first, and bring every room under it; the old ones stay
          retire   take all keys but the first out of the file: they open nothing from then on

        Keep a copy of encryption.keys elsewhere after `rotate`; older backups need the older keys.

        """
    }

    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work {
        switch words.takeWord() {
        case "list": return list
        case "rotate": return rotate
        case "retire": return retire
        default: throw UsageError("Say what to do: `parley keys list`, `rotate` or `retire`.")
        }
    }

    private static let list: Work = { (maintenance) throws(StartError) in
        let (keys, lost) = try maintenance.keyUses()
        for (index, key) in keys.enumerated() {
            Console.write("\(key.name)  \(index == 0 ? "writes" : "reads ")  \(key.rooms) rooms\n")
        }
        guard lost > 0 else { return ExitCode.success }
        Console.complain("\(lost) rooms are under none of these keys; restore the key file from a backup.")
        return ExitCode.failure
    }

    private static let rotate: Work = { (maintenance) throws(StartError) in
        let (name, rooms) = try await maintenance.rotateKeys()
        Console.write(
            "The key \(name) writes now; \(rooms) rooms were brought under it. Keep a copy of encryption.keys.\n")
        return ExitCode.success
    }

    private static let retire: Work = { (maintenance) throws(StartError) in
        let names = try await maintenance.retireKeys()
        Console.write(
            names.isEmpty
                ? "There is one key only; nothing was taken away.\n"
                : "The keys \(names.joined(separator: ", ")) are gone and open nothing any more.\n")
        return ExitCode.success
    }
}
