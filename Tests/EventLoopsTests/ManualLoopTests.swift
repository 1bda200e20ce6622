import Bytes
import EventLoops
import ParleyTesting
import Testing

private final class Recorder: TimerTarget {
    let loop: ManualLoop
    var times: [MonotonicTime] = []

    init(_ loop: ManualLoop) { self.loop = loop }

    func timerFired(_ token: TimerToken) { times.append(loop.now) }
}

private actor Other {
    private nonisolated let loop: ManualLoop
    private var log: [Int] = []

    init(_ loop: ManualLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func note(_ number: Int) -> Int {
        log.append(number)
        return log.count
    }
}

@Suite struct ManualLoopTests {
    @Test func `work waits for run and keeps its order`() {
        let loop = ManualLoop()
        let log = Locked<[Int]>([])
        loop.execute { log.withLock { $0.append(1) } }
        loop.execute {
            log.withLock { $0.append(2) }
            loop.execute { log.withLock { $0.append(4) } }
        }
        loop.execute { log.withLock { $0.append(3) } }
        #expect(log.withLock { $0 }.isEmpty)
        loop.run()
        #expect(log.withLock { $0 } == [1, 2, 3, 4])
        #expect(loop.isIdle)
    }

    @Test func `timers fire at their own times while time passes`() {
        let loop = ManualLoop()
        let start = loop.now
        let target = Recorder(loop)
        loop.schedule(after: .milliseconds(500), target)
        loop.schedule(after: .milliseconds(20), target)
        let cancelled = loop.schedule(after: .milliseconds(30), target)
        loop.cancel(cancelled)
        loop.advance(by: .milliseconds(499))
        #expect(target.times == [start + .milliseconds(20)])
        loop.advance(by: .milliseconds(1))
        #expect(target.times == [start + .milliseconds(20), start + .milliseconds(500)])
        #expect(loop.timerCount == 0)
    }

    @Test func `handlers begin in the order in which they were started and await each other on the loop`() {
        let loop = ManualLoop()
        let other = Other(loop)
        let log = Locked<[Int]>([])
        for number in 0..<10 {
            loop.start {
                let count = await other.note(number)
                log.withLock { $0.append(number * 100 + count) }
            }
        }
        loop.run()
        #expect(log.withLock { $0 } == (0..<10).map { $0 * 100 + $0 + 1 })
    }

    @Test func `run until waits for other threads`() async {
        let loop = ManualLoop()
        let done = Locked(false)
        loop.start {
            await Task.detached {}.value
            done.withLock { $0 = true }
        }
        #expect(await loop.run(until: { done.withLock { $0 } }))
    }

    @Test func `the clock and the random source repeat`() {
        let clock = ManualClock(epochMilliseconds: 1000)
        clock.advance(by: .milliseconds(250))
        #expect(clock.epochMilliseconds == 1250)
        clock.advance(by: .seconds(-1))
        #expect(clock.epochMilliseconds == 250)
        #expect(SeededRandom(seed: 7).bytes(20) == SeededRandom(seed: 7).bytes(20))
        #expect(SeededRandom(seed: 7).bytes(20) != SeededRandom(seed: 8).bytes(20))
        #expect(SeededRandom().bytes(3).count == 3)
    }
}
