import Accounts
import Chat
import ChatStorage
import EventLoops
import HTTPWire
import JSON

/// Carries out what an operator asks for, in the server where one runs: it does what a request of an administrator would
/// have done, so that it holds at once for whoever is connected, and is noted likewise.
struct OperatorConsole: Sendable {
    let chat: Chat
    let accounts: Accounts
    let store: SQLiteStore

    var authority: ConsoleOperator { ConsoleOperator() }

    /// What came of a request, or the refusal.
    nonisolated(nonsending) func answer(_ request: ConsoleRequest) async -> JSONValue {
        do {
            let (noun, verb) = Self.parts(of: request.command)
            switch noun {
            case "user": return try await user(verb, request.arguments)
            case "room": return try await room(verb, request.arguments)
            default: throw Self.unknown
            }
        } catch let error as APIError {
            return error.json
        } catch {
            return APIError(AccountError.internalFailure).json
        }
    }

    static let unknown = APIError(
        status: .notFound, code: "unknown_command",
        message: "The server does not know this command; use the program of the server's own version.")

    /// The word before the dot, and the rest.
    private static func parts(of command: String) -> (noun: Substring, verb: Substring) {
        let parts = command.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }
}
