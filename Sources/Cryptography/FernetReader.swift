internal import Bytes

/// Looks into many tokens of one key, one after the other: for a search, which reads far more than it shows.
///
/// What it lends is **not authenticated**: it serves to decide what to open, and only what `Fernet.decrypt` gives is to be
/// shown. One thread at a time uses it.
public final class FernetReader {
    private let fernet: Fernet
    private let context: FernetContext
    private var plain: [UInt8] = []

    public init(_ fernet: Fernet) throws(CryptographyError) {
        self.fernet = fernet
        context = try fernet.contexts.take()
    }

    deinit { fernet.contexts.give(context) }

    /// Calls `body` with what is in the token; `nil` where nothing is.
    public func peek<R>(into token: RawSpan, _ body: (RawSpan) -> R) -> R? {
        guard let envelope = try? FernetEnvelope(token) else { return nil }
        let ciphertext = FernetEnvelope.ciphertextOffset..<envelope.codeOffset
        if plain.count < ciphertext.count { plain = [UInt8](repeating: 0, count: 2 * ciphertext.count) }
        let count = envelope.bytes.withUnsafeBufferPointer { bytes -> Int? in
            plain.withUnsafeMutableBufferPointer { target -> Int? in
                guard let start = target.baseAddress, let source = bytes.baseAddress else { return nil }
                let input = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[ciphertext]))
                return (try? context.cipher.decrypt(input, iv: source + FernetEnvelope.ivOffset, into: start)) ?? nil
            }
        }
        guard let count else { return nil }
        return plain.withUnsafeBytes { body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: $0[..<count]))) }
    }
}
