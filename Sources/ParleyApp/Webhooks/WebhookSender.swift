import Bytes
import Chat
import EventLoops
import Fetch
import Logging

/// Tells outgoing webhooks what waits for them: of each webhook one thing after the other, of a bounded number of webhooks
/// at a time.
///
/// `@unchecked Sendable` because what changes is touched on the loop only.
final class WebhookSender: TimerTarget, @unchecked Sendable {
    private let chat: Chat
    private let fetcher: Fetcher
    private let loop: any EventLoop
    private let logger: Logger
    private let most: Int
    /// Webhooks that something may wait for, in the order in which they are looked at.
    private var ready: [UUID] = []
    /// Those of `ready`, those that are told something now, and of these those that are to be looked at again.
    private var listed: Set<UUID> = []
    private var active: Set<UUID> = []
    private var again: Set<UUID> = []
    /// Webhooks that wait for a time, also by themselves.
    private var timers: [TimerToken: UUID] = [:]
    private var waiting: Set<UUID> = []
    private var isStopped = false

    /// How long to wait where the store cannot be asked.
    private static let pause = Duration.seconds(5)

    /// - Parameter most: how many webhooks are told something at a time.
    init(_ chat: Chat, _ fetcher: Fetcher, most: Int, on loop: any EventLoop, logger: Logger) {
        self.chat = chat
        self.fetcher = fetcher
        self.most = most
        self.loop = loop
        self.logger = logger
    }

    /// Begins with what was left when the server stopped.
    func start() {
        chat.onQueued { [weak self] webhooks in
            guard let self else { return }
            loop.execute { for webhook in webhooks { self.wake(webhook) } }
        }
        loop.start { [self] in
            do throws(ChatError) {
                for webhook in try await chat.waitingWebhooks() { wake(webhook) }
            } catch {
                logger.warning("Webhooks that wait could not be read", ["error": .describing(error)])
            }
        }
    }

    /// Tells nobody anything any more; what is under way is told again after a start.
    func stop() {
        loop.execute {
            self.isStopped = true
            for token in self.timers.keys { self.loop.cancel(token) }
            self.timers = [:]
            self.ready = []
        }
    }

    func timerFired(_ token: TimerToken) {
        guard let webhook = timers.removeValue(forKey: token) else { return }
        waiting.remove(webhook)
        wake(webhook)
    }

    private func wake(_ webhook: UUID) {
        guard !isStopped else { return }
        guard !active.contains(webhook) else {
            _ = again.insert(webhook)
            return
        }
        // One that waits for a time is looked at when that has come; what is new stands behind what failed.
        guard !waiting.contains(webhook), listed.insert(webhook).inserted else { return }
        ready.append(webhook)
        next()
    }

    private func next() {
        while !isStopped, active.count < most, !ready.isEmpty {
            let webhook = ready.removeFirst()
            listed.remove(webhook)
            active.insert(webhook)
            loop.start { [self] in await serve(webhook) }
        }
    }

    /// Tells a webhook one thing, and puts it behind the others.
    private nonisolated(nonsending) func serve(_ webhook: UUID) async {
        var wait: Duration?
        var isDone = false
        do throws(ChatError) {
            if let delivery = try await chat.nextDelivery(of: webhook) {
                let early = delivery.delivery.due - chat.time
                if early > 0 { wait = .milliseconds(early) } else { try await tell(delivery) }
            } else {
                isDone = true
            }
        } catch {
            wait = Self.pause
            if !isStopped { logger.warning("A webhook could not be served", ["error": .describing(error)]) }
        }
        ended(webhook, wait: wait, isDone: isDone)
    }

    private func ended(_ webhook: UUID, wait: Duration?, isDone: Bool) {
        active.remove(webhook)
        let isNews = again.remove(webhook) != nil
        guard !isStopped else { return }
        if let wait {
            timers[loop.schedule(after: wait, self)] = webhook
            waiting.insert(webhook)
        } else if isNews || !isDone {
            wake(webhook)
        }
        next()
    }

    private nonisolated(nonsending) func tell(_ delivery: PendingDelivery) async throws(ChatError) {
        guard !delivery.isVoid else { return try await chat.settle(delivery, status: nil) }
        let request: FetchRequest
        do {
            request = try self.request(delivery)
        } catch let error as FetchError {
            return try await chat.fail(delivery, status: nil, error.description)
        } catch {
            throw .internalFailure
        }
        let answer: FetchResponse
        do throws(FetchError) {
            answer = try await fetcher.fetch(request)
        } catch {
            // That it was not even tried is not the receiver's fault.
            if error == .busy { throw .busy }
            return try await chat.fail(delivery, status: nil, error.description)
        }
        let status = Int64(answer.status)
        guard !(200...299).contains(status) else { return try await chat.settle(delivery, status: status) }
        try await chat.fail(
            delivery, status: status, "It was answered with the status \(status); answer with one of 200 to 299.")
    }

    private func request(_ delivery: PendingDelivery) throws -> FetchRequest {
        let url = try FetchURL(delivery.url)
        let body = try WebhookJSON.body(delivery)
        let signature = try WebhookSignature(of: body, at: chat.time / 1000, secret: delivery.secret)
        return FetchRequest(
            .post, url,
            headers: [
                ("Content-Type", "application/json"), ("X-Parley-Event", delivery.delivery.event.rawValue),
                ("X-Parley-Delivery", delivery.id), ("X-Parley-Timestamp", String(signature.time)),
                ("X-Parley-Signature", signature.text),
            ], body: body)
    }
}
