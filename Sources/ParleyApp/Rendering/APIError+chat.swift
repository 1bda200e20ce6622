import Chat
import HTTPWire

extension APIError {
    init(_ error: ChatError) {
        let (status, code, field) = Self.form(of: error)
        self.init(status: status, code: code, message: error.description, field: field)
        retryAfter = error.retryAfter
    }

    private static func form(of error: ChatError) -> (HTTPStatus, String, String?) {
        switch error {
        case .accessDenied(let refusal): (refusal.isForProof ? .unauthorized : .forbidden, refusal.code, nil)
        case .roomNotFound, .messageNotFound, .memberNotFound, .sanctionNotFound, .invitationNotFound, .addressNotFound,
            .webhookNotFound:
            (.notFound, "not_found", nil)
        case .personNotFound: (.notFound, "not_found", "user")
        case .roomExists: (.conflict, "taken", "id")
        case .invalid(let input): (.unprocessableContent, "invalid", input.field)
        case .nameTaken: (.conflict, "taken", "user_id")
        case .nameReserved: (.conflict, "reserved", "user_id")
        case .outranked: (.forbidden, "outranked", nil)
        case .notAuthor: (.forbidden, "not_author", nil)
        case .editTooLate: (.forbidden, "too_late", nil)
        case .searchSuperseded: (.conflict, "superseded", nil)
        case .tooManyEdits, .tooManyPins, .tooManyPendingFiles: (.conflict, "full", nil)
        case .ownerStays: (.conflict, "owner_stays", nil)
        case .tooManyReactions, .tooManyProfiles, .tooManyMembers, .tooManySanctions, .tooManyInvitations,
            .tooManyWebhooks:
            (.conflict, "full", nil)
        case .tooManyAttempts, .slowMode, .tooManyDeeds: (.tooManyRequests, "rate_limited", nil)
        case .fileTooLarge: (.contentTooLarge, "too_large", nil)
        case .fileTypeRefused: (.unsupportedMediaType, "type_refused", nil)
        case .filesFull(let space): (.insufficientStorage, "\(space.rawValue)_space", nil)
        case .tooManyUploads: (.tooManyRequests, "too_many_uploads", nil)
        case .fileNotFound: (.notFound, "not_found", nil)
        case .invalidMedia: (.unprocessableContent, "invalid", "media")
        case .tooManyRooms, .roomFull: (.serviceUnavailable, "full", nil)
        case .busy: (.serviceUnavailable, "busy", nil)
        case .storage: (.serviceUnavailable, "storage", nil)
        case .internalFailure: (.internalServerError, "internal", nil)
        }
    }
}

extension AccessRefusal {
    /// What programs tell refusals apart by.
    var code: String {
        switch self {
        case .noProof, .wrongPassword, .wrongToken, .notMember: "access_denied"
        case .tokenExpired: "token_expired"
        case .passwordNeeded: "password_needed"
        case .belongsToServer: "belongs_to_server"
        case .accountNeeded: "account_needed"
        case .moderatorNeeded: "moderator_needed"
        case .ownerNeeded: "owner_needed"
        case .banned: "banned"
        case .muted: "muted"
        case .archived: "archived"
        case .addressPending: "ip_pending"
        }
    }
}

extension InvalidInput {
    /// The member of a request that it is about.
    fileprivate var field: String? {
        switch self {
        case .roomID, .reservedRoomID: "id"
        case .userID, .reservedUserID: "user"
        case .emptyText, .textTooLong: "message"
        case .password: "password"
        case .reaction: "reaction"
        case .clientID: "client_id"
        case .historyLimit, .fileLimit, .searchLimit: "limit"
        case .messageReference: "message_id"
        case .address: "network"
        case .roomName: "name"
        case .topic: "topic"
        case .avatar: "avatar"
        case .reason: "reason"
        case .people: "people"
        case .duration(let kind): kind.field
        case .role: "role"
        case .date: "date"
        case .emptySearch, .searchTooLong: "query"
        case .tooManyReferences: "message_ids"
        case .sequence: "sequence"
        case .revision: "since"
        case .tooManyFiles, .fileNames: "attachments"
        case .guestToken: "guest_token"
        case .webhookName: "name"
        case .webhookEvents: "events"
        }
    }
}

extension InvalidDuration {
    fileprivate var field: String {
        switch self {
        case .slowMode: "slow_mode"
        case .addressLifetime: "address_lifetime"
        case .keptMessages: "kept_messages"
        case .keptSeconds: "kept_seconds"
        case .sanction, .invitation: "seconds"
        case .removal: "remove_messages"
        }
    }
}

/// Runs a use case of the chat and turns its refusal into an answer of the native API.
nonisolated(nonsending) func asked<T>(_ body: () async throws(ChatError) -> T) async throws(APIError) -> T {
    do { return try await body() } catch { throw APIError(error) }
}

/// Asks the store itself, for what no use case of the chat is about.
nonisolated(nonsending) func asked<T>(_ body: () async throws(StoreError) -> T) async throws(APIError) -> T {
    do { return try await body() } catch { throw APIError(ChatError(error)) }
}
