internal import Bytes
internal import CCrypto

/// The keyed machinery of one Fernet key; one thread at a time uses it.
final class FernetContext {
    let cipher: AESContext
    private let mac: HMACContext
    /// The code that a token ought to have.
    private var expected = [UInt8](repeating: 0, count: FernetEnvelope.codeBytes)

    init(key: FernetKey) throws(CryptographyError) {
        cipher = try AESContext(key: key.encryptionKey)
        mac = try HMACContext(key: key.signingKey)
    }

    func seal(_ message: UnsafeRawBufferPointer, time: UInt64, iv: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard iv.count == AESContext.blockBytes else { throw CryptographyError(operation: "drawing random bytes") }
        let codeOffset = FernetEnvelope.ciphertextOffset + AESContext.ciphertextBytes(message.count)
        var raw: [UInt8] = []
        raw.reserveCapacity(codeOffset + FernetEnvelope.codeBytes)
        raw.append(FernetEnvelope.version)
        raw.append(bigEndian: time)
        raw.append(contentsOf: iv)
        raw.append(contentsOf: repeatElement(0, count: codeOffset + FernetEnvelope.codeBytes - raw.count))
        try raw.withUnsafeMutableBufferPointer { raw throws(CryptographyError) in
            guard let start = raw.baseAddress else { return }
            try cipher.encrypt(
                message, iv: start + FernetEnvelope.ivOffset, into: start + FernetEnvelope.ciphertextOffset)
            try mac.authenticate(UnsafeRawBufferPointer(start: start, count: codeOffset), into: start + codeOffset)
        }
        var token: [UInt8] = []
        Base64.urlSafe.append(raw.span.bytes, to: &token)
        return token
    }

    /// The message; `nil` where the token is not one of this key.
    func open(_ envelope: FernetEnvelope) throws(FernetError) -> [UInt8]? {
        let message: [UInt8]?
        do {
            guard try isAuthentic(envelope) else { return nil }
            message = try decrypt(envelope)
        } catch {
            throw .library(error)
        }
        guard let message else { throw .malformed }
        return message
    }

    private func isAuthentic(_ envelope: FernetEnvelope) throws(CryptographyError) -> Bool {
        try envelope.bytes.span.bytes.withUnsafeBytes { bytes throws(CryptographyError) in
            try expected.withUnsafeMutableBufferPointer { expected throws(CryptographyError) in
                let given = UnsafeRawBufferPointer(rebasing: bytes[envelope.codeOffset...])
                guard let ours = expected.baseAddress, let theirs = given.baseAddress else { return false }
                try mac.authenticate(UnsafeRawBufferPointer(rebasing: bytes[..<envelope.codeOffset]), into: ours)
                return CRYPTO_memcmp(ours, theirs, FernetEnvelope.codeBytes) == 0
            }
        }
    }

    private func decrypt(_ envelope: FernetEnvelope) throws(CryptographyError) -> [UInt8]? {
        let ciphertext = FernetEnvelope.ciphertextOffset..<envelope.codeOffset
        var failure: CryptographyError?
        var isPadded = true
        let message = envelope.bytes.withUnsafeBufferPointer { bytes in
            [UInt8](unsafeUninitializedCapacity: ciphertext.count) { target, count in
                guard let start = target.baseAddress, let source = bytes.baseAddress else { return }
                let input = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[ciphertext]))
                do {
                    let length = try cipher.decrypt(input, iv: source + FernetEnvelope.ivOffset, into: start)
                    isPadded = length != nil
                    count = length ?? 0
                } catch {
                    failure = error as? CryptographyError
                }
            }
        }
        if let failure { throw failure }
        return isPadded ? message : nil
    }
}
