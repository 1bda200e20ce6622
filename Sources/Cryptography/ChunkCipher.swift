internal import Bytes
internal import CCrypto

/// AES-256-GCM (NIST SP 800-38D) under one file's key; one thread at a time uses it.
final class ChunkCipher {
    private let encryption: OpaquePointer
    private let decryption: OpaquePointer

    /// Under the key of the file with this salt.
    convenience init(key: FernetKey, salt: [UInt8]) throws(CryptographyError) {
        try self.init(key: try HKDF.derive(key: key.bytes, salt: salt, label: SealedFileFormat.label, count: 32))
    }

    init(key: [UInt8]) throws(CryptographyError) {
        precondition(key.count == 32, "an AES-256 key has 32 bytes")
        guard let algorithm = Self.algorithm, let encryption = EVP_CIPHER_CTX_new() else { throw Self.preparing }
        guard let decryption = EVP_CIPHER_CTX_new() else {
            EVP_CIPHER_CTX_free(encryption)
            throw Self.preparing
        }
        self.encryption = encryption
        self.decryption = decryption
        guard EVP_EncryptInit_ex(encryption, algorithm, nil, key, nil) == 1,
            EVP_DecryptInit_ex(decryption, algorithm, nil, key, nil) == 1
        else { throw Self.preparing }
    }

    deinit {
        EVP_CIPHER_CTX_free(encryption)
        EVP_CIPHER_CTX_free(decryption)
    }

    private static var preparing: CryptographyError { CryptographyError(operation: "preparing a cipher") }

    /// Appends the ciphertext of `plain` and its tag.
    func seal(_ plain: RawSpan, nonce: [UInt8], header: [UInt8], to sealed: inout [UInt8]) throws(CryptographyError) {
        let start = sealed.count
        sealed.append(contentsOf: repeatElement(0, count: plain.byteCount + SealedFileFormat.tagBytes))
        let isSealed = sealed.withUnsafeMutableBufferPointer { target in
            plain.withUnsafeBytes { plain in
                var count: Int32 = 0
                guard let place = target.baseAddress.map({ $0 + start }), let length = Int32(exactly: plain.count)
                else { return false }
                let bytes = plain.bindMemory(to: UInt8.self).baseAddress
                return EVP_EncryptInit_ex(encryption, nil, nil, nil, nonce) == 1
                    && EVP_EncryptUpdate(encryption, nil, &count, header, Int32(header.count)) == 1
                    && (length == 0 || EVP_EncryptUpdate(encryption, place, &count, bytes, length) == 1)
                    && EVP_EncryptFinal_ex(encryption, place + plain.count, &count) == 1
                    && EVP_CIPHER_CTX_ctrl(
                        encryption, EVP_CTRL_AEAD_GET_TAG, Int32(SealedFileFormat.tagBytes), place + plain.count) == 1
            }
        }
        guard isSealed else {
            ERR_clear_error()
            throw CryptographyError(operation: "encrypting a file")
        }
    }

    /// The plain bytes; `nil` where the tag is not theirs.
    func open(_ sealed: RawSpan, nonce: [UInt8], header: [UInt8]) throws(CryptographyError) -> [UInt8]? {
        let length = sealed.byteCount - SealedFileFormat.tagBytes
        guard length >= 0, let count = Int32(exactly: length) else { return nil }
        var tag = sealed.extracting(length..<sealed.byteCount).array
        var plain = [UInt8](repeating: 0, count: length)
        let isDecrypted = plain.withUnsafeMutableBufferPointer { target in
            sealed.withUnsafeBytes { sealed in
                var done: Int32 = 0
                let bytes = sealed.bindMemory(to: UInt8.self).baseAddress
                return EVP_DecryptInit_ex(decryption, nil, nil, nil, nonce) == 1
                    && EVP_DecryptUpdate(decryption, nil, &done, header, Int32(header.count)) == 1
                    && (count == 0 || EVP_DecryptUpdate(decryption, target.baseAddress, &done, bytes, count) == 1)
                    && EVP_CIPHER_CTX_ctrl(
                        decryption, EVP_CTRL_AEAD_SET_TAG, Int32(SealedFileFormat.tagBytes), &tag) == 1
            }
        }
        guard isDecrypted else { throw CryptographyError(operation: "decrypting a file") }
        var rest: [UInt8] = [0]
        var done: Int32 = 0
        guard EVP_DecryptFinal_ex(decryption, &rest, &done) == 1 else {
            ERR_clear_error()
            return nil
        }
        return plain
    }

    /// Fetched once and never freed: immutable, and as old as the process.
    private nonisolated(unsafe) static let algorithm = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
}
