import Accounts
import Bytes
import JSON

// `parley user …`.

extension OperatorConsole {
    nonisolated(nonsending) func user(_ verb: Substring, _ arguments: JSONValue) async throws -> JSONValue {
        switch verb {
        case "list": try await listUsers(arguments)
        case "show": try await showUser(try arguments.required("user"))
        case "create": try await createUser(arguments)
        case "password": try await setPassword(arguments)
        case "role": try await changeUser(arguments) { try $0.role = Self.role(try arguments.required("role")) }
        case "disable": try await changeUser(arguments) { $0.isDisabled = true }
        case "enable": try await changeUser(arguments) { $0.isDisabled = false }
        case "sessions": try await sessions(try arguments.required("user"))
        case "revoke": try await revoke(arguments)
        case "delete": try await deleteUser(arguments)
        default: throw Self.unknown
        }
    }

    private nonisolated(nonsending) func listUsers(_ arguments: JSONValue) async throws -> JSONValue {
        var query = AccountQuery()
        query.text = arguments.text("query") ?? ""
        query.role = try arguments.text("role").map { (text) throws(APIError) in try Self.role(text) }
        query.isDisabled = arguments["disabled"]?.boolValue
        query.after = arguments.text("after").map { Handle(trusted: $0) }
        if let limit = try arguments.number("limit") ?? nil { query.limit = Int(clamping: limit) }
        let wanted = query
        let found = try await asked { () throws(AccountError) in try await accounts.accounts(wanted) }
        return [
            "users": .array(found.map { AdminJSON.account($0) }),
            "next": found.last.map { .string($0.handle.text) } ?? .null,
        ]
    }

    private nonisolated(nonsending) func showUser(_ handle: String) async throws -> JSONValue {
        let found = try await asked { () throws(AccountError) in try await accounts.details(of: handle) }
        return AdminJSON.account(found.account, [.init("sessions", list(found.sessions))])
    }

    private nonisolated(nonsending) func sessions(_ handle: String) async throws -> JSONValue {
        let found = try await asked { () throws(AccountError) in try await accounts.details(of: handle) }
        return ["sessions": list(found.sessions)]
    }

    private func list(_ sessions: [Session]) -> JSONValue {
        .array(sessions.map { AccountJSON.session($0, isCurrent: false) })
    }

    private nonisolated(nonsending) func createUser(_ arguments: JSONValue) async throws -> JSONValue {
        let handle = try arguments.required("user")
        let role = try arguments.text("role").map { (text) throws(APIError) in try Self.role(text) } ?? .member
        let (name, email) = (arguments.text("display_name"), arguments.text("email"))
        guard let password = arguments.text("password") else {
            let made = try await asked { () throws(AccountError) in
                try await accounts.make(handle, displayName: name, email: email, role: role, by: authority)
            }
            return AdminJSON.account(made.account, [.init("link", AdminJSON.link(made.link))])
        }
        var registration = Registration(handle: handle, displayName: name, email: email, password: password)
        registration.role = role
        let wanted = registration
        let account = try await asked { () throws(AccountError) in
            try await accounts.register(wanted, by: authority)
        }
        return AdminJSON.account(account)
    }

    /// Sets the password, or without one makes a link by which its owner does.
    private nonisolated(nonsending) func setPassword(_ arguments: JSONValue) async throws -> JSONValue {
        let handle = try arguments.required("user")
        guard let password = arguments.text("password") else {
            let link = try await asked { () throws(AccountError) in
                try await accounts.makeLink(for: handle, by: authority)
            }
            return ["link": AdminJSON.link(link)]
        }
        let reason = arguments.text("reason")
        try await asked { () throws(AccountError) in
            try await accounts.setPassword(of: handle, to: password, reason: reason, by: authority)
        }
        return .object([])
    }

    private nonisolated(nonsending) func changeUser(
        _ arguments: JSONValue, _ fill: (inout AdministrativeChange) throws -> Void
    ) async throws -> JSONValue {
        var change = AdministrativeChange(reason: arguments.text("reason"))
        try fill(&change)
        let (handle, wanted) = (try arguments.required("user"), change)
        let account = try await asked { () throws(AccountError) in
            try await accounts.change(handle, wanted, by: authority)
        }
        return AdminJSON.account(account)
    }

    private nonisolated(nonsending) func revoke(_ arguments: JSONValue) async throws -> JSONValue {
        let handle = try arguments.required("user")
        guard let text = arguments.text("session") else {
            try await asked { () throws(AccountError) in try await accounts.endSessions(of: handle, by: authority) }
            return .object([])
        }
        guard let session = UUID(text) else { throw APIError(AccountError.sessionMissing) }
        try await asked { () throws(AccountError) in
            try await accounts.endSession(session, of: handle, by: authority)
        }
        return .object([])
    }

    private nonisolated(nonsending) func deleteUser(_ arguments: JSONValue) async throws -> JSONValue {
        let (handle, reason) = (try arguments.required("user"), arguments.text("reason"))
        try await asked { () throws(AccountError) in
            try await accounts.delete(handle, reason: reason, by: authority)
        }
        return .object([])
    }

    private static func role(_ text: String) throws(APIError) -> Role {
        guard let role = Role(rawValue: text) else {
            throw .invalid("role", "A role is member, moderator or administrator.")
        }
        return role
    }
}
