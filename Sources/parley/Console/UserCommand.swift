import JSON

/// `parley user`: what an operator does to accounts.
enum UserCommand: ConsoleCommand {
    static let name = "user"
    static let noun = "user"
    static let summary = "list, make and change accounts"

    static var help: String {
        """
        parley user VERB … [--json] [FLAG VALUE …]

        The server may run: then it does what is asked for, and it holds at once. Each change is noted in the audit log
        (`via` `console`). Ends with 0 where it was done, with 1 and a sentence where it was not, with 64 where the command
        means nothing. Give the same flags, variables and file as `parley serve`.

          list [--query TEXT] [--role ROLE] [--disabled] [--after USER] [--limit N]
          show USER
          create USER [--role ROLE] [--display-name NAME] [--email ADDRESS] [--password]
                            without --password its owner comes in by the link that is shown, and sets one
          password USER     read the new password from standard input; its sessions end
          password USER --link
                            make a link by which its owner comes in once and may set one
          role USER ROLE    member, moderator or administrator
          disable USER      no log-in any more, and its sessions end
          enable USER
          sessions USER
          revoke USER [--session ID]
                            end one session, or all
          delete USER --yes

          --reason TEXT     noted with password, role, disable, enable and delete
          --json            the answer as one line of JSON

        """
    }

    private static let account = ["username", "role", "disabled", "display_name", "created_at"]
    private static let session = ["id", "device", "address", "last_used_at"]

    static var verbs: [ConsoleVerb] {
        [
            ConsoleVerb(
                name: "list",
                values: [("--query", "query"), ("--role", "role"), ("--after", "after")],
                numbers: [("--limit", "limit")], switches: [("--disabled", .init("disabled", .bool(true)))],
                columns: account),
            ConsoleVerb(name: "show", operands: ["user"], columns: session),
            ConsoleVerb(
                name: "create", operands: ["user"],
                values: [("--role", "role"), ("--display-name", "display_name"), ("--email", "email")],
                password: .readWith("--password")),
            ConsoleVerb(
                name: "password", operands: ["user"], values: [ConsoleVerb.reason], password: .readUnless("--link")),
            ConsoleVerb(name: "role", operands: ["user", "role"], values: [ConsoleVerb.reason]),
            ConsoleVerb(
                name: "disable", operands: ["user"], values: [ConsoleVerb.reason], done: "The account is disabled."),
            ConsoleVerb(
                name: "enable", operands: ["user"], values: [ConsoleVerb.reason], done: "The account may log in."),
            ConsoleVerb(name: "sessions", operands: ["user"], columns: session),
            ConsoleVerb(
                name: "revoke", operands: ["user"], values: [("--session", "session")], done: "They have ended."),
            ConsoleVerb(
                name: "delete", operands: ["user"], values: [ConsoleVerb.reason], needsYes: true,
                done: "The account is gone."),
        ]
    }
}
