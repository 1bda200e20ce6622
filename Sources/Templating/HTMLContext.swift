/// Where in a page the bytes so far have led, as far as escaping depends on it.
///
/// A simplification of the HTML standard's tokenizer: what it does not know it takes for a place without values.
struct HTMLContext: Sendable {
    private enum State: Equatable {
        case text
        case tagOpen
        /// Behind the name of a tag, an attribute or a value; in the name of one.
        case tag
        case beforeValue
        case quoted(UInt8)
        case unquoted
        case declaration
        case comment
        case rawText
    }

    private var state = State.text
    private var element: [UInt8] = []
    private var isInElementName = false
    private var attribute: [UInt8] = []
    private var isInAttributeName = false
    private var isValueEmpty = true
    /// The last bytes, for the ends of comments, scripts and styles.
    private var tail: [UInt8] = []

    private static let addresses: Set<String> = [
        "href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset", "ping", "manifest", "cite",
    ]

    var isText: Bool { state == .text }

    /// Why no escaped value may stand here; `nil` where one may.
    var problemWithValue: String? {
        switch state {
        case .text: return nil
        case .quoted: break
        case .unquoted, .beforeValue: return "Put quotes around the attribute's value."
        case .rawText: return "Put no value into a script or a style: use a data attribute."
        case .tagOpen, .tag, .declaration, .comment: return "Put values between tags or into quoted attributes only."
        }
        let name = String(decoding: attribute, as: UTF8.self)
        if name.isEmpty { return "Write the attribute's name beside its value." }
        if name.hasPrefix("on") || name == "style" || name == "srcdoc" { return "Put no value into \(name)." }
        // Else a value could bring a scheme of its own, such as javascript.
        if isValueEmpty, Self.addresses.contains(name) { return "Begin the address in \(name) with a literal part." }
        return nil
    }

    mutating func valueInserted() { isValueEmpty = false }

    func isSamePlace(as other: HTMLContext) -> Bool {
        state == other.state && (state != .rawText || element == other.element)
    }

    /// Joins the end of another branch; `false` where the two are in different places. What differs is forgotten.
    mutating func merge(_ other: HTMLContext) -> Bool {
        guard isSamePlace(as: other) else { return false }
        if attribute != other.attribute || isInAttributeName != other.isInAttributeName {
            attribute = []
            isInAttributeName = false
        }
        if isInElementName != other.isInElementName { isInElementName = false }
        isValueEmpty = isValueEmpty || other.isValueEmpty
        return true
    }

    mutating func advance(_ byte: UInt8) {
        switch state {
        case .text:
            if byte == UInt8(ascii: "<") { state = .tagOpen }
        case .tagOpen: openTag(byte)
        case .tag: advanceInTag(byte)
        case .beforeValue:
            if Self.isBlank(byte) { break }
            isValueEmpty = true
            state = byte == 0x22 || byte == 0x27 ? .quoted(byte) : .unquoted
            if byte == UInt8(ascii: ">") { closeTag() }
        case .quoted(let quote):
            isValueEmpty = false
            if byte == quote { endValue() }
        case .unquoted:
            if Self.isBlank(byte) { endValue() }
            if byte == UInt8(ascii: ">") { closeTag() }
        case .declaration:
            tail.append(byte)
            if tail == Array("--".utf8) {
                state = .comment
                tail = []
            } else if byte == UInt8(ascii: ">") {
                state = .text
            }
        case .comment: advance(byte, to: Array("-->".utf8)) { $0.state = .text }
        case .rawText: advance(byte, to: Array("</".utf8) + element) { $0.state = .tag }
        }
    }

    private mutating func openTag(_ byte: UInt8) {
        element = []
        attribute = []
        isInAttributeName = false
        switch byte {
        case UInt8(ascii: "!"):
            tail = []
            state = .declaration
        case UInt8(ascii: "/"), 0x41...0x5a, 0x61...0x7a:
            // The slash of a closing tag becomes a part of its name, which is then that of no raw text.
            element = [Self.lowercase(byte)]
            isInElementName = true
            state = .tag
        default: state = byte == UInt8(ascii: "<") ? .tagOpen : .text
        }
    }

    private mutating func advanceInTag(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: ">"): closeTag()
        case UInt8(ascii: "="): state = .beforeValue
        case _ where Self.isBlank(byte), UInt8(ascii: "/"):
            isInElementName = false
            isInAttributeName = false
        case _ where isInElementName: element.append(Self.lowercase(byte))
        default:
            if !isInAttributeName { attribute = [] }
            isInAttributeName = true
            attribute.append(Self.lowercase(byte))
        }
    }

    private mutating func endValue() {
        state = .tag
        attribute = []
        isInAttributeName = false
    }

    private mutating func closeTag() {
        tail = []
        state = element == Array("script".utf8) || element == Array("style".utf8) ? .rawText : .text
    }

    /// Waits for `end`, whatever the case of its letters.
    private mutating func advance(_ byte: UInt8, to end: [UInt8], _ reached: (inout HTMLContext) -> Void) {
        tail.append(Self.lowercase(byte))
        if tail.count > end.count { tail.removeFirst() }
        guard tail == end else { return }
        tail = []
        element = []
        isInElementName = false
        reached(&self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}
