import EventLoops

/// The one time limit that a connection has at a time.
///
/// Setting a later one while a timer runs only notes it: the timer looks again when it fires, so that a keep-alive
/// connection does not touch the timers at each request.
struct Deadline {
    enum Purpose {
        case head
        case body
        /// For so much of a streamed body as must come in the time.
        case pace
        case idle
        /// For the client to take something of an answer.
        case taking
    }

    private(set) var purpose = Purpose.idle
    private var due: MonotonicTime?
    private var timer: (token: TimerToken, due: MonotonicTime)?

    var isForHead: Bool { due != nil && purpose == .head }

    mutating func set(_ purpose: Purpose, after delay: Duration, on loop: any EventLoop, target: any TimerTarget) {
        self.purpose = purpose
        let due = loop.now + delay
        self.due = due
        if let timer {
            if timer.due <= due { return }
            loop.cancel(timer.token)
        }
        timer = (loop.schedule(after: delay, target), due)
    }

    /// No limit for now.
    mutating func clear() { due = nil }

    mutating func cancel(on loop: any EventLoop) {
        due = nil
        if let timer { loop.cancel(timer.token) }
        timer = nil
    }

    /// The timer fired: what is overdue, or `nil` where the limit has moved (then the timer is set again).
    mutating func fired(on loop: any EventLoop, target: any TimerTarget) -> Purpose? {
        timer = nil
        guard let due else { return nil }
        let left = due - loop.now
        if left <= .zero {
            self.due = nil
            return purpose
        }
        timer = (loop.schedule(after: left, target), due)
        return nil
    }
}
