/// The form of a sealed file: a header, then chunks, each encrypted and authenticated by itself (AES-256-GCM, NIST SP
/// 800-38D) so that any part of a file is read without the rest of it.
///
///     header    "PSF" · version 1 · salt (32 bytes)
///     chunk     ciphertext (64 KiB; the last one 0 to 64 KiB) · tag (16 bytes)
///
/// The file's own key is HKDF-SHA256 (RFC 5869) of the room's key, with the salt, which is random for each file, and the
/// label below. A chunk's nonce is its number and whether it is the last, as in the STREAM construction (Hoang,
/// Reyhanitabar, Rogaway, Vizár 2015): a chunk opens at its own place in its own file only, and a file that was cut off has
/// no last chunk. The header is authenticated with each chunk.
///
/// Every file has a last chunk, an empty one where it is empty.
public enum SealedFileFormat {
    /// Plain bytes of a chunk.
    public static let chunkBytes = 64 << 10
    public static let saltBytes = 32
    public static let headerBytes = 4 + saltBytes
    /// What sealing adds to each chunk.
    public static let tagBytes = 16
    /// Most chunks of a file: their numbers have 32 bits (and the library counts a file's bytes in 63).
    static let mostChunks = Int(UInt32.max)

    static let nonceBytes = 12
    static let sealedChunkBytes = chunkBytes + tagBytes
    static let label = Array("parley sealed file 1".utf8)
    static let magic: [UInt8] = Array("PSF".utf8) + [1]

    /// How many plain bytes a sealed file of so many bytes has; `nil` where no file has that many.
    public static func plainBytes(ofSealed count: Int) -> Int? {
        guard count >= headerBytes + tagBytes else { return nil }
        let chunks = count - headerBytes
        let whole = (chunks - 1) / sealedChunkBytes
        let last = chunks - whole * sealedChunkBytes
        // Only a file that is empty ends in an empty chunk.
        guard last > tagBytes || whole == 0 && last == tagBytes, whole < mostChunks else { return nil }
        return whole * chunkBytes + last - tagBytes
    }

    /// How many bytes a file of so many plain bytes has when it is sealed.
    public static func sealedBytes(ofPlain count: Int) -> Int {
        headerBytes + count + chunkCount(ofPlain: count) * tagBytes
    }

    static func chunkCount(ofPlain count: Int) -> Int { max(1, (count + chunkBytes - 1) / chunkBytes) }

    static func header(salt: [UInt8]) -> [UInt8] { magic + salt }

    /// Seven bytes of nothing, the number, and 1 for the last chunk.
    static func nonce(of chunk: Int, isLast: Bool) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: nonceBytes)
        for place in 0..<4 { nonce[7 + place] = UInt8(truncatingIfNeeded: chunk >> (24 - 8 * place)) }
        nonce[11] = isLast ? 1 : 0
        return nonce
    }
}

/// Why a sealed file does not open.
public enum SealedFileError: Error, Equatable, Sendable {
    /// It does not begin as one, or not with a version that this program knows.
    case notSealed
    /// What is there is not what was sealed under this key, at this place, or not all of it.
    case notAuthentic
    /// More than a file may have.
    case tooLarge
    case library(CryptographyError)
}

extension SealedFileError {
    /// What `body` gives; what the library says against it is an error of the file.
    static func of<T>(_ body: () throws(CryptographyError) -> T) throws(SealedFileError) -> T {
        do {
            return try body()
        } catch {
            throw .library(error)
        }
    }
}

extension SealedFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notSealed: "This is no sealed file of this version; restore it from a backup."
        case .notAuthentic: "The sealed file was damaged or belongs to another key; restore it from a backup."
        case .tooLarge: "The file is too large to be sealed: send a smaller one."
        case .library(let error): error.description
        }
    }
}
