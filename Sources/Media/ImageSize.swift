import Bytes

/// How large an image is drawn, in pixels: as its head says, turned as its camera says.
public struct ImageSize: Sendable, Equatable {
    public var width: Int
    public var height: Int

    /// A size made by hand.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// How many first bytes of a file are looked at: a photograph's own small picture stands before its size.
    public static let prefixBytes = 256 << 10

    /// The size that an image's first bytes tell; `nil` for other kinds, and where they do not tell or tell none.
    ///
    /// What it says is the sender's word: nothing is to be allocated by it.
    public static func read(_ prefix: RawSpan, of kind: MediaKind) -> ImageSize? {
        let bytes = Prefix(prefix.extracting(0..<min(prefix.byteCount, prefixBytes)))
        let size: ImageSize? =
            switch kind {
            case .png: png(bytes)
            case .gif: gif(bytes)
            case .webP: webP(bytes)
            case .jpeg: JPEGHeader.size(in: bytes)
            default: nil
            }
        guard let size, size.width > 0, size.height > 0 else { return nil }
        return size
    }

    /// The first chunk (PNG specification section 11.2.2).
    private static func png(_ bytes: borrowing Prefix) -> ImageSize? {
        guard bytes.has("IHDR", at: 12), let width = bytes.bigEndian(4, at: 16),
            let height = bytes.bigEndian(4, at: 20),
            width <= Int(Int32.max), height <= Int(Int32.max)
        else { return nil }
        return ImageSize(width: width, height: height)
    }

    /// The logical screen (GIF89a section 18).
    private static func gif(_ bytes: borrowing Prefix) -> ImageSize? {
        guard let width = bytes.littleEndian(2, at: 6), let height = bytes.littleEndian(2, at: 8) else { return nil }
        return ImageSize(width: width, height: height)
    }

    /// The first chunk (RFC 9649 sections 2.5 to 2.7).
    private static func webP(_ bytes: borrowing Prefix) -> ImageSize? {
        switch bytes.text(4, at: 12) {
        case "VP8X":
            guard let width = bytes.littleEndian(3, at: 24), let height = bytes.littleEndian(3, at: 27) else {
                return nil
            }
            return ImageSize(width: width + 1, height: height + 1)
        case "VP8L":
            guard bytes.byte(at: 20) == 0x2f, let bits = bytes.littleEndian(4, at: 21) else { return nil }
            return ImageSize(width: bits & 0x3fff + 1, height: bits >> 14 & 0x3fff + 1)
        case "VP8 ":
            // A key frame's start code, then sizes of 14 bits (RFC 6386 section 9.1).
            guard bytes.has([0x9d, 0x01, 0x2a], at: 23), let width = bytes.littleEndian(2, at: 26),
                let height = bytes.littleEndian(2, at: 28)
            else { return nil }
            return ImageSize(width: width & 0x3fff, height: height & 0x3fff)
        default: return nil
        }
    }
}
