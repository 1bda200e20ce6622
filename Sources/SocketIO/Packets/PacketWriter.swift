import Bytes
import JSON

/// Builds the text of one packet and gathers its attachments.
///
/// The way of a packet: `begin`, `append` for each argument, `finish`. Arguments that are passed on are copied as
/// bytes. Where passed-on JSON meets attachments of other arguments, numbers of placeholders could clash (and a
/// stranger's object could pose as one), so then the packet is built a second time from values.
struct PacketWriter {
    private(set) var text: [UInt8]
    private(set) var attachments: [SharedBytes] = []
    /// Where the array begins in `text`.
    private(set) var payloadStart = 0
    /// Whether the next element is the first of the array.
    private var isAtFirst = true
    /// Whether JSON without attachments was copied unread.
    private var hasForeignJSON = false
    /// Whether copied numbers of placeholders do not fit this packet.
    private var hasClash = false
    /// Whether everything is built from values.
    private var rebuilds = false

    /// - Parameter scratch: an empty buffer to write into, whose capacity is used again.
    init(scratch: consuming [UInt8] = []) {
        text = scratch
    }

    /// Writes what stands before the array: type, namespace, id. `prefix` is `/name,`, or nothing for `/`.
    mutating func begin(_ type: PacketType, prefix: [UInt8], id: UInt64?) {
        text.append(type.digit)
        if !prefix.isEmpty { text.append(contentsOf: prefix) }
        if let id { append(id: id) }
    }

    private mutating func append(id: UInt64) {
        var digits = [20 of UInt8](repeating: 0)
        var start = 20
        var rest = id
        repeat {
            start -= 1
            digits[start] = 0x30 + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        for index in start..<20 { text.append(digits[index]) }
    }

    /// Writes the array: the name, if there is one, and what `body` appends. `body` may run twice.
    mutating func writeArray(name: String? = nil, rebuildable body: (inout PacketWriter) throws -> Void) rethrows {
        let start = text.count
        payloadStart = start
        try writeArrayOnce(name: name, body)
        guard hasClash || hasForeignJSON && !attachments.isEmpty else { return }
        text.removeSubrange(start...)
        attachments = []
        rebuilds = true
        try writeArrayOnce(name: name, body)
        rebuilds = false
    }

    private mutating func writeArrayOnce(
        name: String?, _ body: (inout PacketWriter) throws -> Void
    ) rethrows {
        text.append(UInt8(ascii: "["))
        isAtFirst = true
        hasForeignJSON = false
        hasClash = false
        if let name {
            JSONPrinter.append(string: name, to: &text)
            isAtFirst = false
        }
        try body(&self)
        text.append(UInt8(ascii: "]"))
    }

    private mutating func separate() {
        if isAtFirst { isAtFirst = false } else { text.append(UInt8(ascii: ",")) }
    }

    // MARK: Arguments

    mutating func append(_ value: JSONValue) {
        separate()
        write(value)
    }

    private mutating func write(_ value: JSONValue) {
        switch value {
        case .bytes(let bytes):
            Placeholder.append(attachments.count, to: &text)
            attachments.append(SharedBytes(bytes))
        case .array(let elements):
            var isFirst = true
            text.append(UInt8(ascii: "["))
            for element in elements {
                if !isFirst { text.append(UInt8(ascii: ",")) }
                isFirst = false
                write(element)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members): write(members)
        default: JSONPrinter.append(value, to: &text)
        }
    }

    private mutating func write(_ members: [JSONValue.Member]) {
        let poses = Placeholder.isPlaceholder(members)
        if poses { hasForeignJSON = true }
        var isFirst = true
        text.append(UInt8(ascii: "{"))
        for member in members where !(poses && rebuilds && member.name == Placeholder.mark) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            JSONPrinter.append(string: member.name, to: &text)
            text.append(UInt8(ascii: ":"))
            write(member.value)
        }
        text.append(UInt8(ascii: "}"))
    }

    /// Appends arguments as they came, side by side.
    mutating func append(_ arguments: EventArguments) {
        guard !arguments.isEmpty else { return }
        if rebuilds {
            for value in arguments.values { append(value) }
            return
        }
        let storage = arguments.storage
        if storage.attachments.isEmpty {
            hasForeignJSON = true
        } else {
            let isWhole = arguments.indices.upperBound == storage.elements.count && arguments.indices.lowerBound <= 1
            if !attachments.isEmpty || !isWhole { hasClash = true }
            attachments += storage.attachments
        }
        separate()
        let start = storage.elements[arguments.indices.lowerBound].lowerBound
        let end = storage.elements[arguments.indices.upperBound - 1].upperBound
        let source = storage.text
        unsafe text.append(contentsOf: source.span.bytes.extracting(start..<end))
    }

    /// Appends JSON text as it is.
    mutating func append(_ json: EncodedJSON) {
        if rebuilds, let value = try? unsafe JSONParser.parse(json.text.span.bytes) { return append(value) }
        hasForeignJSON = true
        separate()
        text.append(contentsOf: json.text)
    }

    /// Appends one argument of any type: `EventArguments` side by side, everything else as one value.
    mutating func append<T: Encodable>(encoding value: T) throws {
        // Metatype comparisons are cheaper than casts that fail.
        if T.self == String.self, let text = value as? String {
            separate()
            JSONPrinter.append(string: text, to: &self.text)
        } else if T.self == EventArguments.self, let arguments = value as? EventArguments {
            append(arguments)
        } else if T.self == JSONValue.self, let value = value as? JSONValue {
            append(value)
        } else if T.self == EncodedJSON.self, let json = value as? EncodedJSON {
            append(json)
        } else if T.self == Double.self, let number = value as? Double {
            append(.double(number))
        } else {
            append(try JSONValueEncoder().encode(value))
        }
    }

    // MARK: Results

    /// Turns the packet into a binary one where it has attachments.
    mutating func finish() {
        guard !attachments.isEmpty else { return }
        var header: [UInt8] = []
        let isAnswer = text.first == PacketType.ack.digit
        header.append(isAnswer ? PacketType.binaryAck.digit : PacketType.binaryEvent.digit)
        header.append(decimal: attachments.count)
        header.append(UInt8(ascii: "-"))
        text.replaceSubrange(0..<1, with: header)
        payloadStart += header.count - 1
    }

    /// What was written, as arguments: for a writer that was not begun.
    consuming func arguments() -> EventArguments {
        var content = EventContent()
        do {
            try unsafe content.fill(answer: text.span.bytes, limits: EventContent.ownLimits)
            content.attachments = attachments
        } catch {
            // The text is this writer's own: only values nested beyond any parser's depth come here.
            content.clear()
        }
        return EventArguments(content)
    }

    /// The buffer, to be used again.
    consuming func takeText() -> [UInt8] { text }
}
