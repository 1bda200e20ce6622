import Bytes
import JSON

/// An event's content with a place of its own, shared by all who were given the event.
///
/// Sendable because `content` is written only by the loop that owns the storage while nobody else has a reference
/// (`isKnownUniquelyReferenced`), and is read only from then on; `isAnswered` is touched on the socket's loop.
final class EventStorage: @unchecked Sendable {
    private(set) var content: EventContent
    var isAnswered = false

    init(_ content: EventContent = EventContent()) { self.content = content }

    /// Exchanges the content with one that was filled outside. Nothing works on the content in its place, so the
    /// compiler can see that accesses never overlap and checks nothing while an event passes.
    @inline(__always)
    func exchange(_ other: inout EventContent) {
        swap(&content, &other)
        isAnswered = false
    }

    // Each of these loads a part and leaves the content alone at once.
    var text: [UInt8] { content.text }
    var elements: [Range<Int>] { content.elements }
    var attachments: [SharedBytes] { content.attachments }
    var id: UInt64? { content.id }

    var name: String {
        let content = content
        return content.name
    }

    /// Whether the event is called that; `hash` is the hash of `name`.
    @inline(__always)
    func isNamed(_ name: String, hash: UInt32) -> Bool {
        guard hash == content.nameHash else { return false }
        let content = content
        return content.isNamed(name)
    }

    func value(at index: Int) -> JSONValue? {
        let content = content
        return content.value(at: index)
    }

    /// Bytes of the text and the attachments.
    var byteCount: Int {
        let content = content
        return content.byteCount
    }

    /// Whether the buffers are worth keeping for another event.
    var isWorthKeeping: Bool {
        let content = content
        return content.isWorthKeeping
    }
}
