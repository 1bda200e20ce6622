public import Bytes
import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One end of a connection.
public enum SocketAddress: Hashable, Sendable {
    case internet(IPAddress, port: UInt16)
    /// A path in the file system; empty for the unnamed end of a client.
    case unix(path: String)

    /// The address of IPv4 or IPv6; `nil` for a unix socket.
    public var ip: IPAddress? {
        if case .internet(let ip, _) = self { ip } else { nil }
    }

    /// The port; `nil` for a unix socket.
    public var port: Int? {
        if case .internet(_, let port) = self { Int(port) } else { nil }
    }

    /// The longest path in bytes that a unix socket may have (`sun_path` with its final zero).
    public static let maxPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The addresses of a host, which may be an IP address in text already. Asks the name server, so it blocks.
    public static func resolve(host: String, port: UInt16) throws(NetworkError) -> [SocketAddress] {
        if let ip = IPAddress(host) { return [.internet(ip, port: port)] }
        var hints = addrinfo()
        hints.ai_socktype = Platform.stream
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { throw .cannotResolve(host: host) }
        defer { freeaddrinfo(first) }
        let found = list(first)
        guard !found.isEmpty else { throw .cannotResolve(host: host) }
        return found
    }

    private static func list(_ first: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        sequence(first: first) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { info in
            info?.pointee.ai_addr.flatMap { SocketAddress($0) }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `192.0.2.1:80`, `[2001:db8::1]:80` or `unix:/path`.
    public var description: String {
        switch self {
        case .internet(let ip, let port): ip.isIPv4 ? "\(ip):\(port)" : "[\(ip)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

// MARK: - The system's form

extension SocketAddress {
    var family: Int32 {
        switch self {
        case .internet(let ip, _): ip.isIPv4 ? AF_INET : AF_INET6
        case .unix: AF_UNIX
        }
    }

    init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let v4 = raw.loadUnaligned(as: sockaddr_in.self)
            self = .internet(IPAddress(v4: UInt32(bigEndian: v4.sin_addr.s_addr)), port: UInt16(bigEndian: v4.sin_port))
        case AF_INET6:
            let v6 = raw.loadUnaligned(as: sockaddr_in6.self)
            let ip = withUnsafeBytes(of: v6.sin6_addr) { bytes in
                IPAddress(
                    high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            }
            self = .internet(ip, port: UInt16(bigEndian: v6.sin6_port))
        case AF_UNIX:
            let path = raw + (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2)
            self = .unix(path: String(cString: path.assumingMemoryBound(to: CChar.self)))
        default:
            return nil
        }
    }

    /// What `fill` (`getsockname`, `getpeername`, `accept`) writes.
    init?(filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let made = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> SocketAddress? in
                fill(address, &length) >= 0 ? SocketAddress(address) : nil
            }
        }
        guard let made else { return nil }
        self = made
    }

    func withSystemAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) throws(NetworkError) -> R {
        var storage = sockaddr_storage()
        let length: Int
        switch self {
        case .internet(let ip, let port):
            length = Self.fill(&storage, ip, port)
        case .unix(let path):
            guard (1...Self.maxPathLength).contains(path.utf8.count) else { throw .pathTooLong(path) }
            storage.ss_family = sa_family_t(AF_UNIX)
            length = MemoryLayout<sockaddr_un>.size
            withUnsafeMutableBytes(of: &storage) { bytes in
                let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
                bytes[start...].copyBytes(from: path.utf8)
            }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }

    private static func fill(_ storage: inout sockaddr_storage, _ ip: IPAddress, _ port: UInt16) -> Int {
        withUnsafeMutableBytes(of: &storage) { bytes in
            if let v4 = ip.v4 {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = v4.bigEndian
                bytes.storeBytes(of: address, as: sockaddr_in.self)
                return MemoryLayout<sockaddr_in>.size
            }
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { target in
                target.storeBytes(of: ip.high.bigEndian, as: UInt64.self)
                target.storeBytes(of: ip.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            bytes.storeBytes(of: address, as: sockaddr_in6.self)
            return MemoryLayout<sockaddr_in6>.size
        }
    }
}
