import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The system's calls on sockets, in one place. Each tries again where a signal interrupted it.
enum Socket {
    /// A new stream socket that does not block and is not inherited by child processes; −1 and `errno` on failure.
    static func make(family: Int32) -> Int32 {
        let descriptor = socket(family, Platform.stream, 0)
        guard descriptor >= 0 else { return descriptor }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        return descriptor
    }

    @inline(__always)
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// The same as `write` where the end of this side follows at once: bytes and end then leave in one packet, as far as
    /// the system can do that.
    static func writeLast(_ descriptor: Int32, _ vectors: UnsafeMutablePointer<iovec>, _ count: Int) -> Int {
        #if canImport(Glibc)
        var message = msghdr()
        message.msg_iov = vectors
        message.msg_iovlen = count
        while true {
            let taken = sendmsg(descriptor, &message, Int32(MSG_MORE))
            if taken >= 0 || errno != EINTR { return taken }
        }
        #else
        return write(descriptor, vectors, count)
        #endif
    }

    @inline(__always)
    static func write(_ descriptor: Int32, _ vectors: UnsafePointer<iovec>, _ count: Int) -> Int {
        while true {
            let taken: Int
            if count == 1 {
                #if canImport(Glibc)
                taken = Glibc.write(descriptor, vectors.pointee.iov_base, vectors.pointee.iov_len)
                #else
                taken = Darwin.write(descriptor, vectors.pointee.iov_base, vectors.pointee.iov_len)
                #endif
            } else {
                taken = writev(descriptor, vectors, Int32(truncatingIfNeeded: count))
            }
            if taken >= 0 || errno != EINTR { return taken }
        }
    }

    static func endWriting(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Lets the close of a TCP socket tell the peer of a reset, and drop what is unsent.
    static func resetOnClose(_ descriptor: Int32) {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Small writes leave at once: Parley gathers them itself.
    static func sendAtOnce(_ descriptor: Int32) { set(descriptor, Platform.tcp, TCP_NODELAY, 1) }

    /// The failure that waits on a socket, 0 for none.
    static func takeError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}
