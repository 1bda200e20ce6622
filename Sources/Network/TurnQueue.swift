import Bytes
import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the connections of one loop were given to write in this turn.
///
/// A write leaves a `Piece`, 24 bytes without an owner count: small bytes are copied into the arena, shared ones are named
/// by their address, and the queue keeps one reference for all pieces that follow each other. At the end of the turn each
/// connection's pieces go out with one system call. Nothing here calls a delegate.
final class TurnQueue {
    /// A run of bytes for one connection.
    struct Piece {
        var start: UnsafeRawPointer
        var count: Int
        /// The index in `owners`, or `none` for bytes in the arena.
        var owner: Int32
        /// The connection's next piece, or `none`.
        var next: Int32
    }

    static let none: Int32 = -1
    static let arenaSize = 256 << 10
    static let maxPieces = 1 << 16
    /// Pieces up to this size are gathered by copying; longer ones by reference.
    static let smallPiece = 4 << 10

    let arena = UnsafeMutableRawPointer.allocate(byteCount: arenaSize, alignment: 64)
    private var arenaUsed = 0
    private(set) var pieces = UnsafeMutablePointer<Piece>.allocate(capacity: 1024)
    private var pieceCount = 0
    private var pieceCapacity = 1024
    private(set) var owners: [OutgoingBytes] = []
    /// The address of the last owner's bytes: a broadcast gives the same ones to one connection after the other.
    private var lastOwnerStart: UnsafeRawPointer?
    /// Connections with pieces.
    private var dirty: [TCPConnection] = []
    let gather = GatherBuffer()

    var isEmpty: Bool { dirty.isEmpty }

    /// Gives the memory back, when the loop has ended.
    func deallocate() {
        arena.deallocate()
        pieces.deallocate()
        gather.deallocate()
    }

    /// Queues a copy of `bytes`.
    @inline(__always)
    func append(copying bytes: UnsafeRawBufferPointer, to connection: TCPConnection) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if bytes.count > Self.arenaSize / 4 { return append(.shared(SharedBytes(copying: bytes)), to: connection) }
        if arenaUsed + bytes.count > Self.arenaSize || pieceCount == Self.maxPieces { flush() }
        let start = arena + arenaUsed
        start.copyMemory(from: source, byteCount: bytes.count)
        arenaUsed += bytes.count
        if connection.lastPiece != Self.none {
            let last = pieces + Int(connection.lastPiece)
            if last.pointee.owner == Self.none, last.pointee.start + last.pointee.count == UnsafeRawPointer(start) {
                last.pointee.count += bytes.count
                connection.turnBytes += bytes.count
                return
            }
        }
        link(Piece(start: start, count: bytes.count, owner: Self.none, next: Self.none), to: connection)
    }

    /// Queues a reference to `bytes`.
    @inline(__always)
    func append(_ bytes: OutgoingBytes, to connection: TCPConnection) {
        let content = bytes.content
        guard let start = content.baseAddress, content.count > 0 else { return }
        if pieceCount == Self.maxPieces { flush() }
        if start != lastOwnerStart {
            owners.append(bytes)
            lastOwnerStart = start
        }
        let owner = Int32(truncatingIfNeeded: owners.count - 1)
        link(Piece(start: start, count: content.count, owner: owner, next: Self.none), to: connection)
    }

    private func link(_ piece: Piece, to connection: TCPConnection) {
        if pieceCount == pieceCapacity { growPieces() }
        let index = Int32(truncatingIfNeeded: pieceCount)
        (pieces + pieceCount).initialize(to: piece)
        pieceCount += 1
        if connection.lastPiece == Self.none {
            connection.firstPiece = index
            dirty.append(connection)
        } else {
            pieces[Int(connection.lastPiece)].next = index
        }
        connection.lastPiece = index
        connection.turnBytes += piece.count
    }

    private func growPieces() {
        let larger = UnsafeMutablePointer<Piece>.allocate(capacity: pieceCapacity * 2)
        larger.moveInitialize(from: pieces, count: pieceCount)
        pieces.deallocate()
        pieces = larger
        pieceCapacity *= 2
    }

    /// Writes what every connection was given.
    func flush() {
        guard !dirty.isEmpty else { return }
        for connection in dirty { connection.flushTurn() }
        dirty.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: owners.capacity <= 4096)
        lastOwnerStart = nil
        arenaUsed = 0
        pieceCount = 0
    }
}

/// Bytes that a queue holds a reference to.
enum OutgoingBytes {
    case shared(SharedBytes)
    case array([UInt8])

    /// The bytes, which do not move while the value is kept: neither kind stores its bytes in itself.
    @inline(__always)
    var content: UnsafeRawBufferPointer {
        switch self {
        case .shared(let bytes): bytes.withUnsafeBytes { $0 }
        case .array(let bytes): bytes.withUnsafeBytes { $0 }
        }
    }
}

extension SharedBytes {
    init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }
}

/// Where small pieces are put together for one system call.
final class GatherBuffer {
    static let size = 128 << 10
    static let maxVectors = 64

    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    let vectors = UnsafeMutablePointer<iovec>.allocate(capacity: maxVectors)
    private(set) var used = 0
    private(set) var vectorCount = 0
    private(set) var byteCount = 0

    func deallocate() {
        bytes.deallocate()
        vectors.deallocate()
    }

    func clear() {
        used = 0
        vectorCount = 0
        byteCount = 0
    }

    /// Adds a piece, by copy where it is small; `false` where there is no room.
    @inline(__always)
    func add(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
        if count > TurnQueue.smallPiece {
            guard vectorCount < Self.maxVectors else { return false }
            vectors[vectorCount] = iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: count)
            vectorCount += 1
        } else {
            guard used + count <= Self.size, copy(start, count) else { return false }
            used += count
        }
        byteCount += count
        return true
    }

    @inline(__always)
    private func copy(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
        let target = bytes + used
        if vectorCount > 0, let base = vectors[vectorCount - 1].iov_base,
            base + Int(vectors[vectorCount - 1].iov_len) == target
        {
            vectors[vectorCount - 1].iov_len += count
        } else {
            guard vectorCount < Self.maxVectors else { return false }
            vectors[vectorCount] = iovec(iov_base: target, iov_len: count)
            vectorCount += 1
        }
        target.copyMemory(from: start, byteCount: count)
        return true
    }
}
