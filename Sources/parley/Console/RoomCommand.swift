import JSON

/// `parley room`: what an operator does to rooms.
enum RoomCommand: ConsoleCommand {
    static let name = "room"
    static let noun = "room"
    static let summary = "list, change and clear rooms"

    static var help: String {
        """
        parley room VERB … [--json] [FLAG VALUE …]

        The server may run: then it does what is asked for, and it holds at once. Each change is noted in the audit log
        (`via` `console`). Ends with 0 where it was done, with 1 and a sentence where it was not, with 64 where the command
        means nothing. Give the same flags, variables and file as `parley serve`.

          list [--query TEXT] [--kind KIND] [--after ROOM] [--limit N]
          show ROOM
          password ROOM     read the new password from standard input; what the old one opened is shut
          archive ROOM [--off]
                            nobody writes there any more, or again
          ban ROOM USER [--seconds N] [--address] [--remove-messages SECONDS]
          unban ROOM USER
          clear ROOM --yes  remove all messages
          delete ROOM --yes

          --reason TEXT     noted with bans, clear and delete
          --json            the answer as one line of JSON

        """
    }

    static var verbs: [ConsoleVerb] {
        [
            ConsoleVerb(
                name: "list", values: [("--query", "query"), ("--kind", "kind"), ("--after", "after")],
                numbers: [("--limit", "limit")], columns: ["id", "kind", "owner", "members", "messages", "archived"]),
            ConsoleVerb(name: "show", operands: ["room"]),
            ConsoleVerb(
                name: "password", operands: ["room"], password: .read, done: "The room has another password."),
            ConsoleVerb(
                name: "archive", operands: ["room"], switches: [("--off", .init("archived", .bool(false)))]),
            ConsoleVerb(
                name: "ban", operands: ["room", "user"], values: [ConsoleVerb.reason],
                numbers: [("--seconds", "seconds"), ("--remove-messages", "remove_messages")],
                switches: [("--address", .init("address", .bool(true)))]),
            ConsoleVerb(name: "unban", operands: ["room", "user"], done: "They may come in again."),
            ConsoleVerb(
                name: "clear", operands: ["room"], values: [ConsoleVerb.reason], needsYes: true,
                done: "The room has no messages."),
            ConsoleVerb(
                name: "delete", operands: ["room"], values: [ConsoleVerb.reason], needsYes: true,
                done: "The room is gone."),
        ]
    }
}
