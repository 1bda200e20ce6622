#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Opens the socket that a `Listener` accepts on.
enum ListeningSocket {
    /// The descriptor and the address that it is bound to.
    static func open(_ address: SocketAddress, _ options: Listener.Options) throws(NetworkError) -> (
        Int32, SocketAddress
    ) {
        let descriptor = Socket.make(family: address.family)
        guard descriptor >= 0 else { throw failure(address, errno) }
        do throws(NetworkError) {
            try bindAndListen(descriptor, address, options)
            return (descriptor, boundAddress(of: descriptor, asked: address))
        } catch {
            Socket.close(descriptor)
            throw error
        }
    }

    private static func bindAndListen(
        _ descriptor: Int32, _ address: SocketAddress, _ options: Listener.Options
    ) throws(NetworkError) {
        switch address {
        case .internet:
            Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            // Accepted sockets inherit these.
            Socket.sendAtOnce(descriptor)
            if let bytes = options.sendBuffer {
                Socket.set(descriptor, SOL_SOCKET, SO_SNDBUF, Int32(clamping: bytes))
            }
            if address.family == AF_INET6 {
                Socket.set(descriptor, Platform.ipv6, IPV6_V6ONLY, options.isIPv6Only ? 1 : 0)
            }
        case .unix(let path):
            try removeStaleSocket(path, address)
        }
        guard try address.withSystemAddress({ bind(descriptor, $0, $1) }) == 0 else { throw failure(address, errno) }
        if case .unix(let path) = address { chmod(path, mode_t(options.mode)) }
        guard listen(descriptor, options.backlog) == 0 else { throw failure(address, errno) }
    }

    private static func boundAddress(of descriptor: Int32, asked: SocketAddress) -> SocketAddress {
        guard case .internet = asked else { return asked }
        return SocketAddress { getsockname(descriptor, $0, $1) } ?? asked
    }

    /// Removes the socket file that a killed process left behind; refuses where somebody answers or it is another file.
    private static func removeStaleSocket(_ path: String, _ address: SocketAddress) throws(NetworkError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = Socket.make(family: AF_UNIX)
        guard probe >= 0 else { throw failure(address, errno) }
        defer { Socket.close(probe) }
        guard try address.withSystemAddress({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw failure(address, EADDRINUSE)
        }
        unlink(path)
    }

    private static func failure(_ address: SocketAddress, _ code: Int32) -> NetworkError {
        .cannotListen(address: address.description, code: code)
    }
}
