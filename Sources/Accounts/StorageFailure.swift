/// Why a store did nothing, whatever it was asked.
public enum StorageFailure: Error, Equatable, Sendable {
    /// As much is waiting as the store takes; nothing was changed.
    case busy
    /// There is no room left on the disk; nothing was changed.
    case full
    /// The store was closed.
    case closed
    /// Something else went wrong: one sentence for the operator.
    case failed(String)
}

extension StorageFailure: CustomStringConvertible {
    /// For the one who asked: what is for the operator is not in it.
    public var description: String {
        switch self {
        case .busy: "The server is busy; try again in a moment."
        case .full: "The server's disk is full; it was not saved, try again later."
        case .closed: "The server is shutting down; try again in a moment."
        case .failed: "The server could not save this; try again, and tell its operator if it happens again."
        }
    }
}
