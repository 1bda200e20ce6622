/// The masking of RFC 6455 section 5.3.
struct WebSocketMask: Equatable {
    /// The four bytes of the key, the first in the lowest bits.
    var key: UInt32

    /// Exclusive-ors `bytes`, the first of them with the key's first byte; masks and unmasks.
    func apply(to bytes: UnsafeMutableRawBufferPointer) {
        guard key != 0 else { return }
        let wide = (UInt64(key) << 32 | UInt64(key)).littleEndian
        var index = 0
        while index &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            unsafe bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        var rest = key
        while index < bytes.count {
            unsafe bytes[index] ^= UInt8(truncatingIfNeeded: rest)
            rest >>= 8
            if index & 3 == 3 { rest = key }
            index &+= 1
        }
    }

    /// The mask for the bytes that come after `count` masked ones.
    func advanced(by count: Int) -> WebSocketMask {
        let shift = UInt32(truncatingIfNeeded: count & 3) * 8
        return WebSocketMask(key: key &>> shift | key &<< ((32 &- shift) & 31))
    }
}
