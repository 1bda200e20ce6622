/// What a text from a stranger may cost, and whether it is trusted to be UTF-8.
public struct JSONLimits: Sendable, Equatable {
    /// How deep arrays and objects may nest; default 64. `[]` is one deep. Values are held to 1...512.
    public var maxDepth: Int {
        didSet { maxDepth = Self.clamped(maxDepth) }
    }
    /// The length of the text in bytes; default 16 MiB.
    public var maxBytes: Int
    /// How many values there may be in all, containers counted and member names not; default 1,000,000.
    public var maxValues: Int
    /// Whether the text is checked to be UTF-8; default `true`. A WebSocket's text has been checked before.
    public var checksUTF8: Bool

    /// The deepest nesting that can be asked for.
    public static let deepest = 512

    public init(
        maxDepth: Int = 64, maxBytes: Int = 16 << 20, maxValues: Int = 1_000_000, checksUTF8: Bool = true
    ) {
        self.maxDepth = Self.clamped(maxDepth)
        self.maxBytes = maxBytes
        self.maxValues = maxValues
        self.checksUTF8 = checksUTF8
    }

    /// The defaults for a text that is known to be UTF-8.
    public static let knownUTF8 = JSONLimits(checksUTF8: false)

    private static func clamped(_ depth: Int) -> Int { min(max(depth, 1), deepest) }
}
