/// What a decoder accepts at most.
public struct WebSocketLimits: Sendable, Equatable {
    /// Bytes of a message, all fragments together and decompressed; the default is 1,000,000. A larger one is refused
    /// with close code 1009 as soon as its length is known.
    public let maxMessageBytes: Int
    /// Fragments of one message; the default is 4,096. One more is refused with close code 1008: empty fragments would
    /// otherwise cost work without end and never reach the limit of bytes.
    public let maxFragments: Int

    public init(maxMessageBytes: Int = 1_000_000, maxFragments: Int = 4_096) {
        // The upper bound leaves room for sums.
        self.maxMessageBytes = min(max(maxMessageBytes, 0), 1 << 48)
        self.maxFragments = min(max(maxFragments, 1), 1 << 30)
    }

    /// Bytes that a compressed message may have on the wire: data that does not compress grows by 5 bytes in each
    /// block (RFC 1951 section 3.2.4), and a compressor's stored blocks hold at least some KB.
    var maxCompressedBytes: Int { maxMessageBytes + maxMessageBytes / 1_024 + 64 }
}
