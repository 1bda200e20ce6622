public import Cryptography
public import EventLoops

/// Makes and checks hashes of passwords off the loops, each check as long as every other.
public struct PasswordHasher: Sendable {
    private let blocking: any BlockingExecutor
    private let cost: PasswordHash.Cost
    /// Takes as long to check as a real one.
    private let decoy: String

    public init(_ blocking: any BlockingExecutor, cost: PasswordHash.Cost, random: any RandomSource) {
        self.blocking = blocking
        self.cost = cost
        decoy = PasswordHash.decoy(cost: cost, random: random)
    }

    public enum Check: Sendable, Equatable {
        case wrong
        /// With a new hash to be stored where the old one was made with another cost.
        case right(newHash: String?)
    }

    /// `nil` where the system has no memory for it.
    public func hash(_ password: String) async throws(BlockingExecutorFull) -> String? {
        let cost = cost
        return try await blocking.run { try? PasswordHash.make(password, cost: cost) }
    }

    /// - Parameter hash: `nil` where there is nobody whose password it could be; then it is `wrong` after the same time.
    public func check(_ password: String, with hash: String?) async throws(BlockingExecutorFull) -> Check {
        let (encoded, cost) = (hash ?? decoy, cost)
        return try await blocking.run {
            guard PasswordHash.verify(password, encoded: encoded), hash != nil else { return .wrong }
            guard PasswordHash.needsRehash(encoded, cost: cost) else { return .right(newHash: nil) }
            return .right(newHash: try? PasswordHash.make(password, cost: cost))
        }
    }
}

extension Normalization {
    /// One spelling for passwords that are typed alike; `nil` for a text that is too long to be one.
    public static func password(_ text: String, longest: Int) -> String? {
        guard text.utf8.count <= longest * 4 else { return nil }
        let password = composed(text)
        return password.unicodeScalars.count <= longest ? password : nil
    }
}
