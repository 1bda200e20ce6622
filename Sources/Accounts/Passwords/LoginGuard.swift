import Bytes
import EventLoops

/// Counts wrong passwords for each pair of account and address, for each address, and for each account.
///
/// Those who were logged in from an address before are not locked out by what others try from elsewhere.
final class LoginGuard: Sendable {
    enum Subject: Hashable, Sendable {
        case pair(String, IPAddress?)
        case address(IPAddress)
        case account(String)
    }

    private let attempts: AttemptGuard<Subject>
    private let limits: AccountLimits

    init(clock: any WallClock, limits: AccountLimits) {
        attempts = AttemptGuard(clock: clock, window: limits.failureWindow, capacity: limits.failureRecords)
        self.limits = limits
    }

    /// Counts a try; throws where there is none left.
    ///
    /// - Parameters:
    ///   - name: of the account, in the spelling that all who mean it share; there need be none.
    ///   - isKnown: whether the account has been used from the address.
    func begin(_ name: String, from address: IPAddress?, isKnown: Bool) throws(AccountError) {
        if let seconds = attempts.begin(subjects(name, address, isKnown)) {
            throw .tooManyAttempts(retryAfter: seconds)
        }
    }

    /// The password was right: mistakes made before from here are forgotten.
    func succeeded(_ name: String, from address: IPAddress?, isKnown: Bool) {
        withdrew(name, from: address, isKnown: isKnown)
        attempts.forget(.pair(name, address?.subscriber))
    }

    /// The password was not looked at: the try is given back.
    func withdrew(_ name: String, from address: IPAddress?, isKnown: Bool) {
        attempts.withdraw(subjects(name, address, isKnown).map(\.subject))
    }

    private func subjects(_ name: String, _ address: IPAddress?, _ isKnown: Bool) -> [(subject: Subject, most: Int)] {
        let address = address?.subscriber
        var subjects: [(subject: Subject, most: Int)] = [(.pair(name, address), limits.failures)]
        if let address { subjects.append((.address(address), limits.failuresPerAddress)) }
        if !isKnown { subjects.append((.account(name), limits.failuresPerAccount)) }
        return subjects
    }
}
