import Bytes
import EventLoops
import Network
import Testing

extension NetworkTests {
    @Suite struct MovingTests {
        @Test func `a moved connection serves on from its new loop`() async throws {
            try await withLoops(2) { group in
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                var loop = recorder.connection.loop
                var current = recorder
                for round in 0..<20 {
                    let text = "round \(round)"
                    try await peer.send(text)
                    await eventually { current.received == Array(text.utf8) }
                    let target = group.loops[1 - loop.index]
                    let moving = current
                    let socket = await loop.call {
                        moving.connection.write(Array("leaving;".utf8))
                        let socket = moving.connection.detach()
                        #expect(!moving.connection.isOpen)
                        #expect(moving.connection.detach() == nil)
                        moving.connection.write(Array("never".utf8))
                        return socket
                    }
                    let moved = try #require(socket)
                    #expect(moved.remoteAddress == moving.connection.remoteAddress)
                    current = try #require(
                        await target.call {
                            var made: Recorder?
                            target.adopt(moved) { connection in
                                made = Recorder(connection)
                                connection.delegate = made
                                connection.write(Array("arrived;".utf8))
                            }
                            #expect(target.adopt(moved) == nil)
                            return made
                        })
                    loop = target
                    #expect(try await peer.readText(16) == "leaving;arrived;")
                    #expect(server.listener.connectionCount == 1)
                }
                #expect(recorder.calls.isEmpty)
                peer.close()
                await eventually { current.isClosed }
                await eventually { server.listener.connectionCount == 0 }
                #expect(recorder.calls.isEmpty)
            }
        }

        @Test func `a connection is not moved while bytes wait or after its end was said`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                var options = Listener.Options()
                options.connection.maxPendingBytes = 64 << 20
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                await loop.call {
                    recorder.connection.write([UInt8](repeating: 1, count: 20 << 20))
                    #expect(recorder.connection.detach() == nil)
                    #expect(recorder.connection.isOpen)
                    recorder.connection.write([2])
                }
                let bytes = try await peer.read(20 << 20 + 1)
                #expect(bytes.last == 2)
                await loop.call {
                    recorder.connection.shutdownAfterFlush()
                    #expect(recorder.connection.detach() == nil)
                }
                #expect(try await peer.readToEnd().isEmpty)
            }
        }

        @Test func `a detached socket that no loop adopts is closed`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group)
                let (peer, recorder) = try await server.connect()
                await group.loops[0].call { #expect(recorder.connection.detach() != nil) }
                #expect(try await peer.readToEnd().isEmpty)
                await eventually { server.listener.connectionCount == 0 }
                #expect(recorder.calls.isEmpty)
            }
        }

        @Test func `connections moved under load lose nothing`() async throws {
            try await withLoops(2) { group in
                /// Sends back what it receives and moves to the other loop at each third time.
                final class Nomad: TCPConnectionDelegate {
                    let connection: TCPConnection
                    let group: UVLoopGroup
                    var count = 0

                    init(_ connection: TCPConnection, _ group: UVLoopGroup) {
                        self.connection = connection
                        self.group = group
                    }

                    func received(_ bytes: UnsafeMutableRawBufferPointer) {
                        connection.write(copying: UnsafeRawBufferPointer(bytes))
                        count += 1
                        guard count == 3, let socket = connection.detach() else { return }
                        let target = group.loops[1 - connection.loop.index]
                        target.execute { [group] in
                            target.adopt(socket) { $0.delegate = Nomad($0, group) }
                        }
                    }

                    func closed(_ error: NetworkError?) {}
                }
                let listener = try Listener(anyLoopbackPort, group: group) { $0.delegate = Nomad($0, group) }
                try await withThrowingTaskGroup { tasks in
                    for number in 0..<8 {
                        tasks.addTask {
                            let peer = try Peer(listener.address)
                            for round in 0..<100 {
                                let text = "\(number):\(round);"
                                try await peer.send(text)
                                #expect(try await peer.readText(text.utf8.count) == text)
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                await eventually { listener.connectionCount == 0 }
            }
        }
    }
}
