import Bytes
import CZlib

/// Compresses a stream piece by piece.
///
/// Holds no memory until the first piece (then up to 256 KB with the default parameters), and none after `release()`.
/// Belongs to one thread at a time.
public final class Deflater {
    /// What to do with data that is still inside the compressor.
    public enum Flush: Sendable {
        /// Keep it: more comes, and compresses better together.
        case none
        /// Write all of it, ending with the empty block `00 00 ff ff` (RFC 7692 section 7.2.1).
        case sync
        /// Write all of it and end the stream.
        case finish

        var zlibValue: Int32 {
            switch self {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        }
    }

    private let format: CompressedFormat
    private let level: Int32
    private let memoryLevel: Int32
    // On the heap because zlib keeps its address. Touched only by the owner of the deflater; freed by `release()`.
    private var stream: UnsafeMutablePointer<z_stream>?

    /// - Parameters:
    ///   - level: from 1 (fast) to 9 (small); the default is zlib's 6. Values outside are brought inside.
    ///   - memoryLevel: from 1 (1 KB of hash tables) to 9 (256 KB); the default is zlib's 8.
    public init(format: CompressedFormat, level: Int = 6, memoryLevel: Int = 8) {
        if case .raw(let bits) = format {
            precondition((9...15).contains(bits), "a deflater's window has 9 to 15 bits")
        }
        self.format = format
        self.level = Int32(min(max(level, 1), 9))
        self.memoryLevel = Int32(min(max(memoryLevel, 1), 9))
    }

    deinit { release() }

    /// Frees the memory; the next piece starts a new stream.
    public func release() {
        guard let stream else { return }
        deflateEnd(stream)
        stream.deallocate()
        self.stream = nil
    }

    /// Forgets what came before, without freeing the memory.
    public func reset() {
        if let stream { deflateReset(stream) }
    }

    /// Appends what of `input` comes out compressed.
    public func deflate(_ input: RawSpan, flush: Flush, into output: inout [UInt8]) throws(DeflateError) {
        let stream = try opened()
        input.withUnsafeBytes { source in
            // zlib does not write to its input; the type is from before `const`.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(clamping: source.count)
            defer { stream.pointee.next_in = nil }
            run(stream, flush: flush, into: &output)
        }
    }

    private func run(_ stream: UnsafeMutablePointer<z_stream>, flush: Flush, into output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 16) { scratch in
            let start = scratch.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            // Room left in the scratch means that all came out (zlib.h, `deflate`).
            repeat {
                stream.pointee.next_out = start
                stream.pointee.avail_out = UInt32(scratch.count)
                _ = CZlib.deflate(stream, flush.zlibValue)
                let made = scratch.count - Int(stream.pointee.avail_out)
                output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: made))
            } while stream.pointee.avail_out == 0
        }
    }

    private func opened() throws(DeflateError) -> UnsafeMutablePointer<z_stream> {
        if let stream { return stream }
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        made.initialize(to: z_stream())
        let status = deflateInit2_(
            made, level, Z_DEFLATED, format.zlibWindowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            made.deallocate()
            throw .outOfMemory
        }
        stream = made
        return made
    }
}
