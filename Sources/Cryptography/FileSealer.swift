internal import Bytes
public import EventLoops

/// Seals one file as it comes; for one thread at a time.
///
///     var sealer = try FileSealer(key: roomKey)
///     write(sealer.header)
///     for piece in pieces { write(try sealer.push(piece.span.bytes)) }
///     write(try sealer.finish())
public struct FileSealer: ~Copyable {
    /// What the file begins with, to be written first.
    public let header: [UInt8]
    private let cipher: ChunkCipher
    private var chunk = 0
    private var pending: [UInt8] = []

    /// Seals under the room's `key`, with a salt that no other file has.
    public init(key: FernetKey, random: some RandomSource = SecureRandom()) throws(SealedFileError) {
        try self.init(key: key, salt: random.bytes(SealedFileFormat.saltBytes))
    }

    /// Seals with a given salt, for tests: two files with one salt under one key betray what they hold.
    init(key: FernetKey, salt: [UInt8]) throws(SealedFileError) {
        precondition(salt.count == SealedFileFormat.saltBytes, "a salt has 32 bytes")
        header = SealedFileFormat.header(salt: salt)
        cipher = try SealedFileError.of { () throws(CryptographyError) in try ChunkCipher(key: key, salt: salt) }
        pending.reserveCapacity(SealedFileFormat.chunkBytes)
    }

    /// Takes the next bytes; gives the chunks that are full. At most 64 KiB are kept.
    public mutating func push(_ bytes: RawSpan) throws(SealedFileError) -> [UInt8] {
        var sealed: [UInt8] = []
        var position = 0
        while position < bytes.byteCount {
            // A full chunk waits for a byte behind it, for the last one is sealed as such.
            if pending.count == SealedFileFormat.chunkBytes { try seal(isLast: false, into: &sealed) }
            let count = min(SealedFileFormat.chunkBytes - pending.count, bytes.byteCount - position)
            pending.append(contentsOf: bytes.extracting(position..<position + count))
            position += count
        }
        return sealed
    }

    /// The last chunk. The file is whole when it is written.
    public consuming func finish() throws(SealedFileError) -> [UInt8] {
        var sealed: [UInt8] = []
        try seal(isLast: true, into: &sealed)
        return sealed
    }

    private mutating func seal(isLast: Bool, into sealed: inout [UInt8]) throws(SealedFileError) {
        guard chunk < SealedFileFormat.mostChunks else { throw .tooLarge }
        let nonce = SealedFileFormat.nonce(of: chunk, isLast: isLast)
        do throws(CryptographyError) {
            try cipher.seal(pending.span.bytes, nonce: nonce, header: header, to: &sealed)
        } catch {
            throw .library(error)
        }
        pending.removeAll(keepingCapacity: true)
        chunk += 1
    }
}
