#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A connection to the loopback that says exactly what it is told to, and waits for each answer.
///
/// Blocks, so it is used on the thread that `conversation` makes.
final class WireClient {
    struct Failure: Error {
        let step: String
    }

    private let descriptor: Int32
    /// What was received and not yet taken.
    private var buffer: [UInt8] = []

    /// No step of a test takes this long, however busy the machine.
    private static let patience = 30

    init(port: UInt16) throws {
        #if canImport(Glibc)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure(step: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isConnected = withUnsafeBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return connect(descriptor, pointer, socklen_t(bytes.count)) == 0
        }
        guard isConnected else { throw Failure(step: "connect") }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Goes away without a word more: the server reads the end of the stream.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(step: "send") }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Receives some more bytes; `false` at the end of the stream.
    private func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(step: "receive") }
        buffer += chunk[..<count]
        return count > 0
    }

    /// The next `count` bytes, or `nil` where the stream ends before.
    func take(_ count: Int) throws -> [UInt8]? {
        while buffer.count < count {
            guard try receive() else { return nil }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// The bytes up to and with `mark`, or `nil` where the stream ends before.
    func take(through mark: String) throws -> [UInt8]? {
        let mark = Array(mark.utf8)
        while true {
            let starts = buffer.indices.dropLast(mark.count - 1)
            if let start = starts.first(where: { buffer[$0...].starts(with: mark) }) {
                return try take(start + mark.count)
            }
            guard try receive() else { return nil }
        }
    }
}
