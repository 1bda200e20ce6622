import Chat
import HTTPWire
import JSON
import Routing

/// A refusal of the chat as an answer of the Socket.IO dialect's paths: `{"success":false,"error":"…"}`.
struct ChatRefusal: HTTPResponseError {
    let error: ChatError

    var status: HTTPStatus {
        switch error {
        case .accessDenied(let refusal): refusal.isForProof ? .unauthorized : .forbidden
        case .nameTaken, .nameReserved: .unauthorized
        case .roomNotFound, .messageNotFound, .memberNotFound, .personNotFound, .sanctionNotFound, .invitationNotFound,
            .addressNotFound, .fileNotFound, .webhookNotFound:
            .notFound
        case .roomExists, .ownerStays, .searchSuperseded: .conflict
        case .invalid, .tooManyReactions, .tooManySanctions, .tooManyInvitations, .tooManyEdits, .tooManyPins,
            .tooManyPendingFiles, .tooManyWebhooks:
            .badRequest
        case .outranked, .notAuthor, .editTooLate: .forbidden
        case .tooManyAttempts, .slowMode, .tooManyDeeds, .tooManyUploads: .tooManyRequests
        case .fileTooLarge: .contentTooLarge
        case .fileTypeRefused: .unsupportedMediaType
        case .filesFull: .insufficientStorage
        case .invalidMedia: .badRequest
        case .tooManyRooms, .tooManyProfiles, .tooManyMembers, .roomFull, .busy, .storage: .serviceUnavailable
        case .internalFailure: .internalServerError
        }
    }

    var message: String { error.description }

    var response: Response? {
        var response = Response.refusal(message, status: status)
        if let seconds = error.retryAfter { response.headers.add("Retry-After", String(seconds)) }
        return response
    }
}

extension AccessRefusal {
    /// Whether another proof would help.
    var isForProof: Bool {
        switch self {
        case .noProof, .wrongPassword, .wrongToken, .tokenExpired, .passwordNeeded, .notMember, .accountNeeded: true
        case .belongsToServer, .moderatorNeeded, .ownerNeeded, .banned, .muted, .archived, .addressPending: false
        }
    }
}

extension Response {
    /// A refusal in the form of the Socket.IO dialect.
    static func refusal(_ sentence: String, status: HTTPStatus) -> Response {
        .json(["success": false, "error": .string(sentence)], status: status)
    }
}

/// Runs a use case of the chat and turns its refusal into an answer.
nonisolated(nonsending) func answering<T>(_ body: () async throws(ChatError) -> T) async throws(ChatRefusal) -> T {
    do {
        return try await body()
    } catch {
        throw ChatRefusal(error: error)
    }
}
