internal import Bytes

/// The fields of a token (Fernet spec, "Token Format"): version ‖ timestamp ‖ IV ‖ ciphertext ‖ HMAC.
struct FernetEnvelope {
    static let version: UInt8 = 0x80
    static let ivOffset = 9
    static let ciphertextOffset = 25
    static let codeBytes = SHA256.byteCount
    /// One block of ciphertext at least: the padding is never empty.
    static let smallest = ciphertextOffset + AESContext.blockBytes + codeBytes

    let bytes: [UInt8]

    init(_ token: RawSpan) throws(FernetError) {
        guard token.byteCount / 4 * 3 <= Fernet.largestMessage + 2 * Self.smallest else { throw .tooLarge }
        guard let bytes = Base64.urlSafe.decode(token, padding: .required),
            bytes.count >= Self.smallest,
            (bytes.count - Self.ciphertextOffset - Self.codeBytes).isMultiple(of: AESContext.blockBytes),
            bytes[0] == Self.version
        else { throw .malformed }
        self.bytes = bytes
    }

    /// Seconds since 1970 at which the token says it was made. To be believed only once it has been opened.
    var time: UInt64 { bytes[1..<Self.ivOffset].reduce(0) { $0 << 8 | UInt64($1) } }

    var codeOffset: Int { bytes.count - Self.codeBytes }

    func checkAge(ttl: UInt64, now: UInt64) throws(FernetError) {
        let (end, overflow) = time.addingReportingOverflow(ttl)
        guard overflow || end >= now else { throw .expired }
        guard time <= now.addingReportingOverflow(Fernet.clockSkew).partialValue else { throw .fromTheFuture }
    }
}
