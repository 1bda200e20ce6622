internal import CCrypto

/// AES-128-CBC with PKCS #7 padding (RFC 5652 section 6.3) under one key; one thread at a time uses it.
final class AESContext {
    static let blockBytes = 16

    private let encryption: OpaquePointer
    private let decryption: OpaquePointer

    init(key: ArraySlice<UInt8>) throws(CryptographyError) {
        precondition(key.count == Self.blockBytes, "an AES-128 key has 16 bytes")
        guard let algorithm = Self.algorithm, let encryption = EVP_CIPHER_CTX_new() else {
            throw CryptographyError(operation: "preparing a cipher")
        }
        guard let decryption = EVP_CIPHER_CTX_new() else {
            EVP_CIPHER_CTX_free(encryption)
            throw CryptographyError(operation: "preparing a cipher")
        }
        self.encryption = encryption
        self.decryption = decryption
        let isKeyed = key.withUnsafeBufferPointer { key in
            EVP_EncryptInit_ex(encryption, algorithm, nil, key.baseAddress, nil) == 1
                && EVP_DecryptInit_ex(decryption, algorithm, nil, key.baseAddress, nil) == 1
        }
        guard isKeyed else { throw CryptographyError(operation: "preparing a cipher") }
    }

    deinit {
        EVP_CIPHER_CTX_free(encryption)
        EVP_CIPHER_CTX_free(decryption)
    }

    /// The length of what `count` bytes become: padding adds 1 to 16.
    static func ciphertextBytes(_ count: Int) -> Int { (count / blockBytes + 1) * blockBytes }

    /// Writes `ciphertextBytes(plaintext.count)` bytes to `target`.
    func encrypt(
        _ plaintext: UnsafeRawBufferPointer, iv: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>
    ) throws(CryptographyError) {
        var first: Int32 = 0
        var last: Int32 = 0
        let bytes = plaintext.bindMemory(to: UInt8.self).baseAddress
        guard let count = Int32(exactly: plaintext.count),
            EVP_EncryptInit_ex(encryption, nil, nil, nil, iv) == 1,
            count == 0 || EVP_EncryptUpdate(encryption, target, &first, bytes, count) == 1,
            EVP_EncryptFinal_ex(encryption, target + Int(first), &last) == 1
        else { throw CryptographyError(operation: "encrypting a message") }
    }

    /// Writes the message to `target`, which has room for `ciphertext.count` bytes, and gives its length; `nil` where the
    /// padding is wrong.
    func decrypt(
        _ ciphertext: UnsafeRawBufferPointer, iv: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>
    ) throws(CryptographyError) -> Int? {
        var first: Int32 = 0
        var last: Int32 = 0
        let bytes = ciphertext.bindMemory(to: UInt8.self).baseAddress
        guard let count = Int32(exactly: ciphertext.count),
            EVP_DecryptInit_ex(decryption, nil, nil, nil, iv) == 1,
            EVP_DecryptUpdate(decryption, target, &first, bytes, count) == 1
        else { throw CryptographyError(operation: "decrypting a message") }
        guard EVP_DecryptFinal_ex(decryption, target + Int(first), &last) == 1 else {
            ERR_clear_error()
            return nil
        }
        return Int(first) + Int(last)
    }

    /// Fetched once and never freed: immutable, and as old as the process.
    private nonisolated(unsafe) static let algorithm = EVP_CIPHER_fetch(nil, "AES-128-CBC", nil)
}
