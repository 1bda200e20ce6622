import Bytes
public import EventLoops

/// Names one stored file: 128 random bits, which nobody guesses.
public struct BlobID: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 16

    /// 32 hexadecimal digits in lower case.
    public let description: String

    /// A new name; `random` must be one that cannot be foretold.
    public init(from random: some RandomSource) {
        description = Hex.encode(random.bytes(Self.byteCount))
    }

    /// `nil` for anything but 32 hexadecimal digits in lower case.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 2 * Self.byteCount,
            text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
        else { return nil }
        description = String(text)
    }

    /// The folder it lies in: 65,536 of them, so that none grows long.
    var folder: String { "\(description.prefix(2))/\(description.dropFirst(2).prefix(2))" }
}
