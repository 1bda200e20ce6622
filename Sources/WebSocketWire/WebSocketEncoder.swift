public import Bytes

/// Makes frames (RFC 6455 section 5).
public enum WebSocketEncoder {
    /// An unmasked frame in bytes of its own, ready to be queued on many connections.
    ///
    /// - Parameter prefix: a first byte of payload, such as Engine.IO's packet type.
    public static func frame(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, payload: RawSpan, isCompressed: Bool = false
    ) -> SharedBytes {
        let head = WebSocketFrameHead(
            opcode, payloadByteCount: payload.byteCount, prefix: prefix, isCompressed: isCompressed)
        return unsafe SharedBytes(count: head.count + payload.byteCount) { target in
            unsafe copy(head, payload, to: target)
        }
    }

    /// The frames of a text and the binaries that follow it, in one run of bytes.
    public static func frames(
        text: SharedBytes?, textPrefix: UInt8?, binaries: [SharedBytes], binaryPrefix: UInt8?
    ) -> SharedBytes {
        if binaries.isEmpty, let text { return frame(.text, prefix: textPrefix, payload: text.bytes) }
        var out: [UInt8] = []
        let content = (text?.count ?? 0) + binaries.reduce(0) { $0 + $1.count }
        out.reserveCapacity(content + 15 * (binaries.count + 1))
        if let text { append(.text, prefix: textPrefix, payload: text.bytes, to: &out) }
        for binary in binaries { append(.binary, prefix: binaryPrefix, payload: binary.bytes, to: &out) }
        return SharedBytes(out)
    }

    /// Appends an unmasked frame.
    public static func append(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, payload: RawSpan, isFinal: Bool = true,
        isCompressed: Bool = false, to out: inout [UInt8]
    ) {
        let head = WebSocketFrameHead(
            opcode, payloadByteCount: payload.byteCount, prefix: prefix, isFinal: isFinal, isCompressed: isCompressed)
        out.append(contentsOf: head.bytes)
        out.append(contentsOf: payload)
    }

    /// Appends a frame masked with `key`, which must be random (RFC 6455 section 10.3): what a client sends.
    public static func appendMasked(
        _ opcode: WebSocketOpcode, key: UInt32, prefix: UInt8? = nil, payload: RawSpan, isFinal: Bool = true,
        isCompressed: Bool = false, to out: inout [UInt8]
    ) {
        let mask = WebSocketMask(key: key)
        let count = payload.byteCount + (prefix == nil ? 0 : 1)
        let head = WebSocketFrameHead(
            maskedBy: mask, opcode, byteCount: count, isFinal: isFinal, isCompressed: isCompressed)
        out.append(contentsOf: head.bytes)
        let start = out.count
        if let prefix { out.append(prefix) }
        out.append(contentsOf: payload)
        unsafe out.withUnsafeMutableBytes { bytes in
            unsafe mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
    }

    /// The payload of a close frame; a reason is cut between two characters where it has more than 123 bytes.
    ///
    /// A code that may not be sent (1005, 1006 …) makes an empty payload.
    public static func closePayload(_ code: WebSocketCloseCode?, reason: String = "") -> [UInt8] {
        guard let code, code.mayBeSent else { return [] }
        var payload: [UInt8] = []
        payload.append(bigEndian: code.rawValue)
        for character in reason {
            let bytes = character.utf8
            guard payload.count + bytes.count <= 125 else { break }
            payload.append(contentsOf: bytes)
        }
        return payload
    }

    /// An unmasked close frame.
    public static func close(_ code: WebSocketCloseCode?, reason: String = "") -> [UInt8] {
        var out: [UInt8] = []
        unsafe append(.close, payload: closePayload(code, reason: reason).span.bytes, to: &out)
        return out
    }

    private static func copy(
        _ head: WebSocketFrameHead, _ payload: RawSpan, to target: UnsafeMutableRawBufferPointer
    ) {
        let headBytes = head.bytes
        unsafe headBytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[head.count...])
        unsafe payload.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
    }
}
