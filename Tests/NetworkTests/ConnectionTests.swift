import Bytes
import EventLoops
import Network
import Testing

extension NetworkTests {
    @Suite struct ConnectionTests {
        @Test func `what a client sends comes back`() async throws {
            try await withLoops(2) { group in
                let listener = try Listener(anyLoopbackPort, group: group) { $0.delegate = Echo($0) }
                #expect(listener.address.port != 0)
                for round in 0..<4 {
                    let peer = try Peer(listener.address)
                    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ round) }
                    let sending = Task { try await peer.send(bytes) }
                    #expect(try await peer.read(bytes.count) == bytes)
                    try await sending.value
                    peer.endWriting()
                    #expect(try await peer.readToEnd().isEmpty)
                }
                await eventually { listener.connectionCount == 0 }
            }
        }

        @Test func `a connection knows both ends`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                let local = await group.loops[0].call { recorder.connection.localAddress }
                #expect(local == server.listener.address)
                #expect(recorder.connection.remoteAddress.ip == IPAddress("127.0.0.1"))
                peer.close()
                await eventually { recorder.isClosed }
                #expect(await group.loops[0].call { recorder.connection.localAddress } == nil)
            }
        }

        @Test func `the end of the peer's stream is told once, and then this side may still write`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group) { connection in
                    Recorder(
                        connection,
                        onEvent: { connection, call in
                            if call == "readEnded" { connection.write(Array("bye".utf8)) }
                        })
                }
                let (peer, recorder) = try await server.connect()
                try await peer.send("hello")
                peer.endWriting()
                #expect(try await peer.readToEnd() == Array("bye".utf8))
                await eventually { recorder.isClosed }
                #expect(recorder.calls == ["readEnded", "closed"])
                #expect(recorder.error == nil)
                #expect(recorder.received == Array("hello".utf8))
            }
        }

        @Test func `a reset is told as an error, after what came before it`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                try await peer.send("last words")
                peer.reset()
                await eventually { recorder.isClosed }
                #expect(recorder.error == .connectionReset)
                #expect(recorder.calls == ["closed"])
            }
        }

        @Test func `close sends what is queued`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group) { connection in
                    Recorder(
                        connection,
                        onReceived: { connection, _ in
                            connection.write(Array("one ".utf8))
                            connection.write(SharedBytes("two"))
                            connection.close()
                            connection.write(Array("never".utf8))
                            connection.close()
                            connection.abort()
                        })
                }
                let (peer, recorder) = try await server.connect()
                try await peer.send("x")
                #expect(try await peer.readToEnd() == Array("one two".utf8))
                await eventually { recorder.isClosed }
                #expect(recorder.calls == ["closed"])
                #expect(recorder.error == nil)
            }
        }

        @Test func `abort resets`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group) { connection in
                    Recorder(
                        connection,
                        onReceived: { connection, _ in
                            connection.write(Array("lost".utf8))
                            connection.abort()
                        })
                }
                let (peer, recorder) = try await server.connect()
                try await peer.send("x")
                await #expect(throws: Peer.Failure.self) { try await peer.readToEnd() }
                await eventually { recorder.isClosed }
                #expect(recorder.calls == ["closed"])
            }
        }

        @Test func `nothing is read while reading is paused`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group) { connection in
                    Recorder(connection, onReceived: { connection, _ in connection.pauseReading() })
                }
                let (peer, recorder) = try await server.connect()
                try await peer.send("first")
                await eventually { recorder.received == Array("first".utf8) }
                try await peer.send("second")
                for _ in 0..<3 { _ = await group.loops[0].call { true } }
                try await Task.sleep(for: .milliseconds(20))
                #expect(recorder.received == Array("first".utf8))
                await group.loops[0].call {
                    #expect(recorder.connection.isReadingPaused)
                    recorder.connection.resumeReading()
                }
                await eventually { recorder.received == Array("firstsecond".utf8) }
                peer.close()
                try await Task.sleep(for: .milliseconds(20))
                #expect(recorder.calls.isEmpty)
                await group.loops[0].call { recorder.connection.resumeReading() }
                await eventually { recorder.isClosed }
            }
        }

        @Test func `a pause in the middle of much input holds at the next buffer`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group) { connection in
                    connection.pauseReading()
                    return Recorder(connection, onReceived: { connection, _ in connection.pauseReading() })
                }
                let (peer, recorder) = try await server.connect()
                let bytes = [UInt8](repeating: 7, count: 200_000)
                try await peer.send(bytes)
                for _ in 0..<200 where recorder.received.count < bytes.count {
                    let before = recorder.received.count
                    await group.loops[0].call { recorder.connection.resumeReading() }
                    await eventually { recorder.received.count > before }
                    #expect(recorder.received.count - before <= 64 << 10)
                }
                #expect(recorder.received == bytes)
            }
        }

        @Test func `a connection without a delegate reads nothing until it has one`() async throws {
            try await withLoops(1) { group in
                let held = Locked<[Carried<TCPConnection>]>([])
                let listener = try Listener(anyLoopbackPort, group: group) { connection in
                    held.withLock { $0.append(Carried(connection)) }
                }
                let peer = try Peer(listener.address)
                try await peer.send("early")
                await eventually { held.withLock { $0.count } == 1 }
                let recorder = await group.loops[0].call {
                    let recorder = Recorder(held.withLock { $0[0].value })
                    recorder.connection.delegate = recorder
                    return recorder
                }
                await eventually { recorder.received == Array("early".utf8) }
            }
        }

        enum Ending: String, CaseIterable, Sendable { case close, abort, shutdown, detach }

        @Test(arguments: Ending.allCases, ["received", "readEnded", "drained", "overflowed", "closed"])
        func `a connection may be ended from every callback`(ending: Ending, callback: String) async throws {
            try await withLoops(1) { group in
                @Sendable func end(_ connection: TCPConnection) {
                    switch ending {
                    case .close: connection.close()
                    case .abort: connection.abort()
                    case .shutdown: connection.shutdownAfterFlush()
                    case .detach: _ = connection.detach()
                    }
                }
                var options = Listener.Options()
                options.connection.maxPendingBytes = 100_000
                options.connection.lowWaterMark = 10
                let ended = Locked(0)
                let server = try RecordingServer(group, options: options) { connection in
                    Recorder(
                        connection,
                        onReceived: { connection, _ in
                            connection.write([UInt8](repeating: 1, count: 100))
                            if callback == "overflowed" {
                                for _ in 0..<400 { connection.write([UInt8](repeating: 1, count: 50_000)) }
                            }
                            if callback == "received" {
                                end(connection)
                                ended.withLock { $0 += 1 }
                            }
                        },
                        onEvent: { connection, call in
                            guard call == callback else { return }
                            end(connection)
                            ended.withLock { $0 += 1 }
                        })
                }
                let (peer, recorder) = try await server.connect()
                try await peer.send("x")
                if callback != "overflowed" { peer.endWriting() }
                await eventually { ended.withLock { $0 } >= 1 }
                peer.close()
                let isDetached = ending == .detach && callback != "closed" && callback != "overflowed"
                if isDetached {
                    await eventually { server.listener.connectionCount == 0 }
                } else {
                    await eventually { recorder.isClosed }
                }
                #expect(recorder.calls.filter { $0 == "closed" }.count == (isDetached ? 0 : 1))
                await eventually { await group.loops[0].call { group.loops[0].statistics.openConnections } == 0 }
            }
        }

        @Test func `a connection lives as long as it is open and its delegate with it`() async throws {
            try await withLoops(1) { group in
                final class Witness: TCPConnectionDelegate {
                    let connection: TCPConnection
                    let onEnd: @Sendable () -> Void
                    init(_ connection: TCPConnection, _ onEnd: @escaping @Sendable () -> Void) {
                        self.connection = connection
                        self.onEnd = onEnd
                    }
                    deinit { onEnd() }
                    func received(_ bytes: UnsafeMutableRawBufferPointer) {
                        connection.write(copying: UnsafeRawBufferPointer(bytes))
                    }
                    func closed(_ error: NetworkError?) {}
                }
                let isGone = Locked(false)
                let listener = try Listener(anyLoopbackPort, group: group) { connection in
                    connection.delegate = Witness(connection) { isGone.withLock { $0 = true } }
                }
                let peer = try Peer(listener.address)
                try await peer.send("ping")
                #expect(try await peer.readText(4) == "ping")
                #expect(!isGone.withLock { $0 })
                peer.close()
                await eventually { isGone.withLock { $0 } }
                await eventually { listener.connectionCount == 0 }
            }
        }
    }
}
