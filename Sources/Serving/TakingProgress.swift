/// Whether a client takes what it is owed: looked at now and then, so that one that takes it slowly is waited for and one
/// that takes nothing is not.
struct TakingProgress {
    private var unsent: Int

    init(unsent: Int = 0) { self.unsent = unsent }

    /// Whether something was taken since the last look.
    mutating func hasMoved(unsent now: Int) -> Bool {
        defer { unsent = now }
        return now < unsent
    }
}
