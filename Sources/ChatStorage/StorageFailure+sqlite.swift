import Accounts
import Chat
import SQLite

extension StorageFailure {
    /// What a failure of the database, or of the queue before it, means to whoever asked.
    init(_ error: any Error) {
        switch error {
        case let error as SQLiteError: self = error.kind == .full ? .full : .failed(error.description)
        case QueueError.full: self = .busy
        case QueueError.closed: self = .closed
        default: self = .failed("The database failed in an unknown way; restart the server.")
        }
    }
}

extension StoreError {
    init(_ error: any Error) { self = error as? StoreError ?? .storage(StorageFailure(error)) }
}

extension AccountStoreError {
    init(_ error: any Error) { self = error as? AccountStoreError ?? .storage(StorageFailure(error)) }
}
