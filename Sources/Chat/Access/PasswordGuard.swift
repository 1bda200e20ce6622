import Accounts
import Bytes
import EventLoops

/// Counts wrong passwords for each pair of room and address, and for each address in all rooms, and refuses those who
/// have used up their tries.
final class PasswordGuard: Sendable {
    /// Whose tries are counted; in all rooms where there is none.
    private struct Subject: Hashable {
        let room: RoomID?
        let address: IPAddress?
    }

    private let attempts: AttemptGuard<Subject>
    private let limits: ChatLimits

    init(clock: any WallClock, limits: ChatLimits) {
        attempts = AttemptGuard(clock: clock, window: limits.passwordWindow, capacity: limits.passwordRecords)
        self.limits = limits
    }

    /// How many pairs and addresses are remembered.
    var count: Int { attempts.count }

    /// Counts a try; throws where there is none left.
    func begin(_ room: RoomID, from address: IPAddress?) throws(ChatError) {
        if let seconds = attempts.begin(subjects(room, address)) { throw .tooManyAttempts(retryAfter: seconds) }
    }

    /// The password was right: earlier mistakes in the room are forgotten.
    func succeeded(_ room: RoomID, from address: IPAddress?) {
        withdrew(room, from: address)
        attempts.forget(Subject(room: room, address: address?.subscriber))
    }

    /// The password was not looked at: the try is given back.
    func withdrew(_ room: RoomID, from address: IPAddress?) {
        attempts.withdraw(subjects(room, address).map(\.subject))
    }

    /// What a try counts for. Callers without an address have nothing in common.
    private func subjects(_ room: RoomID, _ address: IPAddress?) -> [(subject: Subject, most: Int)] {
        let address = address?.subscriber
        let pair = (subject: Subject(room: room, address: address), most: limits.passwordFailures)
        guard address != nil else { return [pair] }
        return [pair, (subject: Subject(room: nil, address: address), most: limits.passwordFailuresPerAddress)]
    }
}
