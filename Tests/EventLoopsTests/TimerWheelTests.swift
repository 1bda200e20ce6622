import EventLoops
import Testing

private final class Recorder: TimerTarget {
    var fired: [TimerToken] = []
    var action: (TimerToken) -> Void = { _ in }

    func timerFired(_ token: TimerToken) {
        fired.append(token)
        action(token)
    }
}

private let start = MonotonicTime(nanoseconds: 123_456_789)

private func after(_ milliseconds: Int) -> MonotonicTime { start + .milliseconds(milliseconds) }

@Suite struct TimerWheelTests {
    @Test func `a timer fires at its deadline and not before`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        let token = wheel.schedule(at: after(50), target)
        wheel.advance(to: after(49))
        #expect(target.fired.isEmpty)
        wheel.advance(to: after(50))
        #expect(target.fired == [token])
        wheel.advance(to: after(1000))
        #expect(target.fired == [token])
        #expect(wheel.count == 0)
    }

    @Test func `a deadline between two ticks waits for the later one`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        _ = wheel.schedule(at: after(41), target)
        #expect(wheel.nextDue == after(50))
        #expect(wheel.firingTime(for: after(41)) == after(50))
        wheel.advance(to: after(49))
        #expect(target.fired.isEmpty)
        wheel.advance(to: after(50))
        #expect(target.fired.count == 1)
    }

    @Test func `a deadline in the past fires at the next tick`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        wheel.advance(to: after(100))
        _ = wheel.schedule(at: after(20), target)
        wheel.advance(to: after(105))
        #expect(target.fired.isEmpty)
        wheel.advance(to: after(110))
        #expect(target.fired.count == 1)
    }

    @Test func `timers of one tick fire in the order in which they were scheduled`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        let tokens = (0..<20).map { wheel.schedule(at: after(91 + $0 % 9), target) }
        wheel.advance(to: after(100))
        #expect(target.fired == tokens)
    }

    @Test func `a cancelled timer does not fire, and cancelling twice is no fault`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        let first = wheel.schedule(at: after(10), target)
        let second = wheel.schedule(at: after(10), target)
        let third = wheel.schedule(at: after(10), target)
        #expect(wheel.cancel(second))
        #expect(!wheel.cancel(second))
        wheel.advance(to: after(10))
        #expect(target.fired == [first, third])
        #expect(!wheel.cancel(first))
    }

    @Test func `an old token does not cancel the timer that took its place`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        let old = wheel.schedule(at: after(10), target)
        wheel.cancel(old)
        let new = wheel.schedule(at: after(10), target)
        #expect(old != new)
        #expect(!wheel.cancel(old))
        #expect(!wheel.cancel(TimerToken(id: .max)))
        #expect(!wheel.cancel(TimerToken(id: 0)))
        wheel.advance(to: after(10))
        #expect(target.fired == [new])
    }

    @Test(arguments: [true, false]) func `a target is kept until its timer fires or is cancelled`(fires: Bool) {
        let wheel = TimerWheel(start: start)
        var target: Recorder? = Recorder()
        weak let weakTarget = target
        let token = target.map { wheel.schedule(at: after(10), $0) }
        target = nil
        #expect(weakTarget != nil)
        if fires { wheel.advance(to: after(10)) } else if let token { wheel.cancel(token) }
        #expect(weakTarget == nil)
        #expect(wheel.count == 0)
    }

    @Test func `a wheel that is emptied lets go of every target`() {
        let wheel = TimerWheel(start: start)
        var target: Recorder? = Recorder()
        weak let weakTarget = target
        for delay in [10, 20, 90_000] { if let target { _ = wheel.schedule(at: after(delay), target) } }
        target = nil
        wheel.removeAll()
        #expect(weakTarget == nil)
        #expect(wheel.count == 0)
    }

    @Test func `a timer beyond a whole revolution waits for its own`() {
        let wheel = TimerWheel(start: start, slotCount: 64)
        let target = Recorder()
        let far = wheel.schedule(at: after(640 * 3 + 100), target)
        let near = wheel.schedule(at: after(100), target)
        wheel.advance(to: after(100))
        #expect(target.fired == [near])
        wheel.advance(to: after(640 * 3 + 99))
        #expect(target.fired == [near])
        wheel.advance(to: after(640 * 3 + 100))
        #expect(target.fired == [near, far])
    }

    @Test func `a target may schedule and cancel while it is called`() {
        let wheel = TimerWheel(start: start)
        let target = Recorder()
        let first = wheel.schedule(at: after(10), target)
        let second = wheel.schedule(at: after(10), target)
        var third: TimerToken?
        target.action = { token in
            guard token == first else { return }
            wheel.cancel(second)
            third = wheel.schedule(at: after(10), target)
        }
        wheel.advance(to: after(10))
        #expect(target.fired == [first])
        wheel.advance(to: after(20))
        #expect(target.fired == [first, third])
        // The action holds the target itself.
        target.action = { _ in }
    }

    @Test func `a long leap fires everything in order of time`() {
        let wheel = TimerWheel(start: start, slotCount: 64)
        let target = Recorder()
        var deadlines: [TimerToken: Int] = [:]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let milliseconds = Int.random(in: 1...50_000, using: &generator)
            deadlines[wheel.schedule(at: after(milliseconds), target)] = (milliseconds + 9) / 10
        }
        wheel.advance(to: after(60_000))
        #expect(target.fired.count == 2000)
        let order = target.fired.map { deadlines[$0] ?? 0 }
        #expect(order == order.sorted())
    }

    @Test func `nextDue names the first slot that holds a timer, across the end of the wheel`() {
        let wheel = TimerWheel(start: start, slotCount: 64)
        let target = Recorder()
        #expect(wheel.nextDue == nil)
        wheel.advance(to: after(600))
        let token = wheel.schedule(at: after(700), target)
        #expect(wheel.nextDue == after(700))
        _ = wheel.schedule(at: after(1230), target)
        wheel.cancel(token)
        #expect(wheel.nextDue == after(1230))
    }

    @Test func `time stops at its ends`() {
        let late = MonotonicTime(nanoseconds: .max - 5)
        #expect(late + .seconds(1) == MonotonicTime(nanoseconds: .max))
        #expect(MonotonicTime(nanoseconds: 5) + .seconds(-1) == MonotonicTime(nanoseconds: 0))
        #expect(MonotonicTime(nanoseconds: 0) + .seconds(Int64.max) == MonotonicTime(nanoseconds: UInt64(Int64.max)))
        #expect(after(30) - after(10) == .milliseconds(20))
        #expect(after(10) - after(30) == .milliseconds(-20))
    }
}
