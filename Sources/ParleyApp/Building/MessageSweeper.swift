import Chat
import EventLoops
import Logging

/// Removes messages that are over the limits of their rooms, at the start and every minute: those of rooms in which nobody
/// posts, too. And files that have waited too long for their messages.
///
/// `@unchecked Sendable` because what changes is touched on the loop only.
final class MessageSweeper: TimerTarget, @unchecked Sendable {
    private let chat: Chat
    private let loop: any EventLoop
    private let logger: Logger
    private var timer: TimerToken?
    private var isStopped = false

    private static let interval = Duration.seconds(60)

    init(_ chat: Chat, on loop: any EventLoop, logger: Logger) {
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
            self.isStopped = true
        }
    }

    func timerFired(_ token: TimerToken) { sweep() }

    /// The next one begins a time after this has ended.
    private func sweep() {
        loop.start { [self] in
            do throws(ChatError) {
                try await chat.sweepMessages()
                try await chat.sweepPendingFiles()
            } catch {
                if isStopped { return }
                logger.warning("Old messages could not be removed", ["error": .describing(error)])
            }
            if !isStopped { timer = loop.schedule(after: Self.interval, self) }
        }
    }
}
