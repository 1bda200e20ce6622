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

/// What the process has used of the processors.
private func processorMicroseconds() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return seconds * 1_000_000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
}

extension NetworkTests {
    @Suite struct ListenerTests {
        @Test func `connections are spread over all loops`() async throws {
            try await withLoops(3) { group in
                let server = try RecordingServer(group)
                var peers: [Peer] = []
                for _ in 0..<9 { peers.append(try await server.connect().0) }
                let counts = server.all.reduce(into: [0, 0, 0]) { $0[$1.connection.loop.index] += 1 }
                #expect(counts == [3, 3, 3])
                #expect(server.listener.connectionCount == 9)
                _ = peers
            }
        }

        @Test func `IPv6 is listened on, and takes IPv4 where it is the any address`() async throws {
            try await withLoops(1) { group in
                let any = SocketAddress.internet(IPAddress(high: 0, low: 0), port: 0)
                let server = try RecordingServer(group, at: any)
                let port = UInt16(try #require(server.listener.address.port))
                let v6 = try Peer(.internet(IPAddress(high: 0, low: 1), port: port))
                await eventually { server.all.count == 1 }
                #expect(server.all[0].connection.remoteAddress.ip == IPAddress("::1"))
                let v4 = try Peer(.internet(try #require(IPAddress("127.0.0.1")), port: port))
                await eventually { server.all.count == 2 }
                #expect(server.all[1].connection.remoteAddress.ip == IPAddress("127.0.0.1"))
                try await v6.send("six")
                try await v4.send("four")
                await eventually {
                    server.all[0].received == Array("six".utf8) && server.all[1].received == Array("four".utf8)
                }
            }
        }

        @Test func `an IPv6 listener can be told to take no IPv4`() async throws {
            try await withLoops(1) { group in
                var options = Listener.Options()
                options.isIPv6Only = true
                let server = try RecordingServer(
                    group, at: .internet(IPAddress(high: 0, low: 0), port: 0), options: options)
                let port = UInt16(try #require(server.listener.address.port))
                #expect(throws: Peer.Failure.self) {
                    try Peer(.internet(try #require(IPAddress("127.0.0.1")), port: port))
                }
            }
        }

        @Test func `what the system keeps for a peer that takes nothing can be bounded`() async throws {
            try await withLoops(1) { group in
                var options = Listener.Options()
                options.sendBuffer = 32 << 10
                let server = try RecordingServer(group, options: options)
                let (peer, recorder) = try await server.connect()
                let loop = group.loops[0]
                await loop.call { recorder.connection.write([UInt8](repeating: 120, count: 8 << 20)) }
                // By then the bytes were offered to the system.
                try await peer.send("x")
                await eventually { recorder.received == [120] }
                // The rest is what the peer's side of the system takes, whatever its measure.
                #expect(await loop.call { recorder.connection.pendingBytes } > 1 << 20)
                #expect(try await peer.read(8 << 20).count == 8 << 20)
            }
        }

        @Test func `a unix socket has its mode, serves, and is removed at the end`() async throws {
            let folder = TemporaryFolder()
            try await withLoops(2) { group in
                let path = folder.file("s")
                var options = Listener.Options()
                options.mode = 0o600
                let listener = try Listener(.unix(path: path), group: group, options: options) {
                    $0.delegate = Echo($0)
                }
                #expect(listener.address == .unix(path: path))
                var info = stat()
                #expect(lstat(path, &info) == 0)
                #expect(info.st_mode & 0o777 == 0o600)
                let peer = try Peer(.unix(path: path))
                try await peer.send("over a file")
                #expect(try await peer.readText(11) == "over a file")
                listener.stop()
                await eventually { access(path, F_OK) != 0 }
            }
        }

        @Test func `a stale unix socket is replaced, a used one and another file are not`() async throws {
            let folder = TemporaryFolder()
            try await withLoops(1) { group in
                let path = folder.file("s")
                let address = SocketAddress.unix(path: path)
                // What a killed process leaves: a bound socket that nobody listens on.
                let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                var name = sockaddr_un()
                name.sun_family = sa_family_t(AF_UNIX)
                withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
                let bound = withUnsafePointer(to: &name) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
                #expect(bound == 0)
                close(left)

                let server = try RecordingServer(group, at: address)
                _ = try Peer(address)
                #expect(throws: NetworkError.cannotListen(address: "unix:\(path)", code: EADDRINUSE)) {
                    try RecordingServer(group, at: address)
                }
                server.listener.stop()
                await eventually { access(path, F_OK) != 0 }
                let file = open(path, O_CREAT | O_WRONLY, 0o600)
                close(file)
                #expect(throws: NetworkError.notASocket(path: path)) { try RecordingServer(group, at: address) }
                unlink(path)
            }
        }

        @Test func `a path of the longest length works and one byte more is refused`() async throws {
            let folder = TemporaryFolder()
            try await withLoops(1) { group in
                let room = SocketAddress.maxPathLength - folder.path.utf8.count - 1
                let longest = folder.file(String(repeating: "p", count: room))
                let listener = try Listener(.unix(path: longest), group: group) { $0.delegate = Echo($0) }
                let peer = try Peer(.unix(path: longest))
                try await peer.send("x")
                #expect(try await peer.readText(1) == "x")
                #expect(throws: NetworkError.pathTooLong(longest + "p")) {
                    try RecordingServer(group, at: .unix(path: longest + "p"))
                }
                listener.stop()
                await eventually { access(longest, F_OK) != 0 }
            }
        }

        @Test func `a port in use is refused with a sentence`() async throws {
            try await withLoops(1) { group in
                let server = try RecordingServer(group)
                let error = #expect(throws: NetworkError.self) {
                    try RecordingServer(group, at: server.listener.address)
                }
                #expect(error == .cannotListen(address: "\(server.listener.address)", code: EADDRINUSE))
                #expect(error?.description.contains("in use") == true)
            }
        }

        @Test
        func `a connection past the limit is closed at once, and its place is free again after another one's end`()
            async throws
        {
            try await withLoops(2) { group in
                var options = Listener.Options()
                options.maxConnections = 3
                let server = try RecordingServer(group, options: options)
                var pairs: [(peer: Peer, recorder: Recorder)] = []
                for _ in 0..<3 { pairs.append(try await server.connect()) }
                let refused = try Peer(server.listener.address)
                #expect((try? await refused.readToEnd()) ?? [] == [])
                #expect(server.listener.refusedCount == 1)
                #expect(server.all.count == 3)
                pairs[0].peer.close()
                await eventually { server.listener.connectionCount == 2 }
                let (peer, recorder) = try await server.connect()
                try await peer.send("welcome")
                await eventually { recorder.received == Array("welcome".utf8) }
            }
        }

        @Test func `a stopped listener accepts no more, and open connections go on`() async throws {
            try await withLoops(1) { group in
                let listener = try Listener(anyLoopbackPort, group: group) { $0.delegate = Echo($0) }
                let peer = try Peer(listener.address)
                try await peer.send("a")
                #expect(try await peer.readText(1) == "a")
                listener.stop()
                listener.stop()
                await eventually { (try? Peer(listener.address)) == nil }
                try await peer.send("b")
                #expect(try await peer.readText(1) == "b")
                // The address is free at once.
                let again = try Listener(listener.address, group: group) { $0.delegate = Echo($0) }
                #expect(again.address == listener.address)
            }
        }

        @Test func `without descriptors the listener waits, serves on, and accepts again when there is room`()
            async throws
        {
            // In a process of its own, for the limit holds for all of it.
            await #expect(processExitsWith: .success) {
                let group = UVLoopGroup(count: 1)
                let listener = try Listener(anyLoopbackPort, group: group) { $0.delegate = Echo($0) }
                let old = try Peer(listener.address)
                try await old.send("a")
                #expect(try await old.readText(1) == "a")

                // The first sleep of a process opens the descriptors that its timers need.
                try await Task.sleep(for: .milliseconds(1))

                // Descriptors for the clients only, none for the server's side of them.
                let clients = (0..<20).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
                var limit = rlimit(rlim_cur: 128, rlim_max: 128)
                #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
                var filler: [Int32] = []
                while case let descriptor = dup(0), descriptor >= 0 { filler.append(descriptor) }
                let peers = try clients.map { try Peer(listener.address, made: $0) }

                let before = processorMicroseconds()
                for _ in 0..<10 {
                    try await old.send("b")
                    #expect(try await old.readText(1) == "b")
                    try await Task.sleep(for: .milliseconds(50))
                }
                // A busy loop would have used all of the half second.
                #expect(processorMicroseconds() - before < 250_000)
                #expect(listener.connectionCount == 1)

                for descriptor in filler { close(descriptor) }
                for peer in peers { try await peer.send("c") }
                for peer in peers { #expect(try await peer.readText(1) == "c") }
                await group.stop()
            }
        }
    }
}
