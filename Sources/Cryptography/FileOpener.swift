internal import Bytes

/// Opens the chunks of one sealed file, in any order; from any thread, one at a time.
///
///     let opener = try FileOpener(key: roomKey, header: firstBytes, sealedBytes: sizeOfTheFile)
///     for chunk in opener.chunks(of: 1000..<200_000) {
///         let plain = try opener.open(read(chunk.sealed), chunk: chunk.index)
///         send(plain[chunk.wanted])
///     }
public struct FileOpener: Sendable {
    /// How many plain bytes the file has. True when its last chunk has opened: until then it is what the size says.
    public let plainBytes: Int
    private let header: [UInt8]
    private let ciphers: ContextPool<ChunkCipher>

    /// Where a chunk is in the sealed file, and which of its plain bytes are wanted.
    public struct Chunk: Sendable, Equatable {
        public let index: Int
        /// Bytes of the sealed file.
        public let sealed: Range<Int>
        /// Bytes of the opened chunk.
        public let wanted: Range<Int>
    }

    /// - Parameters:
    ///   - header: the first `SealedFileFormat.headerBytes` bytes of the file.
    ///   - sealedBytes: how many bytes the file has.
    public init(key: FernetKey, header: [UInt8], sealedBytes: Int) throws(SealedFileError) {
        guard header.count == SealedFileFormat.headerBytes, header.starts(with: SealedFileFormat.magic) else {
            throw .notSealed
        }
        guard let plainBytes = SealedFileFormat.plainBytes(ofSealed: sealedBytes) else { throw .notAuthentic }
        self.plainBytes = plainBytes
        self.header = header
        let salt = Array(header[SealedFileFormat.magic.count...])
        ciphers = try SealedFileError.of { () throws(CryptographyError) in
            try ContextPool { () throws(CryptographyError) in try ChunkCipher(key: key, salt: salt) }
        }
    }

    public var chunkCount: Int { SealedFileFormat.chunkCount(ofPlain: plainBytes) }

    /// The chunks that hold these plain bytes, in order; what lies behind the end is left out.
    public func chunks(of range: Range<Int>) -> [Chunk] {
        let range = range.clamped(to: 0..<plainBytes)
        guard !range.isEmpty else { return [] }
        let first = range.lowerBound / SealedFileFormat.chunkBytes
        let last = (range.upperBound - 1) / SealedFileFormat.chunkBytes
        return (first...last).map { index in
            let start = index * SealedFileFormat.chunkBytes
            let wanted = range.clamped(to: start..<start + SealedFileFormat.chunkBytes)
            return Chunk(
                index: index, sealed: sealedRange(ofChunk: index),
                wanted: wanted.lowerBound - start..<wanted.upperBound - start)
        }
    }

    /// Where a chunk is in the sealed file.
    public func sealedRange(ofChunk index: Int) -> Range<Int> {
        precondition(index >= 0 && index < chunkCount, "a chunk of the file")
        let start = SealedFileFormat.headerBytes + index * SealedFileFormat.sealedChunkBytes
        let plain = min(SealedFileFormat.chunkBytes, plainBytes - index * SealedFileFormat.chunkBytes)
        return start..<start + plain + SealedFileFormat.tagBytes
    }

    /// The plain bytes of a chunk; refused where they are not what was sealed at this place of this file.
    public func open(_ sealed: [UInt8], chunk index: Int) throws(SealedFileError) -> [UInt8] {
        guard index >= 0, index < chunkCount, sealed.count == sealedRange(ofChunk: index).count else {
            throw .notAuthentic
        }
        let nonce = SealedFileFormat.nonce(of: index, isLast: index == chunkCount - 1)
        let plain = try SealedFileError.of { () throws(CryptographyError) in
            let cipher = try ciphers.take()
            defer { ciphers.give(cipher) }
            return try cipher.open(sealed.span.bytes, nonce: nonce, header: header)
        }
        guard let plain else { throw .notAuthentic }
        return plain
    }
}
