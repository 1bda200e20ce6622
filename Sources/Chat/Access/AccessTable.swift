import Accounts

/// The rules of `AccessDecision` as a page for people: every proof and role beside every action.
public enum AccessTable {
    /// Whom the rows are about.
    private static let people: [(String, AccessEvidence)] = [
        ("nothing", AccessEvidence()),
        ("a wrong password", AccessEvidence(password: .wrong)),
        ("the password", AccessEvidence(password: .right)),
        ("a room token", AccessEvidence(token: .right)),
        ("a guest token", AccessEvidence(token: .admission)),
        ("a verified address", AccessEvidence(addressIsVerified: true)),
        ("an account", AccessEvidence(serverRole: .member)),
        ("member", AccessEvidence(role: .member, serverRole: .member)),
        ("moderator of the room", AccessEvidence(role: .moderator, serverRole: .member)),
        ("owner", AccessEvidence(role: .owner, serverRole: .member)),
        ("moderator of the server", AccessEvidence(serverRole: .moderator)),
        ("administrator", AccessEvidence(serverRole: .administrator)),
    ]

    private static let rooms: [(String, AccessDecision.RoomTraits)] = [
        ("A password room that was made without an account", AccessDecision.RoomTraits(.password, .password)),
        ("A password room with an owner", AccessDecision.RoomTraits(.password, .people)),
        ("A public room", AccessDecision.RoomTraits(.open, .people)),
        ("The lobby", AccessDecision.RoomTraits(.open, .server)),
        ("A private room", AccessDecision.RoomTraits(.private, .people)),
        ("A conversation", AccessDecision.RoomTraits(.direct, .people)),
    ]

    /// docs/access.md.
    public static var document: String { introduction + "\n\n" + tables }

    private static let introduction = """
        # Who may do what

        `AccessDecision.decide` in the module `Chat` is the one place that decides; every wire asks it, for every action. This page is
        written from it (`script/docs`), and a test walks all of it.

        | action | is |
        |---|---|
        | join | to come in |
        | read | history, who is there, search, files |
        | post | to write, edit and remove what one wrote, upload, be seen typing |
        | react | to give a reaction and take it back |
        | verify | to be given a room token for the password |
        | admit | to let an address in, to take that back, and to see which there are |
        | clear | to remove all messages |
        | moderate | to kick, ban and mute, to remove and pin what others wrote, to make invitations |
        | configure | name, topic, password, slow mode, the rule for addresses, retention, archiving |
        | govern | to give and take roles, and to hand the room on |
        | delete | to remove the room, its messages and their key |

        * A password that is shown must be right, whatever else is shown.
        * A room that does not exist, and a private one to whoever is not in it, refuse as one does whose proof is wrong.
        * A **ban** keeps out whoever is no moderator; a **mute** lets them read. An **archived** room is read and not written, by
          anybody.
        * The rule for addresses: `off`, an address proves nothing; `trust`, one from which the password was shown needs no other
          proof, for a time; `require`, whoever is no moderator must come from one that was let in, and show another proof.
        * An account that has come in belongs to the room, and needs no proof again until it is kicked or banned. A changed password
          ends the tokens and addresses that the old one gave, and nobody's membership.
        """

    private static var tables: String {
        rooms.map { title, room in
            let rule = "|" + String(repeating: "---|", count: RoomAction.allCases.count + 1)
            let head = "| shown, or role | " + RoomAction.allCases.map(\.rawValue).joined(separator: " | ") + " |"
            let lines = people.map { person, evidence in
                let cells = RoomAction.allCases.map { cell($0, room, evidence) }
                return "| \(person) | " + cells.joined(separator: " | ") + " |"
            }
            return (["## \(title)", "", head, rule] + lines).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private static func cell(
        _ action: RoomAction, _ room: AccessDecision.RoomTraits, _ evidence: AccessEvidence
    ) -> String {
        if case .granted = AccessDecision.decide(action, in: room, given: evidence) { "yes" } else { "–" }
    }
}
