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

private final class Target: TimerTarget, @unchecked Sendable {
    // Sendable because `action` is called on the loop only.
    let action: (TimerToken) -> Void
    init(_ action: @escaping (TimerToken) -> Void) { self.action = action }
    func timerFired(_ token: TimerToken) { action(token) }
}

private actor Counter {
    private nonisolated let loop: UVLoop
    private var count = 0

    init(_ loop: UVLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func increment() -> (count: Int, isOnLoop: Bool) {
        count += 1
        return (count, loop.isCurrent)
    }
}

extension NetworkTests {
    @Suite struct UVLoopTests {
        @Test func `closures of one thread run in the order of the calls`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let log = Locked<[[Int]]>(Array(repeating: [], count: 4))
                await withTaskGroup { tasks in
                    for thread in 0..<4 {
                        tasks.addTask {
                            for number in 0..<2000 {
                                loop.execute { log.withLock { $0[thread].append(number) } }
                            }
                        }
                    }
                }
                _ = await loop.call { true }
                #expect(log.withLock { $0 } == Array(repeating: Array(0..<2000), count: 4))
            }
        }

        @Test func `closures and jobs of one thread share one queue`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let log = Locked<[Int]>([])
                let gate = Gate()
                // Keeps the loop busy, so that all of it waits in the mailbox together.
                loop.execute { gate.waitUntilOpen() }
                for number in 0..<100 {
                    if number.isMultiple(of: 2) {
                        loop.execute { log.withLock { $0.append(number) } }
                    } else {
                        loop.start { log.withLock { $0.append(number) } }
                    }
                }
                gate.open()
                await eventually { log.withLock { $0.count } == 100 }
                #expect(log.withLock { $0.filter { $0.isMultiple(of: 2) } } == Array(stride(from: 0, to: 100, by: 2)))
                #expect(log.withLock { $0.filter { !$0.isMultiple(of: 2) } } == Array(stride(from: 1, to: 100, by: 2)))
            }
        }

        @Test func `what was posted before bytes were sent runs before they are read`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let log = Locked<[String]>([])
                let server = try RecordingServer(group) { connection in
                    Recorder(
                        connection,
                        onReceived: { _, _ in
                            let isFirst = log.withLock {
                                $0.append("read"); return $0.count == 1
                            }
                            while isFirst && log.withLock({ $0.count }) == 1 { usleep(100) }
                        })
                }
                let peers = [try await server.connect().0, try await server.connect().0]
                // Both have sent before the loop looks, so that it reads one right after the other.
                let gate = Gate()
                loop.execute { gate.waitUntilOpen() }
                for peer in peers { try await peer.send("x") }
                gate.open()
                await eventually { log.withLock { !$0.isEmpty } }
                loop.execute { log.withLock { $0.append("posted") } }
                log.withLock { $0.append("the post was made") }
                await eventually { log.withLock { $0.count } == 4 }
                #expect(log.withLock { $0 } == ["read", "the post was made", "posted", "read"])
                server.listener.stop()
            }
        }

        @Test func `only the loop's own thread is current`() async throws {
            try await withLoops(2) { group in
                #expect(!group.loops[0].isCurrent)
                #expect(await group.loops[0].call { group.loops[0].isCurrent })
                #expect(await group.loops[0].call { !group.loops[1].isCurrent })
                #expect(await group.loops[1].call { group.loops[0].isIsolatingCurrentContext() } == false)
                #expect(group.loops.map(\.index) == [0, 1])
            }
        }

        @Test func `an await between two actors of one loop stays on its thread`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let (first, second) = (Counter(loop), Counter(loop))
                let isDone = Locked<Bool?>(nil)
                loop.start {
                    var stayed = loop.isCurrent
                    for _ in 0..<1000 {
                        let a = await first.increment()
                        let b = await second.increment()
                        stayed = stayed && a.isOnLoop && b.isOnLoop && loop.isCurrent
                    }
                    isDone.withLock { [stayed] in $0 = stayed }
                }
                await eventually { isDone.withLock { $0 } != nil }
                #expect(isDone.withLock { $0 } == true)
                #expect(await first.increment().count == 1001)
            }
        }

        @Test func `a handler that waited for another thread comes back to its loop`() async throws {
            try await withLoops(2) { group in
                let (home, away) = (group.loops[0], Counter(group.loops[1]))
                let seen = Locked<[Bool]>([])
                home.start {
                    for _ in 0..<100 {
                        let isAway = await away.increment().isOnLoop
                        seen.withLock { $0.append(isAway && home.isCurrent) }
                    }
                }
                await eventually { seen.withLock { $0.count } == 100 }
                #expect(seen.withLock { $0.allSatisfy { $0 } })
            }
        }

        @Test func `handlers started on the loop begin in order and in the same turn`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let log = Locked<[Int]>([])
                let turns = Locked<Set<UInt64>>([])
                _ = await loop.call {
                    for number in 0..<50 {
                        loop.start {
                            log.withLock { $0.append(number) }
                            _ = turns.withLock { $0.insert(loop.statistics.turns) }
                        }
                    }
                }
                await eventually { log.withLock { $0.count } == 50 }
                #expect(log.withLock { $0 } == Array(0..<50))
                #expect(turns.withLock { $0.count } == 1)
            }
        }

        @Test func `work that never ends does not keep the sockets waiting`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let isStopped = Locked(false)
                @Sendable func again() {
                    if !isStopped.withLock({ $0 }) { loop.execute { again() } }
                }
                loop.execute { again() }
                loop.start { while !isStopped.withLock({ $0 }) { await Task.yield() } }
                let listener = try Listener(anyLoopbackPort, group: group) { $0.delegate = Echo($0) }
                let peer = try Peer(listener.address)
                try await peer.send("still here")
                #expect(try await peer.readText(10) == "still here")
                isStopped.withLock { $0 = true }
            }
        }

        @Test func `timers fire in order and not before their time`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let fired = Locked<[Int]>([])
                let early = Locked(0)
                let kept = Locked<[Target]>([])
                _ = await loop.call {
                    for delay in [120, 15, 60, 15, 1] {
                        let due = loop.now + .milliseconds(delay)
                        let target = Target { _ in
                            if loop.now < due { early.withLock { $0 += 1 } }
                            fired.withLock { $0.append(delay) }
                        }
                        kept.withLock { $0.append(target) }
                        loop.schedule(after: .milliseconds(delay), target)
                    }
                    let cancelled = Target { _ in fired.withLock { $0.append(-1) } }
                    kept.withLock { $0.append(cancelled) }
                    loop.cancel(loop.schedule(after: .milliseconds(20), cancelled))
                }
                await eventually { fired.withLock { $0.count } == 5 }
                #expect(fired.withLock { $0 } == [1, 15, 15, 60, 120])
                #expect(early.withLock { $0 } == 0)
            }
        }

        @Test func `a timer scheduled by a timer fires`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let count = Locked(0)
                let kept = Locked<Target?>(nil)
                _ = await loop.call {
                    let target = Target { _ in
                        guard
                            count.withLock({
                                $0 += 1; return $0 < 5
                            }), let again = kept.withLock({ $0 })
                        else { return }
                        loop.schedule(after: .zero, again)
                    }
                    kept.withLock { $0 = target }
                    loop.schedule(after: .zero, target)
                }
                await eventually { count.withLock { $0 } == 5 }
                kept.withLock { $0 = nil }
            }
        }

        @Test func `next goes round`() async throws {
            try await withLoops(3) { group in
                #expect((0..<7).map { _ in group.next().index } == [0, 1, 2, 0, 1, 2, 0])
            }
        }

        @Test func `a stopped loop runs nothing more and tells its connections`() async throws {
            let group = UVLoopGroup(count: 2)
            let server = try RecordingServer(group)
            let pairs = [try await server.connect(), try await server.connect()]
            await group.stop()
            for (peer, recorder) in pairs {
                #expect(recorder.error == .loopStopped)
                #expect(recorder.calls == ["closed"])
                #expect(try await peer.readToEnd().isEmpty)
            }
            let ran = Locked(false)
            #expect(!group.loops[0].execute { ran.withLock { $0 = true } })
            group.loops[0].stop()
            group.stopAndWait()
            #expect(!ran.withLock { $0 })
            #expect(!group.loops[0].isCurrent)
        }
    }
}
