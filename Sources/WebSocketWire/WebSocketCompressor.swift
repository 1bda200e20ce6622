public import Bytes
public import Deflate

/// Compresses messages into frames (RFC 7692 section 7.2.1).
///
/// Without context each message stands alone: one compressor then serves all connections of a loop whose agreement
/// allows its window, and one compressed frame serves a whole broadcast. Holds memory from the first message until
/// `release()`. Belongs to one thread at a time.
public final class WebSocketCompressor {
    private let deflater: Deflater
    private let keepsContext: Bool
    private var scratch: [UInt8] = []

    /// - Parameters:
    ///   - direction: how the sending end compresses; its window must have 9 bits or more.
    ///   - level: from 1 (fast) to 9 (small); the default is 1, for chat messages gain little from more.
    public init(_ direction: PerMessageDeflate.Direction, level: Int = 1, memoryLevel: Int = 8) {
        deflater = Deflater(
            format: .raw(windowBits: max(direction.windowBits, 9)), level: level, memoryLevel: memoryLevel)
        keepsContext = direction.keepsContext
    }

    /// An unmasked frame with the compressed message, ready to be queued on many connections.
    public func frame(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, payload: RawSpan
    ) throws(DeflateError) -> SharedBytes {
        let compressed = try compress(prefix: prefix, payload: payload)
        return unsafe WebSocketEncoder.frame(opcode, payload: compressed.span.bytes, isCompressed: true)
    }

    /// Appends an unmasked frame with the compressed message.
    public func append(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, payload: RawSpan, to out: inout [UInt8]
    ) throws(DeflateError) {
        let compressed = try compress(prefix: prefix, payload: payload)
        unsafe WebSocketEncoder.append(opcode, payload: compressed.span.bytes, isCompressed: true, to: &out)
    }

    /// Appends a frame with the compressed message, masked with `key`, which must be random: what a client sends.
    public func appendMasked(
        _ opcode: WebSocketOpcode, key: UInt32, prefix: UInt8? = nil, payload: RawSpan, to out: inout [UInt8]
    ) throws(DeflateError) {
        let compressed = try compress(prefix: prefix, payload: payload)
        unsafe WebSocketEncoder.appendMasked(
            opcode, key: key, payload: compressed.span.bytes, isCompressed: true, to: &out)
    }

    /// The message's compressed form, without the tail.
    private func compress(prefix: UInt8?, payload: RawSpan) throws(DeflateError) -> [UInt8] {
        // A message that is far larger than usual leaves no large buffer behind.
        if scratch.capacity > 64 * 1024 { scratch = [] } else { scratch.removeAll(keepingCapacity: true) }
        if !keepsContext { deflater.reset() }
        if let prefix {
            let first: InlineArray<1, UInt8> = [prefix]
            unsafe try deflater.deflate(first.span.bytes, flush: .none, into: &scratch)
        }
        try deflater.deflate(payload, flush: .sync, into: &scratch)
        // A second flush without data between writes nothing at all.
        if scratch.count >= PerMessageDeflate.tail.count { scratch.removeLast(PerMessageDeflate.tail.count) }
        // An empty message is one byte (section 7.2.3.6).
        if scratch.isEmpty { scratch.append(0) }
        return scratch
    }
}
