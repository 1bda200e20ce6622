import Bytes
import Network
import ParleyTesting
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The other end of a connection: a plain socket that does not block.
final class Peer: @unchecked Sendable {
    // Sendable because a test uses it from one task at a time.
    private(set) var descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    struct Failure: Error {
        let code: Int32
    }

    /// - Parameter made: a socket that is not connected yet; default a new one.
    init(_ address: SocketAddress, made: Int32? = nil) throws {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let family: Int32
        var storage = sockaddr_storage()
        let length: Int
        switch address {
        case .internet(let ip, let port) where ip.isIPv4:
            family = AF_INET
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            v4.sin_addr.s_addr = (ip.v4 ?? 0).bigEndian
            length = MemoryLayout<sockaddr_in>.size
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v4, as: sockaddr_in.self) }
        case .internet(let ip, let port):
            family = AF_INET6
            var v6 = sockaddr_in6()
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &v6.sin6_addr) {
                $0.storeBytes(of: ip.high.bigEndian, as: UInt64.self)
                $0.storeBytes(of: ip.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            length = MemoryLayout<sockaddr_in6>.size
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v6, as: sockaddr_in6.self) }
        case .unix(let path):
            family = AF_UNIX
            storage.ss_family = sa_family_t(AF_UNIX)
            length = MemoryLayout<sockaddr_un>.size
            withUnsafeMutableBytes(of: &storage) { $0[2...].copyBytes(from: path.utf8) }
        }
        descriptor = made ?? socket(family, stream, 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        let code = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(length)) }
        }
        guard code == 0 else {
            let failure = Failure(code: errno)
            close()
            throw failure
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close() }

    /// Sends all of `bytes`.
    func send(_ bytes: [UInt8]) async throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
            }
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                try await Task.sleep(for: .milliseconds(1))
            } else {
                throw Failure(code: errno)
            }
        }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// What has arrived: `nil` for nothing yet, empty for the end of the stream.
    func readAvailable() throws -> [UInt8]? {
        let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return Array(buffer[..<count]) }
        if errno == EAGAIN { return nil }
        throw Failure(code: errno)
    }

    /// Reads until `count` bytes have come; fewer only at the end of the stream.
    func read(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        let deadline = ContinuousClock.now.advanced(by: TestSize.patience)
        while bytes.count < count {
            guard let more = try readAvailable() else {
                guard ContinuousClock.now < deadline else {
                    Issue.record("only \(bytes.count) of \(count) bytes came")
                    return bytes
                }
                try await Task.sleep(for: .milliseconds(1))
                continue
            }
            if more.isEmpty { return bytes }
            bytes += more
        }
        return bytes
    }

    func readText(_ count: Int) async throws -> String { String(decoding: try await read(count), as: UTF8.self) }

    /// Reads until the end of the stream.
    func readToEnd() async throws -> [UInt8] { try await read(.max) }

    func endWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// Closes with a reset.
    func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}
