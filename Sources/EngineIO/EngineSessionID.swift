import Bytes
public import EventLoops

/// Session ids: 20 characters, base64url of 15 bytes. 112 bits of them are random, for the id is a secret; the rest
/// tells which loop keeps the session, so that a request finds it without a table that all loops share.
public enum EngineSessionID {
    /// Characters of an id.
    public static let length = 20
    private static let byteCount = 15

    /// A new id for a session of the loop with this index, 0 to 255.
    public static func make(loopIndex: Int, random: some RandomSource) -> String {
        var bytes = Array(random.bytes(byteCount).prefix(byteCount))
        // Mixed with a random byte, so that ids of one loop have nothing in common.
        bytes[0] = UInt8(truncatingIfNeeded: loopIndex) ^ bytes[1]
        return Base64.urlSafe.encode(bytes, padding: false)
    }

    /// The loop that keeps the session, or `nil` where `id` is not of the form of an id.
    public static func loopIndex(of id: String) -> Int? {
        guard id.utf8.count == length, let bytes = Base64.urlSafe.decode(id, padding: .forbidden) else { return nil }
        return Int(bytes[0] ^ bytes[1])
    }
}
