import Bytes
import EventLoops
import Network
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension NetworkTests {
    @Suite struct ConnectTests {
        /// Connects on the first loop; the recorder of this side or the error.
        private func connect(
            _ loop: UVLoop,
            _ begin: @escaping @Sendable (@escaping (Result<TCPConnection, NetworkError>) -> Void) -> Void
        ) async -> Result<Recorder, NetworkError> {
            await withCheckedContinuation { continuation in
                loop.execute {
                    begin { result in
                        continuation.resume(
                            returning: result.map { connection in
                                let recorder = Recorder(connection)
                                connection.delegate = recorder
                                return recorder
                            })
                    }
                }
            }
        }

        @Test func `a loop connects by address, by name and over a unix socket`() async throws {
            try await withLoops(2) { group in
                let loop = group.loops[0]
                let path = "/tmp/parley-\(getpid())-connect"
                let tcp = try Listener(anyLoopbackPort, group: group) { $0.delegate = Echo($0) }
                let unix = try Listener(.unix(path: path), group: group) { $0.delegate = Echo($0) }
                let port = UInt16(try #require(tcp.address.port))
                let made = [
                    await connect(loop) { loop.connect(to: tcp.address, $0) },
                    await connect(loop) { loop.connect(host: "localhost", port: port, $0) },
                    await connect(loop) { loop.connect(to: unix.address, $0) },
                ]
                for result in made {
                    let recorder = try result.get()
                    await loop.call { recorder.connection.write(Array("round trip".utf8)) }
                    await eventually { recorder.received == Array("round trip".utf8) }
                    await loop.call { recorder.connection.close() }
                    await eventually { recorder.isClosed }
                }
            }
        }

        @Test func `an address where nobody listens is an error`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                let listener = try Listener(anyLoopbackPort, group: group) { $0.delegate = Echo($0) }
                listener.stop()
                await eventually { (try? Peer(listener.address)) == nil }
                let address = listener.address
                let result = await connect(loop) { loop.connect(to: address, $0) }
                #expect(throws: NetworkError.cannotConnect(address: "\(address)", code: ECONNREFUSED)) {
                    try result.get()
                }
                let missing = await connect(loop) { loop.connect(to: .unix(path: "/tmp/parley-none"), $0) }
                #expect(throws: NetworkError.cannotConnect(address: "unix:/tmp/parley-none", code: ENOENT)) {
                    try missing.get()
                }
                let long = String(repeating: "x", count: 200)
                let tooLong = await connect(loop) { loop.connect(to: .unix(path: long), $0) }
                #expect(throws: NetworkError.cannotConnect(address: "unix:\(long)", code: ENAMETOOLONG)) {
                    try tooLong.get()
                }
            }
        }

        @Test func `a connection that is not answered in time is an error`() async throws {
            try await withLoops(1) { group in
                let loop = group.loops[0]
                // Nobody accepts, and the system's queue is full: further attempts get no answer.
                let deaf = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(deaf) }
                var name = sockaddr_in()
                name.sin_family = sa_family_t(AF_INET)
                name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                withUnsafeMutablePointer(to: &name) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                        #expect(bind(deaf, address, length) == 0)
                        #expect(listen(deaf, 0) == 0)
                        #expect(getsockname(deaf, address, &length) == 0)
                    }
                }
                let address = SocketAddress.internet(IPAddress(v4: 0x7f00_0001), port: UInt16(bigEndian: name.sin_port))
                var results: [Result<Recorder, NetworkError>] = []
                for _ in 0..<4 {
                    results.append(await connect(loop) { loop.connect(to: address, timeout: .milliseconds(50), $0) })
                }
                #expect(throws: NetworkError.connectTimedOut(address: "\(address)")) { try results[3].get() }
            }
        }

        @Test func `stopping the loop ends an attempt`() async throws {
            let group = UVLoopGroup(count: 1)
            let loop = group.loops[0]
            let error = Locked<NetworkError?>(nil)
            loop.execute {
                loop.connect(to: anyLoopbackPort) { result in
                    if case .failure(let failure) = result { error.withLock { $0 = failure } }
                }
                loop.stop()
            }
            await group.stop()
            #expect(error.withLock { $0 } != nil)
        }

        @Test func `a name is resolved`() throws {
            #expect(
                try SocketAddress.resolve(host: "127.0.0.1", port: 1) == [
                    .internet(IPAddress(v4: 0x7f00_0001), port: 1)
                ])
            #expect(try SocketAddress.resolve(host: "::1", port: 2) == [.internet(IPAddress(high: 0, low: 1), port: 2)])
            #expect(try SocketAddress.resolve(host: "localhost", port: 3).allSatisfy { $0.ip?.isLoopback == true })
            #expect(throws: NetworkError.cannotResolve(host: "no such host")) {
                try SocketAddress.resolve(host: "no such host", port: 4)
            }
        }

        @Test func `an address is written with its port`() throws {
            #expect("\(SocketAddress.internet(try #require(IPAddress("192.0.2.1")), port: 80))" == "192.0.2.1:80")
            #expect(
                "\(SocketAddress.internet(try #require(IPAddress("2001:db8::1")), port: 443))" == "[2001:db8::1]:443")
            #expect("\(SocketAddress.unix(path: "/run/parley"))" == "unix:/run/parley")
        }
    }
}
