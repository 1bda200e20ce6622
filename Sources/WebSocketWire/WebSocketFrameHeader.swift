/// The header of a frame as it was read (RFC 6455 section 5.2).
struct WebSocketFrameHeader: Equatable {
    var opcode: WebSocketOpcode
    var isFinal: Bool
    /// The first reserved bit: the message is compressed (RFC 7692 section 6).
    var isCompressed: Bool
    var mask: WebSocketMask
    var payloadByteCount: Int

    /// Reads a header from the front of `bytes`; `nil` where more bytes are needed.
    ///
    /// Refuses as soon as the bytes that are there allow no other answer.
    @inline(__always)
    static func read(
        _ bytes: UnsafeRawBufferPointer, sender: WebSocketRole
    ) throws(WebSocketError) -> (header: WebSocketFrameHeader, byteCount: Int)? {
        guard bytes.count > 0 else { return nil }
        let first = unsafe bytes[0]
        guard first & 0x30 == 0 else { throw .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0f) else { throw .reservedOpcode }
        guard bytes.count > 1 else { return nil }
        let second = unsafe bytes[1]
        let isMasked = second & 0x80 != 0
        guard isMasked == (sender == .client) else { throw isMasked ? .maskForbidden : .maskMissing }
        let short = Int(second & 0x7f)
        if opcode.isControl {
            guard first & 0x40 == 0 else { throw .reservedBits }
            guard first & 0x80 != 0 else { throw .controlFragmented }
            guard short <= 125 else { throw .controlTooLong }
        }
        let lengthEnd = short < 126 ? 2 : short == 126 ? 4 : 10
        let byteCount = isMasked ? lengthEnd + 4 : lengthEnd
        guard bytes.count >= byteCount else { return nil }
        var mask = WebSocketMask(key: 0)
        if isMasked {
            mask.key = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: lengthEnd, as: UInt32.self))
        }
        let header = WebSocketFrameHeader(
            opcode: opcode, isFinal: first & 0x80 != 0, isCompressed: first & 0x40 != 0, mask: mask,
            payloadByteCount: unsafe short < 126 ? short : try longLength(bytes, isWide: short == 127))
        return (header, byteCount)
    }

    /// The length in two or eight bytes, which must need them.
    private static func longLength(_ bytes: UnsafeRawBufferPointer, isWide: Bool) throws(WebSocketError) -> Int {
        if isWide {
            let length = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard length <= UInt64(Int.max) else { throw .lengthOutOfRange }
            guard length > UInt64(UInt16.max) else { throw .lengthNotMinimal }
            return Int(length)
        }
        let length = unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        guard length > 125 else { throw .lengthNotMinimal }
        return Int(length)
    }
}
