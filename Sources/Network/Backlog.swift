import Bytes
import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What one connection wrote and the system did not take yet. Exists only while there is such a thing.
final class Backlog {
    private struct Chunk {
        var bytes: OutgoingBytes
        var offset: Int
        var count: Int
    }

    /// Small remainders are put together in chunks of about this size.
    private static let chunkSize = 64 << 10
    private static let maxVectors = 16

    private var chunks: [Chunk] = []
    private var head = 0
    /// Copied bytes behind the last chunk.
    private var tail: [UInt8] = []
    private(set) var byteCount = 0
    private let budget: MemoryBudget
    /// Bytes that are counted there: those that nobody else has.
    private var counted = 0
    /// Whether there was no room for some of the bytes, since this was cleared.
    var isOverBudget = false

    init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { budget.give(counted) }

    var isEmpty: Bool { byteCount == 0 }

    /// Keeps `bytes` by copy, or by reference where `owner` is given.
    func append(_ bytes: UnsafeRawBufferPointer, owner: OutgoingBytes?) {
        byteCount += bytes.count
        guard let owner, let start = bytes.baseAddress, let origin = owner.content.baseAddress else {
            count(bytes.count)
            tail.append(contentsOf: bytes)
            if tail.count >= Self.chunkSize { closeTail() }
            return
        }
        closeTail()
        if case .array = owner { count(bytes.count) }
        chunks.append(Chunk(bytes: owner, offset: start - origin, count: bytes.count))
    }

    private func count(_ bytes: Int) {
        if budget.take(bytes) { counted += bytes } else { isOverBudget = true }
    }

    private func uncount(_ bytes: Int) {
        let given = min(bytes, counted)
        counted -= given
        budget.give(given)
    }

    private func closeTail() {
        guard !tail.isEmpty else { return }
        chunks.append(Chunk(bytes: .array(tail), offset: 0, count: tail.count))
        tail = []
    }

    /// Writes with `write`, which says how many bytes were taken, until it takes too few or nothing is left.
    func drain(_ write: (UnsafeMutablePointer<iovec>, Int) -> Int) {
        closeTail()
        while head < chunks.count {
            var offered = 0
            let taken = withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.maxVectors) { vectors in
                let end = min(chunks.count, head + Self.maxVectors)
                for index in head..<end {
                    let chunk = chunks[index]
                    let start = chunk.bytes.content.baseAddress.map {
                        UnsafeMutableRawPointer(mutating: $0 + chunk.offset)
                    }
                    vectors.initializeElement(at: index - head, to: iovec(iov_base: start, iov_len: chunk.count))
                    offered += chunk.count
                }
                guard let first = vectors.baseAddress else { return 0 }
                return write(first, end - head)
            }
            drop(taken)
            guard taken == offered else { return }
        }
    }

    private func drop(_ count: Int) {
        byteCount -= count
        var rest = count
        while rest > 0 {
            let step = min(rest, chunks[head].count)
            chunks[head].offset += step
            chunks[head].count -= step
            rest -= step
            if case .array = chunks[head].bytes { uncount(step) }
            if chunks[head].count == 0 {
                chunks[head].bytes = .array([])
                head += 1
            }
        }
        if head > 64, head * 2 > chunks.count {
            chunks.removeSubrange(..<head)
            head = 0
        }
    }
}
