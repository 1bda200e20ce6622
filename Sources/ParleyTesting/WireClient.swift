#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A connection to a server on this machine that says exactly what it is told to, and waits for each answer.
///
/// Blocks its thread, so tests use it inside `offLoops`.
public final class WireClient {
    public struct Failure: Error {
        public let step: String

        public init(step: String) { self.step = step }
    }

    private let descriptor: Int32
    /// What was received and not yet taken.
    private var buffer: [UInt8] = []

    /// Connects to 127.0.0.1.
    ///
    /// - Parameter receiveBuffer: how many bytes the system keeps for this side, for a client that reads slowly.
    public init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        descriptor = try Self.open(AF_INET, receiveBuffer)
        try dial(&address)
    }

    /// Connects to ::1.
    public init(port6: UInt16) throws {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port6.bigEndian
        address.sin6_addr = in6addr_loopback
        descriptor = try Self.open(AF_INET6)
        try dial(&address)
    }

    /// Connects to a unix socket.
    public init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in
            unsafe place.copyBytes(from: path.utf8.prefix(place.count - 1))
        }
        descriptor = try Self.open(AF_UNIX)
        try dial(&address)
    }

    deinit { close(descriptor) }

    private static func open(_ family: Int32, _ receiveBuffer: Int32? = nil) throws -> Int32 {
        #if canImport(Glibc)
        let made = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let made = socket(family, SOCK_STREAM, 0)
        #endif
        guard made >= 0 else { throw Failure(step: "socket") }
        if var size = receiveBuffer {
            unsafe setsockopt(made, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        return made
    }

    private func dial<Address>(_ address: inout Address) throws {
        let isConnected = unsafe withUnsafeBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return unsafe connect(descriptor, pointer, socklen_t(bytes.count)) == 0
        }
        guard isConnected else { throw Failure(step: "connect") }
        var patience = timeval(tv_sec: Int(TestSize.patience.components.seconds), tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Sends no more, and may still receive.
    public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Goes away without a word more: the server reads the end of the stream.
    public func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Goes away as a crashed machine does that is asked for more: with a reset.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        // Taken by another file, the descriptor closes the socket at once and stays ours.
        var ends: [Int32] = [-1, -1]
        unsafe pipe(&ends)
        dup2(ends[0], descriptor)
        for end in ends { close(end) }
    }

    /// Encrypts what is sent and decrypts what is received, where there is one.
    public var cipher: (any WireCipher)?

    public func send(_ bytes: [UInt8]) throws { try transmit(cipher?.seal(bytes) ?? bytes) }

    /// Sends bytes as they are, past the cipher.
    public func transmit(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(step: "send") }
            rest = rest.dropFirst(count)
        }
    }

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Receives some more bytes; `false` at the end of the stream.
    public func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(step: "receive") }
        if let cipher {
            let (plain, reply) = try cipher.open(Array(chunk[..<count]))
            try transmit(reply)
            buffer += plain
        } else {
            buffer += chunk[..<count]
        }
        return count > 0
    }

    /// Whether something, the end included, is there to be received within so many milliseconds.
    public func hasArrived(within milliseconds: Int32) throws -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let count = unsafe poll(&state, 1, milliseconds)
        guard count >= 0 || errno == EINTR else { throw Failure(step: "poll") }
        return count > 0
    }

    /// Takes all that has been received so far.
    public func takeAll() -> [UInt8] {
        defer { buffer = [] }
        return buffer
    }

    /// The next `count` bytes, or `nil` where the stream ends before.
    public func take(_ count: Int) throws -> [UInt8]? {
        while buffer.count < count {
            guard try receive() else { return nil }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// The bytes up to and with `mark`, or `nil` where the stream ends before.
    public func take(through mark: String) throws -> [UInt8]? {
        let mark = Array(mark.utf8)
        while true {
            let starts = buffer.indices.dropLast(mark.count - 1)
            if let start = starts.first(where: { buffer[$0...].starts(with: mark) }) {
                return try take(start + mark.count)
            }
            guard try receive() else { return nil }
        }
    }

    /// All that comes until the stream ends.
    public func takeToEnd() throws -> [UInt8] {
        while try receive() {}
        return takeAll()
    }
}

/// What stands between a client and the wire.
public protocol WireCipher: AnyObject {
    func seal(_ plain: [UInt8]) throws -> [UInt8]
    /// What the bytes say, and what is to be sent in reply.
    func open(_ bytes: [UInt8]) throws -> (plain: [UInt8], reply: [UInt8])
}
