internal import Bytes
public import EventLoops

/// A key of the Fernet format: 16 bytes that sign and 16 that encrypt (Fernet spec, "Key Format").
public struct FernetKey: Sendable {
    static let byteCount = 32

    let bytes: [UInt8]

    /// `nil` unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads the key's text form, 44 letters of url-safe base 64; `nil` for anything else.
    public init?(_ text: String) {
        guard let bytes = Base64.urlSafe.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// A new key.
    public init(from random: some RandomSource = SecureRandom()) {
        bytes = random.bytes(Self.byteCount)
        precondition(bytes.count == Self.byteCount, "a random source gives as many bytes as it is asked for")
    }

    /// The text form. Whoever has it reads and forges everything under this key.
    public var secretText: String { Base64.urlSafe.encode(bytes) }

    /// A name by which people tell keys apart, of 16 letters: it says nothing of the key.
    public var name: String { Hex.encode(SHA256.hash(Array("parley key name ".utf8) + bytes)[..<8]) }

    var signingKey: [UInt8] { Array(bytes[..<16]) }
    var encryptionKey: ArraySlice<UInt8> { bytes[16...] }
}

extension FernetKey: Equatable {
    /// Compares in constant time.
    public static func == (a: FernetKey, b: FernetKey) -> Bool { constantTimeEquals(a.bytes, b.bytes) }
}

extension FernetKey: CustomStringConvertible, CustomReflectable {
    /// Never the key.
    public var description: String { "FernetKey(hidden)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
