import Bytes

/// A data message of which not every frame has come.
struct PartialMessage {
    /// `.text` or `.binary`; `nil` between messages.
    var kind: WebSocketOpcode?
    var isCompressed = false
    var fragments = 0
    /// Bytes announced by the headers so far.
    var announcedByteCount = 0
    /// What came, decompressed.
    var payload: [UInt8] = []
    var validator = UTF8Validator()

    /// Takes the header of a data frame into account, or refuses it.
    @inline(__always)
    mutating func begin(
        _ header: WebSocketFrameHeader, limits: WebSocketLimits, mayBeCompressed: Bool
    ) throws(WebSocketError) {
        if header.opcode == .continuation {
            guard kind != nil else { throw .continuationUnexpected }
            guard !header.isCompressed else { throw .reservedBits }
        } else {
            guard kind == nil else { throw .continuationExpected }
            guard mayBeCompressed || !header.isCompressed else { throw .reservedBits }
            kind = header.opcode
            isCompressed = header.isCompressed
        }
        fragments += 1
        guard fragments <= limits.maxFragments else { throw .tooManyFragments(limit: limits.maxFragments) }
        let limit = isCompressed ? limits.maxCompressedBytes : limits.maxMessageBytes
        guard header.payloadByteCount <= limit - announcedByteCount else {
            throw .messageTooLarge(limit: limits.maxMessageBytes)
        }
        announcedByteCount += header.payloadByteCount
    }

    /// Adds what was just unmasked. Invalid text is found here, not at the message's end (RFC 6455 section 8.1).
    mutating func append(
        _ bytes: RawSpan, limits: WebSocketLimits, compression: WebSocketInflater?
    ) throws(WebSocketError) {
        let before = payload.count
        if isCompressed, let compression {
            try compression.inflate(bytes, into: &payload, limit: limits.maxMessageBytes)
        } else {
            payload.append(contentsOf: bytes)
        }
        try checkText(from: before)
    }

    /// Ends the message: what the compressor left out is put back, and text must not end inside a character.
    mutating func finish(limits: WebSocketLimits, compression: WebSocketInflater?) throws(WebSocketError) {
        let before = payload.count
        if isCompressed, let compression {
            try compression.finishMessage(into: &payload, limit: limits.maxMessageBytes)
        }
        try checkText(from: before)
        guard validator.isComplete else { throw .invalidText }
    }

    private mutating func checkText(from start: Int) throws(WebSocketError) {
        guard kind == .text else { return }
        var progress = validator
        guard unsafe progress.accept(payload.span.bytes.extracting(start..<payload.count)) else { throw .invalidText }
        validator = progress
    }
}
