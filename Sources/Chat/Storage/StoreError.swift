public import Accounts

/// Why the store did not do what it was asked.
public enum StoreError: Error, Equatable, Sendable {
    case roomExists
    /// The room was deleted.
    case roomMissing
    case messageMissing
    case tooManyRooms
    case tooManyMembers
    case memberMissing
    case banned
    case tooManySanctions
    case sanctionMissing
    case tooManyInvitations
    case invitationMissing
    case addressMissing
    case tooManyWebhooks
    case webhookMissing
    case nameTaken
    case tooManyProfiles
    case tooManyReactions
    /// Somebody else wrote the message.
    case notAuthor
    /// The message was posted too long ago.
    case editTooLate(seconds: Int64)
    case tooManyEdits
    case tooManyPins
    case fileMissing
    /// As many files of the person wait for their messages as may.
    case tooManyPendingFiles
    /// Files have as many bytes as they may.
    case filesFull(FullSpace)
    case storage(StorageFailure)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .roomExists: ChatError.roomExists.description
        case .roomMissing: ChatError.roomNotFound.description
        case .messageMissing: ChatError.messageNotFound.description
        case .tooManyRooms: ChatError.tooManyRooms.description
        case .tooManyMembers: ChatError.tooManyMembers.description
        case .memberMissing: ChatError.memberNotFound.description
        case .banned: AccessRefusal.banned.description
        case .tooManySanctions: ChatError.tooManySanctions.description
        case .sanctionMissing: ChatError.sanctionNotFound.description
        case .tooManyInvitations: ChatError.tooManyInvitations.description
        case .invitationMissing: ChatError.invitationNotFound.description
        case .addressMissing: ChatError.addressNotFound.description
        case .tooManyWebhooks: ChatError.tooManyWebhooks.description
        case .webhookMissing: ChatError.webhookNotFound.description
        case .nameTaken: ChatError.nameTaken.description
        case .tooManyProfiles: ChatError.tooManyProfiles.description
        case .tooManyReactions: ChatError.tooManyReactions.description
        case .notAuthor: ChatError.notAuthor.description
        case .editTooLate(let seconds): ChatError.editTooLate(seconds: seconds).description
        case .tooManyEdits: ChatError.tooManyEdits.description
        case .tooManyPins: ChatError.tooManyPins.description
        case .fileMissing: ChatError.fileNotFound.description
        case .tooManyPendingFiles: ChatError.tooManyPendingFiles.description
        case .filesFull(let space): ChatError.filesFull(space).description
        case .storage(let failure): failure.description
        }
    }
}

extension ChatError {
    public init(_ error: StoreError) {
        switch error {
        case .roomExists: self = .roomExists
        case .roomMissing: self = .roomNotFound
        case .messageMissing: self = .messageNotFound
        case .tooManyRooms: self = .tooManyRooms
        case .tooManyMembers: self = .tooManyMembers
        case .memberMissing: self = .memberNotFound
        case .banned: self = .accessDenied(.banned)
        case .tooManySanctions: self = .tooManySanctions
        case .sanctionMissing: self = .sanctionNotFound
        case .tooManyInvitations: self = .tooManyInvitations
        case .invitationMissing: self = .invitationNotFound
        case .addressMissing: self = .addressNotFound
        case .tooManyWebhooks: self = .tooManyWebhooks
        case .webhookMissing: self = .webhookNotFound
        case .nameTaken: self = .nameTaken
        case .tooManyProfiles: self = .tooManyProfiles
        case .tooManyReactions: self = .tooManyReactions
        case .notAuthor: self = .notAuthor
        case .editTooLate(let seconds): self = .editTooLate(seconds: seconds)
        case .tooManyEdits: self = .tooManyEdits
        case .tooManyPins: self = .tooManyPins
        case .fileMissing: self = .fileNotFound
        case .tooManyPendingFiles: self = .tooManyPendingFiles
        case .filesFull(let space): self = .filesFull(space)
        case .storage(.busy): self = .busy
        case .storage(let failure): self = .storage(failure)
        }
    }
}
