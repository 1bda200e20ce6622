import Bytes
import CZlib

/// Decompresses a stream piece by piece, never past a limit.
///
/// Holds no memory until the first piece (then about 7 KB, and the window once data refers back), and none after
/// `release()`. Belongs to one thread at a time.
public final class Inflater {
    private let format: CompressedFormat
    // On the heap because zlib keeps its address. Touched only by the owner of the inflater; freed by `release()`.
    private var stream: UnsafeMutablePointer<z_stream>?
    /// Whether the data came to its own end: the last block, and the checksum where the format has one.
    public private(set) var isFinished = false

    /// An inflater for data of this format.
    public init(format: CompressedFormat) {
        self.format = format
    }

    deinit { release() }

    /// Frees the memory; the next piece starts a new stream.
    public func release() {
        isFinished = false
        guard let stream else { return }
        inflateEnd(stream)
        stream.deallocate()
        self.stream = nil
    }

    /// Whether the data so far ends between two blocks: where a flushed message has to end (RFC 7692 section 7.2.2).
    public var isBetweenBlocks: Bool {
        guard let stream else { return true }
        // Bit 7 of `data_type`: the decoder stopped right after a block (zlib.h, `inflate`).
        return isFinished || stream.pointee.data_type & 128 != 0
    }

    /// Appends what `input` decompresses to; stops as soon as `output` would hold more than `limit` bytes.
    ///
    /// Raw data may go on after its last block (RFC 7692 section 7.2.3.5). For `.zlib` and `.gzip`, bytes after the end
    /// are refused as damaged. After an error the stream is worthless: `release()` it.
    public func inflate(_ input: RawSpan, into output: inout [UInt8], limit: Int) throws(DeflateError) {
        let stream = try opened()
        let failure = input.withUnsafeBytes { source -> DeflateError? in
            // zlib does not write to its input; the type is from before `const`.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(clamping: source.count)
            defer { stream.pointee.next_in = nil }
            return run(stream, into: &output, limit: limit)
        }
        if let failure { throw failure }
    }

    private func run(_ stream: UnsafeMutablePointer<z_stream>, into output: inout [UInt8], limit: Int) -> DeflateError?
    {
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 16) { scratch in
            let start = scratch.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            while true {
                if isFinished, stream.pointee.avail_in > 0 {
                    guard case .raw = format else { return .damaged }
                    inflateResetKeep(stream)
                    isFinished = false
                }
                stream.pointee.next_out = start
                stream.pointee.avail_out = UInt32(scratch.count)
                let status = CZlib.inflate(stream, Z_SYNC_FLUSH)
                let made = scratch.count - Int(stream.pointee.avail_out)
                guard made <= limit - output.count else { return .limitExceeded(limit: limit) }
                output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: made))
                switch status {
                case Z_STREAM_END: isFinished = true
                case Z_OK, Z_BUF_ERROR: break
                case Z_MEM_ERROR: return .outOfMemory
                default: return .damaged
                }
                let isDrained = stream.pointee.avail_in == 0 && (isFinished || stream.pointee.avail_out > 0)
                if isDrained { return nil }
                if status == Z_BUF_ERROR && made == 0 { return .damaged }
            }
        }
    }

    private func opened() throws(DeflateError) -> UnsafeMutablePointer<z_stream> {
        if let stream { return stream }
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        made.initialize(to: z_stream())
        let status = inflateInit2_(made, format.zlibWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            made.deallocate()
            throw .outOfMemory
        }
        stream = made
        return made
    }
}
