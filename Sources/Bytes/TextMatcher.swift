#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks whether texts have all of some words in them, whatever their case and accents; allocates nothing for a text. One
/// thread at a time uses it.
public final class TextMatcher {
    private let needles: [[UInt8]]
    private var folded: [UInt8] = []

    /// - Parameter words: empty ones are in every text.
    public init(_ words: [String]) {
        // The longest first: it is in the fewest.
        needles = words.map(TextFolding.folded).filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    /// Whether nothing is looked for.
    public var isEmpty: Bool { needles.isEmpty }

    public func matches(_ text: RawSpan) -> Bool {
        if needles.isEmpty { return true }
        let room = 2 * text.byteCount + 8
        if folded.count < room { folded = [UInt8](repeating: 0, count: 2 * room) }
        return folded.withUnsafeMutableBufferPointer { target in
            let count = text.withUnsafeBytes { TextFolding.fold($0, into: target) }
            return needles.allSatisfy { needle in
                needle.withUnsafeBytes { Self.contains(UnsafeRawBufferPointer(target)[..<count], $0) }
            }
        }
    }

    /// - Parameter needle: not empty.
    private static func contains(
        _ text: Slice<UnsafeRawBufferPointer>, _ needle: UnsafeRawBufferPointer
    ) -> Bool {
        guard let start = text.base.baseAddress, let sought = needle.baseAddress else { return false }
        // Where it may begin.
        var index = 0
        let end = text.count - needle.count + 1
        while index < end, let found = memchr(start + index, Int32(needle[0]), end - index) {
            if memcmp(found, sought, needle.count) == 0 { return true }
            index = UnsafeRawPointer(found) - start + 1
        }
        return false
    }
}
