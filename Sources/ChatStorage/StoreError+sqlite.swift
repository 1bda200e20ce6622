import Chat
import SQLite

extension StoreError {
    /// What a failure of the database means to the chat.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as SQLiteError: self = error.kind == .full ? .full : .failed(error.description)
        case QueueError.full: self = .busy
        case QueueError.closed: self = .closed
        default: self = .failed("The database failed in an unknown way; restart the server.")
        }
    }
}
