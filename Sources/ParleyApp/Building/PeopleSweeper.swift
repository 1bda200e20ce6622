import Accounts
import Chat
import EventLoops
import Logging

/// Ends sessions whose time is over, at the start and every hour: they can do nothing any more, but what is open under them
/// is to be closed, and they are not to be listed. Removes profiles of guests who have gone, likewise.
///
/// `@unchecked Sendable` because `timer` is touched on the loop only.
final class PeopleSweeper: TimerTarget, @unchecked Sendable {
    private let accounts: Accounts
    private let chat: Chat
    private let loop: any EventLoop
    private let logger: Logger
    private var timer: TimerToken?

    private static let interval = Duration.seconds(3600)

    init(_ accounts: Accounts, _ chat: Chat, on loop: any EventLoop, logger: Logger) {
        self.accounts = accounts
        self.chat = chat
        self.loop = loop
        self.logger = logger
    }

    func start() { loop.execute { self.sweep() } }

    /// Sweeps no more.
    func stop() {
        loop.execute {
            if let timer = self.timer { self.loop.cancel(timer) }
            self.timer = nil
        }
    }

    func timerFired(_ token: TimerToken) { sweep() }

    private func sweep() {
        timer = loop.schedule(after: Self.interval, self)
        loop.start { [self] in
            do throws(AccountError) {
                try await accounts.sweep()
            } catch {
                logger.warning("Sessions that are over could not be ended", ["error": .describing(error)])
            }
            do throws(ChatError) {
                try await chat.sweepProfiles()
            } catch {
                logger.warning("Profiles of guests who have gone stay", ["error": .describing(error)])
            }
        }
    }
}
