import Bytes

/// A frame's header and an optional first byte of payload, in place: nothing is allocated.
///
/// Write `bytes`, then the payload without the prefix.
public struct WebSocketFrameHead: Sendable {
    @usableFromInline
    var storage = InlineArray<16, UInt8>(repeating: 0)
    /// How many bytes the head has: at most 15.
    public private(set) var count = 0

    /// The head of an unmasked frame: what a server sends.
    ///
    /// - Parameters:
    ///   - payloadByteCount: without the prefix.
    ///   - prefix: a first byte of payload, such as Engine.IO's packet type.
    public init(
        _ opcode: WebSocketOpcode, payloadByteCount: Int, prefix: UInt8? = nil, isFinal: Bool = true,
        isCompressed: Bool = false
    ) {
        let length = payloadByteCount + (prefix == nil ? 0 : 1)
        push(opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0))
        pushLength(length, maskBit: 0)
        if let prefix { push(prefix) }
    }

    /// The header of a masked frame: what a client sends. The prefix belongs to the payload and must be masked with it.
    init(maskedBy mask: WebSocketMask, _ opcode: WebSocketOpcode, byteCount: Int, isFinal: Bool, isCompressed: Bool) {
        push(opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0))
        pushLength(byteCount, maskBit: 0x80)
        for index in 0..<4 { push(UInt8(truncatingIfNeeded: mask.key >> UInt32(8 * index))) }
    }

    private mutating func push(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }

    /// RFC 6455 section 5.2: the shortest of three forms.
    private mutating func pushLength(_ length: Int, maskBit: UInt8) {
        if length < 126 {
            push(UInt8(truncatingIfNeeded: length) | maskBit)
        } else if length <= Int(UInt16.max) {
            push(126 | maskBit)
            for shift in [8, 0] { push(UInt8(truncatingIfNeeded: length >> shift)) }
        } else {
            push(127 | maskBit)
            for shift in stride(from: 56, through: 0, by: -8) { push(UInt8(truncatingIfNeeded: length >> shift)) }
        }
    }

    /// The bytes to write before the payload.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe storage.span.bytes.extracting(0..<count) }
    }
}
