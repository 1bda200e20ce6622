import Bytes
import EventLoops
import Network
import ParleyTesting
import Testing

extension NetworkTests {
    @Suite struct WritePathTests {
        @Test func `a thousand small writes of one turn arrive in order with one system call`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                let before = await loop.call { loop.statistics.writes }
                let after = await loop.call { () -> UInt64 in
                    for number in 0..<1000 { recorder.connection.write(copying: Array("<\(number)>".utf8).span.bytes) }
                    #expect(recorder.connection.pendingBytes == (0..<1000).reduce(0) { $0 + "<\($1)>".utf8.count })
                    recorder.connection.flush()
                    return loop.statistics.writes
                }
                #expect(after - before == 1)
                let expected = (0..<1000).map { "<\($0)>" }.joined()
                #expect(try await peer.readText(expected.utf8.count) == expected)
                #expect(await loop.call { recorder.connection.pendingBytes } == 0)
            }
        }

        @Test func `a broadcast of several frames costs each connection one system call`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let server = try RecordingServer(group)
                var pairs: [(peer: Peer, recorder: Recorder)] = []
                for _ in 0..<20 { pairs.append(try await server.connect()) }
                let recorders = pairs.map(\.recorder)
                let frames = (0..<16).map { SharedBytes("frame \($0);") }
                let before = await loop.call { loop.statistics.writes }
                await loop.call {
                    for frame in frames {
                        for recorder in recorders { recorder.connection.write(frame) }
                    }
                }
                let expected = (0..<16).map { "frame \($0);" }.joined()
                for (peer, _) in pairs { #expect(try await peer.readText(expected.utf8.count) == expected) }
                #expect(await loop.call { loop.statistics.writes } - before == 20)
            }
        }

        @Test func `writes of every kind and size keep their order`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                var options = Listener.Options()
                options.connection.maxPendingBytes = 64 << 20
                let server = try RecordingServer(group, options: options)
                let (first, a) = try await server.connect()
                let (second, b) = try await server.connect()
                let expected = Locked<[[UInt8]]>([[], []])
                await loop.call {
                    var generator = SeededGenerator(seed: 42)
                    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
                    let sizes = [1, 10, 100, 4095, 4096, 4097, 20_000, 70_000, 300_000]
                    for round in 0..<600 {
                        let size = sizes[random(round < 500 ? 6 : sizes.count)]
                        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ round) }
                        let target = random(2)
                        let connection = [a, b][target].connection
                        switch random(3) {
                        case 0: connection.write(SharedBytes(bytes))
                        case 1: connection.write(bytes)
                        default: connection.write(copying: bytes.span.bytes)
                        }
                        expected.withLock { $0[target] += bytes }
                        if random(100) == 0 { connection.flush() }
                    }
                }
                let wanted = expected.withLock { $0 }
                async let firstBytes = first.read(wanted[0].count)
                async let secondBytes = second.read(wanted[1].count)
                #expect(try await firstBytes == wanted[0])
                #expect(try await secondBytes == wanted[1])
            }
        }

        @Test func `a slow reader gets everything in order and drained is told`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let chunk = 40_000
                let count = 400
                var options = Listener.Options()
                options.connection.maxPendingBytes = chunk * count
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                for number in 0..<count {
                    await loop.call {
                        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: chunk)
                        switch number % 3 {
                        case 0: recorder.connection.write(SharedBytes(bytes))
                        case 1: recorder.connection.write(bytes)
                        default:
                            for part in 0..<40 {
                                recorder.connection.write(Array(bytes[(part * 1000)..<(part * 1000 + 1000)]))
                            }
                        }
                    }
                }
                let before = await loop.call {
                    #expect(recorder.connection.pendingBytes > 1 << 20)
                    return recorder.calls.count
                }
                let bytes = try await peer.read(chunk * count)
                #expect(bytes.count == chunk * count)
                #expect(
                    (0..<count).allSatisfy { number in
                        bytes[(number * chunk)..<(number * chunk + chunk)].allSatisfy {
                            $0 == UInt8(truncatingIfNeeded: number)
                        }
                    })
                await eventually { recorder.calls.count == before + 1 }
                #expect(recorder.calls.allSatisfy { $0 == "drained" })
                #expect(await loop.call { recorder.connection.pendingBytes } == 0)
            }
        }

        @Test func `drained comes once for what passed the low-water mark, and not below it`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                var options = Listener.Options()
                options.connection.lowWaterMark = 1000
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                await loop.call { recorder.connection.write([UInt8](repeating: 1, count: 1000)) }
                _ = try await peer.read(1000)
                #expect(recorder.calls.isEmpty)
                await loop.call {
                    recorder.connection.write([UInt8](repeating: 1, count: 1000))
                    recorder.connection.write([1])
                }
                _ = try await peer.read(1001)
                await eventually { recorder.calls == ["drained"] }
            }
        }

        @Test func `drained can be asked for`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                await loop.call {
                    recorder.connection.notifyWhenDrained()
                    recorder.connection.write([1, 2, 3])
                    #expect(recorder.calls.isEmpty)
                }
                #expect(try await peer.read(3) == [1, 2, 3])
                await eventually { recorder.calls == ["drained"] }
                await loop.call { recorder.connection.notifyWhenDrained() }
                await eventually { recorder.calls == ["drained", "drained"] }
            }
        }

        @Test func `what does not fit the bound overflows once, and nothing is sent after it`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                var options = Listener.Options()
                options.connection.maxPendingBytes = 100_000
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                // Fill the system's buffers, then exactly the bound.
                await loop.call {
                    let connection = recorder.connection
                    while connection.pendingBytes == 0 {
                        connection.write([UInt8](repeating: 1, count: 50_000))
                        connection.flush()
                    }
                    connection.write([UInt8](repeating: 2, count: 100_000 - connection.pendingBytes))
                    connection.flush()
                }
                await loop.call { #expect(recorder.connection.pendingBytes == 100_000) }
                #expect(recorder.calls.isEmpty)
                // One byte more.
                await loop.call {
                    recorder.connection.write([3])
                    recorder.connection.write([4])
                    #expect(recorder.calls.isEmpty)
                }
                await eventually { recorder.calls == ["overflowed"] }
                await loop.call {
                    recorder.connection.write([5])
                    #expect(recorder.connection.pendingBytes <= 100_000)
                    recorder.connection.shutdownAfterFlush()
                }
                let bytes = try await peer.readToEnd()
                #expect(Set(bytes) == [1, 2])
                #expect(recorder.calls.first == "overflowed")
                #expect(recorder.calls.filter { $0 == "overflowed" }.count == 1)
            }
        }

        @Test func `who has much waiting overflows when all together have too much, and who has little does not`()
            async throws
        {
            let budget = MemoryBudget(limit: 200_000)
            try await withLoops(1, backlogBudget: budget) { group in
                let loop = group.loops[0]
                let server = try RecordingServer(group)
                let (first, greedy) = try await server.connect()
                let (second, modest) = try await server.connect()
                await loop.call {
                    for connection in [greedy.connection, modest.connection] {
                        while connection.pendingBytes == 0 {
                            connection.write([UInt8](repeating: 1, count: 8000))
                            connection.flush()
                        }
                    }
                    // What many connections share counts for none of them.
                    greedy.connection.write(SharedBytes([UInt8](repeating: 2, count: 500_000)))
                    greedy.connection.flush()
                    greedy.connection.write([UInt8](repeating: 3, count: 200_000 - budget.count))
                    greedy.connection.flush()
                    #expect(budget.count == 200_000)
                }
                #expect(greedy.calls.isEmpty && modest.calls.isEmpty)
                await loop.call {
                    modest.connection.write([4])
                    modest.connection.flush()
                }
                await loop.call {
                    greedy.connection.write([5])
                    greedy.connection.flush()
                }
                await eventually { greedy.calls == ["overflowed"] }
                #expect(modest.calls.isEmpty)
                await loop.call { greedy.connection.abort() }
                await eventually { budget.count <= 8000 }
                await loop.call { modest.connection.abort() }
                await eventually { budget.count == 0 }
                withExtendedLifetime((first, second)) {}
            }
        }

        @Test func `what the peer reads is given back`() async throws {
            let budget = MemoryBudget(limit: 64 << 20)
            try await withLoops(1, backlogBudget: budget) { group in
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                await group.loops[0].call {
                    recorder.connection.write([UInt8](repeating: 9, count: 16 << 20))
                    recorder.connection.flush()
                    #expect(budget.count > 0 && budget.count == recorder.connection.pendingBytes)
                }
                #expect(try await peer.read(16 << 20).count == 16 << 20)
                await eventually { budget.count == 0 }
            }
        }

        @Test func `one write to a connection for which nothing waits may pass the bound`() async throws {
            try await withLoops(1) { group in
                var options = Listener.Options()
                options.connection.maxPendingBytes = 1000
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                await group.loops[0].call { recorder.connection.write([UInt8](repeating: 9, count: 8 << 20)) }
                #expect(try await peer.read(8 << 20).count == 8 << 20)
                await eventually { recorder.calls == ["drained"] }
            }
        }

        @Test func `shutdown comes after everything that was queued`() async throws {
            try await withLoops(1) { group in
                var options = Listener.Options()
                options.connection.maxPendingBytes = 64 << 20
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                await group.loops[0].call {
                    for _ in 0..<10 { recorder.connection.write([UInt8](repeating: 1, count: 1 << 20)) }
                    recorder.connection.shutdownAfterFlush()
                    recorder.connection.write([2])
                    recorder.connection.shutdownAfterFlush()
                }
                let bytes = try await peer.readToEnd()
                #expect(bytes.count == 10 << 20)
                #expect(bytes.allSatisfy { $0 == 1 })
                try await peer.send("after")
                await eventually { recorder.received == Array("after".utf8) }
                peer.endWriting()
                await eventually { recorder.isClosed }
                #expect(recorder.error == nil)
            }
        }

        @Test func `more than the arena holds in one turn arrives whole at many connections`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let server = try RecordingServer(group)
                var pairs: [(peer: Peer, recorder: Recorder)] = []
                for _ in 0..<10 { pairs.append(try await server.connect()) }
                let recorders = pairs.map(\.recorder)
                await loop.call {
                    for round in 0..<100 {
                        for recorder in recorders {
                            recorder.connection.write(copying: [UInt8](repeating: UInt8(round), count: 1000).span.bytes)
                        }
                    }
                }
                for (peer, _) in pairs {
                    let bytes = try await peer.read(100_000)
                    #expect(bytes == (0..<100).flatMap { [UInt8](repeating: $0, count: 1000) })
                }
            }
        }

        @Test func `more pieces than a turn may have arrive whole`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let server = try RecordingServer(group)
                let (first, a) = try await server.connect()
                let (second, b) = try await server.connect()
                let count = 40_000
                await loop.call {
                    let frames = [SharedBytes("a"), SharedBytes("b")]
                    for number in 0..<count {
                        a.connection.write(frames[number % 2])
                        b.connection.write(frames[number % 2])
                    }
                }
                let expected = String(repeating: "ab", count: count / 2)
                #expect(try await first.readText(count) == expected)
                #expect(try await second.readText(count) == expected)
            }
        }

        @Test func `a write after the peer is gone closes the connection`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group) { connection in
                    connection.pauseReading()
                    return Recorder(connection)
                }
                let (peer, recorder) = try await server.connect()
                peer.reset()
                await eventually {
                    await group.loops[0].call { recorder.connection.write([1]) }
                    return recorder.isClosed
                }
                #expect(recorder.error == .connectionReset)
                #expect(recorder.calls == ["closed"])
            }
        }
    }
}
