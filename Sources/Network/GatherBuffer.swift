import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where small pieces are put together for one system call.
final class GatherBuffer {
    static let size = 128 << 10
    static let maxVectors = 64

    private let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    let vectors = UnsafeMutablePointer<iovec>.allocate(capacity: maxVectors)
    private(set) var vectorCount = 0
    private(set) var byteCount = 0

    func deallocate() {
        bytes.deallocate()
        vectors.deallocate()
    }

    /// Takes pieces from `first` on while there is room, small ones by copy; the first piece that is left, or `none`.
    func fill(from first: Int32, of pieces: UnsafeMutablePointer<TurnQueue.Piece>) -> Int32 {
        var filled = Filled(bytes: bytes, vectors: vectors)
        var index = first
        while index != TurnQueue.none, filled.add(pieces[Int(index)].start, pieces[Int(index)].count) {
            index = pieces[Int(index)].next
        }
        (vectorCount, byteCount) = (filled.vectorCount, filled.byteCount)
        return index
    }

    private struct Filled {
        let bytes: UnsafeMutableRawPointer
        let vectors: UnsafeMutablePointer<iovec>
        var used = 0
        var vectorCount = 0
        var byteCount = 0
        /// Whether the last vector ends where the next small piece goes.
        var endsInBytes = false

        /// `false` where there is no room.
        @inline(__always)
        mutating func add(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
            guard vectorCount < GatherBuffer.maxVectors else { return false }
            if count > TurnQueue.smallPiece {
                push(UnsafeMutableRawPointer(mutating: start), count)
                endsInBytes = false
            } else {
                guard used + count <= GatherBuffer.size else { return false }
                let target = bytes + used
                target.copyMemory(from: start, byteCount: count)
                used += count
                if endsInBytes { vectors[vectorCount - 1].iov_len += count } else { push(target, count) }
                endsInBytes = true
            }
            byteCount += count
            return true
        }

        @inline(__always)
        private mutating func push(_ start: UnsafeMutableRawPointer, _ count: Int) {
            (vectors + vectorCount).initialize(to: iovec(iov_base: start, iov_len: count))
            vectorCount += 1
        }
    }
}
