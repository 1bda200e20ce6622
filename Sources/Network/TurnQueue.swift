import Bytes

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

    /// What every write touches; in memory of its own, so that the compiler need not check its accesses at run time.
    private struct Marks {
        var arenaUsed = 0
        var pieceCount = 0
        var dirtyCount = 0
        /// The address of the last owner's bytes, and its index: a broadcast gives the same ones to one connection after
        /// the other.
        var lastOwnerStart: UnsafeRawPointer?
        var lastOwner = TurnQueue.none
    }

    static let none: Int32 = -1
    static let arenaSize = 256 << 10
    static let maxPieces = 1 << 16
    /// Pieces up to this size are gathered by copying; longer ones by reference.
    static let smallPiece = 4 << 10

    private let marks = UnsafeMutablePointer<Marks>.allocate(capacity: 1)
    private let arena = UnsafeMutableRawPointer.allocate(byteCount: arenaSize, alignment: 64)
    /// The system gives memory to these two only as far as they are used.
    let pieces = UnsafeMutablePointer<Piece>.allocate(capacity: maxPieces)
    /// Connections with pieces, each of them open and so kept by its handle; one that closes is taken out.
    private let dirty = UnsafeMutablePointer<Unmanaged<TCPConnection>?>.allocate(capacity: maxPieces)
    private(set) var owners: [OutgoingBytes] = []
    let gather = GatherBuffer()

    init() { marks.initialize(to: Marks()) }

    var isEmpty: Bool { marks.pointee.dirtyCount == 0 }

    /// Gives the memory back, when the loop has ended.
    func deallocate() {
        marks.deallocate()
        arena.deallocate()
        pieces.deallocate()
        dirty.deallocate()
        gather.deallocate()
        owners = []
    }

    /// Queues a copy of `bytes`.
    @inline(__always)
    func append(copying bytes: UnsafeRawBufferPointer, to connection: TCPConnection) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if bytes.count > Self.arenaSize / 4 { return append(.shared(SharedBytes(copying: bytes)), to: connection) }
        if marks.pointee.arenaUsed + bytes.count > Self.arenaSize || marks.pointee.pieceCount == Self.maxPieces {
            flush()
        }
        let start = arena + marks.pointee.arenaUsed
        start.copyMemory(from: source, byteCount: bytes.count)
        marks.pointee.arenaUsed += bytes.count
        let core = connection.core
        if core.pointee.lastPiece != Self.none {
            let last = pieces + Int(core.pointee.lastPiece)
            if last.pointee.owner == Self.none, last.pointee.start + last.pointee.count == UnsafeRawPointer(start) {
                last.pointee.count += bytes.count
                core.pointee.turnBytes += bytes.count
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
        if marks.pointee.pieceCount == Self.maxPieces { flush() }
        if start != marks.pointee.lastOwnerStart { own(bytes, start) }
        let owner = marks.pointee.lastOwner
        link(Piece(start: start, count: content.count, owner: owner, next: Self.none), to: connection)
    }

    private func own(_ bytes: OutgoingBytes, _ start: UnsafeRawPointer) {
        marks.pointee.lastOwner = Int32(truncatingIfNeeded: owners.count)
        marks.pointee.lastOwnerStart = start
        owners.append(bytes)
    }

    @inline(__always)
    private func link(_ piece: Piece, to connection: TCPConnection) {
        let core = connection.core
        let index = Int32(truncatingIfNeeded: marks.pointee.pieceCount)
        (pieces + marks.pointee.pieceCount).initialize(to: piece)
        marks.pointee.pieceCount += 1
        if core.pointee.lastPiece == Self.none {
            core.pointee.firstPiece = index
            if core.pointee.dirtyPlace == Self.none { note(connection) }
        } else {
            pieces[Int(core.pointee.lastPiece)].next = index
        }
        core.pointee.lastPiece = index
        core.pointee.turnBytes += piece.count
    }

    @inline(__always)
    private func note(_ connection: TCPConnection) {
        // Never more than there are pieces: a connection takes a place with its first piece.
        let place = marks.pointee.dirtyCount
        (dirty + place).initialize(to: Unmanaged.passUnretained(connection))
        connection.core.pointee.dirtyPlace = Int32(truncatingIfNeeded: place)
        marks.pointee.dirtyCount += 1
    }

    /// Drops the pieces of a connection that closes.
    func forget(_ connection: TCPConnection) {
        let core = connection.core
        core.pointee.firstPiece = Self.none
        core.pointee.lastPiece = Self.none
        core.pointee.turnBytes = 0
        guard core.pointee.dirtyPlace != Self.none else { return }
        dirty[Int(core.pointee.dirtyPlace)] = nil
        core.pointee.dirtyPlace = Self.none
    }

    /// Writes what every connection was given.
    func flush() {
        guard marks.pointee.dirtyCount > 0 else { return }
        for place in 0..<marks.pointee.dirtyCount {
            guard let connection = dirty[place]?.takeUnretainedValue() else { continue }
            connection.core.pointee.dirtyPlace = Self.none
            connection.flushTurn()
        }
        marks.pointee = Marks()
        if !owners.isEmpty { owners.removeAll(keepingCapacity: owners.capacity <= 4096) }
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
