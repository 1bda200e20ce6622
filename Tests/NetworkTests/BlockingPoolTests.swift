import Bytes
import EventLoops
import Network
import ParleyTesting
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private struct Refusal: Error {}

extension NetworkTests {
    @Suite struct BlockingPoolTests {
        @Test func `work runs off the loop and its result comes back to the loop that asked`() async throws {
            try await withLoops(2) { group in
                let pool = BlockingPool(threads: 2)
                let results = Locked<[Bool]>([])
                for loop in group.loops {
                    loop.start {
                        let isOff = try? await pool.run { !loop.isCurrent }
                        results.withLock { $0.append(isOff == true && loop.isCurrent) }
                    }
                }
                await eventually { results.withLock { $0 } == [true, true] }
                await #expect(throws: Refusal.self) { try await pool.run { throw Refusal() } }
                pool.stopAndWait()
            }
        }

        @Test func `one more than the queue holds is refused, and what waits is done`() async throws {
            let pool = BlockingPool(threads: 1, maxQueued: 3)
            let gate = Gate()
            let done = Locked<[Int]>([])
            try pool.submit { gate.waitUntilOpen() }
            await eventually { pool.queuedCount == 0 }
            for number in 0..<3 { try pool.submit { done.withLock { $0.append(number) } } }
            #expect(throws: BlockingPoolError.full) { try pool.submit {} }
            await #expect(throws: BlockingPoolError.full) { try await pool.run { 1 } }
            pool.stop()
            #expect(throws: BlockingPoolError.stopped) { try pool.submit {} }
            gate.open()
            pool.stopAndWait()
            #expect(done.withLock { $0 } == [0, 1, 2])
        }

        @Test func `a pool that is never idle forgets what it has done`() async throws {
            let pool = BlockingPool(threads: 2, maxQueued: 8)
            let count = Locked(0)
            for _ in 0..<5000 {
                while true {
                    do {
                        try pool.submit { count.withLock { $0 += 1 } }
                        break
                    } catch {
                        usleep(50)
                    }
                }
            }
            pool.stopAndWait()
            #expect(count.withLock { $0 } == 5000)
        }
    }

    @Suite struct SignalTests {
        @Test func `signals call the handler on the loop until it is stopped`() async {
            await #expect(processExitsWith: .signal(SIGTERM)) {
                let group = UVLoopGroup(count: 2)
                let loop = group.loops[1]
                let seen = Locked<[SignalSource.Signal]>([])
                let source = SignalSource([.terminate, .interrupt, .hangUp], on: loop) { signal in
                    #expect(loop.isCurrent)
                    seen.withLock { $0.append(signal) }
                }
                for (number, signal) in [
                    (SIGTERM, SignalSource.Signal.terminate), (SIGINT, .interrupt), (SIGHUP, .hangUp),
                ] {
                    kill(getpid(), number)
                    await eventually { seen.withLock { $0.last } == signal }
                }
                #expect(seen.withLock { $0.count } == 3)
                source.stop()
                _ = await loop.call { true }
                _ = await loop.call { true }
                kill(getpid(), SIGTERM)
                try await Task.sleep(for: .seconds(20))
            }
        }

        @Test func `a write to a closed pipe is no end`() async {
            await #expect(processExitsWith: .success) {
                let group = UVLoopGroup(count: 1)
                kill(getpid(), SIGPIPE)
                await group.stop()
            }
        }
    }
}
