import Bytes

extension WebSocketDecoder {
    /// Takes what is there of the frame's payload at `index`; the index after it.
    @inline(__always)
    mutating func readPayload(
        _ bytes: UnsafeMutableRawBufferPointer, from index: Int, _ deliver: (borrowing WebSocketEvent) -> Bool
    ) throws(WebSocketError) -> Int {
        let count = min(frame.payloadByteCount - received, bytes.count - index)
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[index..<index + count])
        let mask = received == 0 ? frame.mask : frame.mask.advanced(by: received)
        unsafe mask.apply(to: piece)
        let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(piece))
        let isWhole = count == frame.payloadByteCount
        received += count
        let isComplete = received == frame.payloadByteCount
        if isComplete { phase = .header }
        if frame.opcode.isControl {
            try readControl(span, isWhole: isWhole, isComplete: isComplete, deliver)
        } else if isWhole && frame.isFinal && frame.opcode != .continuation && !frame.isCompressed {
            try lend(span, deliver)
        } else {
            try gather(span, isComplete: isComplete, deliver)
        }
        return index + count
    }

    /// A whole message in one frame: no copy.
    @inline(__always)
    private mutating func lend(_ span: RawSpan, _ deliver: (borrowing WebSocketEvent) -> Bool) throws(WebSocketError) {
        message.kind = nil
        message.fragments = 0
        message.announcedByteCount = 0
        if frame.opcode == .text {
            guard UTF8Validator.isValid(span) else { throw .invalidText }
            stopUnless(deliver(.text(span)))
        } else {
            stopUnless(deliver(.binary(span)))
        }
    }

    private mutating func gather(
        _ span: RawSpan, isComplete: Bool, _ deliver: (borrowing WebSocketEvent) -> Bool
    ) throws(WebSocketError) {
        try message.append(span, limits: limits, compression: compression)
        guard isComplete && frame.isFinal else { return }
        try message.finish(limits: limits, compression: compression)
        let whole = message
        message = PartialMessage()
        if whole.kind == .text {
            unsafe stopUnless(deliver(.text(whole.payload.span.bytes)))
        } else {
            unsafe stopUnless(deliver(.binary(whole.payload.span.bytes)))
        }
    }

    private mutating func readControl(
        _ span: RawSpan, isWhole: Bool, isComplete: Bool, _ deliver: (borrowing WebSocketEvent) -> Bool
    ) throws(WebSocketError) {
        if isWhole { return try deliverControl(span, deliver) }
        control.append(contentsOf: span)
        guard isComplete else { return }
        let payload = control
        control = []
        unsafe try deliverControl(payload.span.bytes, deliver)
    }

    private mutating func deliverControl(
        _ payload: RawSpan, _ deliver: (borrowing WebSocketEvent) -> Bool
    ) throws(WebSocketError) {
        switch frame.opcode {
        case .ping: stopUnless(deliver(.ping(payload)))
        case .pong: stopUnless(deliver(.pong(payload)))
        default:
            let code = try closeCode(of: payload)
            phase = .finished
            message = PartialMessage()
            compression?.release()
            _ = deliver(.close(code, reason: payload.extracting(min(payload.byteCount, 2)..<payload.byteCount)))
        }
    }

    /// The code in a close frame's payload; `nil` where it is empty (RFC 6455 section 5.5.1).
    private func closeCode(of payload: RawSpan) throws(WebSocketError) -> WebSocketCloseCode? {
        var reader = ByteReader(payload)
        guard !reader.isAtEnd else { return nil }
        guard let value = reader.readInteger(width: 2) else { throw .closePayloadTooShort }
        let code = WebSocketCloseCode(rawValue: UInt16(truncatingIfNeeded: value))
        guard code.mayBeSent else { throw .closeCodeForbidden }
        guard UTF8Validator.isValid(reader.readRemaining()) else { throw .invalidCloseReason }
        return code
    }

    private mutating func stopUnless(_ goOn: Bool) {
        guard !goOn else { return }
        phase = .finished
        message = PartialMessage()
        compression?.release()
    }
}
