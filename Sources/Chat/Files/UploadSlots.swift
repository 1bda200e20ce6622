import Accounts
import Bytes

/// How many uploads are under way, in all and for each person.
final class UploadSlots: Sendable {
    /// Whom an upload counts for.
    enum Holder: Hashable, Sendable {
        case account(UUID)
        /// Guests by where they are, for their names cost nothing.
        case network(CIDR)
        /// Guests on this machine.
        case local

        init(_ caller: Caller) {
            if let account = caller.person.account {
                self = .account(account.id)
            } else if let address = caller.proof.address {
                self = .network(CIDR(subscriberOf: address))
            } else {
                self = .local
            }
        }
    }

    /// One upload's place; it ends with the last reference.
    final class Slot: Sendable {
        private let slots: UploadSlots
        private let holder: Holder

        fileprivate init(_ slots: UploadSlots, _ holder: Holder) {
            self.slots = slots
            self.holder = holder
        }

        deinit { slots.end(holder) }
    }

    private struct State {
        var counts: [Holder: Int] = [:]
        var total = 0
    }

    private let most: Int
    private let mostPerHolder: Int
    private let state = Locked(State())

    init(most: Int, perHolder: Int) {
        self.most = most
        mostPerHolder = perHolder
    }

    /// Throws where as many are under way as may be.
    func begin(_ holder: Holder) throws(ChatError) -> Slot {
        let refusal: ChatError? = state.withLock { state in
            guard state.counts[holder, default: 0] < mostPerHolder else { return .tooManyUploads }
            guard state.total < most else { return .busy }
            state.counts[holder, default: 0] += 1
            state.total += 1
            return nil
        }
        if let refusal { throw refusal }
        return Slot(self, holder)
    }

    private func end(_ holder: Holder) {
        state.withLock { state in
            let count = state.counts[holder, default: 1]
            state.counts[holder] = count > 1 ? count - 1 : nil
            state.total -= 1
        }
    }
}
