/// Parses one template, and follows its HTML so far as to know where values may stand.
struct TemplateParser {
    private enum Closer: Equatable {
        case end
        case otherwise
        case close(String)
    }

    private let file: String
    private let source: [UInt8]
    private var position = 0
    private var line = 1
    private var context = HTMLContext()

    init(file: String, source: String) {
        self.file = file
        self.source = Array(source.utf8)
    }

    mutating func parse() throws(TemplateError) -> [TemplateNode] {
        let (nodes, closer) = try parseNodes()
        guard closer == .end else { throw error("Open with {{#if x}} or {{#each xs}} what is closed here.") }
        // An included template must leave the page as it found it.
        guard context.isText else {
            throw error("Close each tag, comment, script and style in the file that opens it.")
        }
        return nodes
    }

    private func error(_ message: String) -> TemplateError { TemplateError(file: file, line: line, message: message) }

    private mutating func parseNodes() throws(TemplateError) -> ([TemplateNode], Closer) {
        var nodes: [TemplateNode] = []
        while true {
            let literal = takeLiteral()
            if !literal.isEmpty { nodes.append(.literal(literal)) }
            guard position < source.count else { return (nodes, .end) }
            if source[position...].starts(with: "{{{".utf8) {
                let name = try parseName(try takeTag("{{{", "}}}")[...])
                guard context.isText else { throw error("Put a value in three braces between tags only.") }
                nodes.append(.value(name, isRaw: true))
                continue
            }
            let tag = try takeTag("{{", "}}")
            switch tag.utf8.first {
            case UInt8(ascii: "!"): break
            case UInt8(ascii: ">"):
                guard context.isText else { throw error("Include templates between tags only.") }
                nodes.append(.include(Self.trim(tag.dropFirst()), line: line))
            case UInt8(ascii: "#"): nodes.append(try parseBlock(tag))
            case UInt8(ascii: "/"): return (nodes, .close(Self.trim(tag.dropFirst())))
            case _ where tag == "else": return (nodes, .otherwise)
            default: nodes.append(.value(try parseValue(tag[...]), isRaw: false))
            }
        }
    }

    private mutating func parseValue(_ text: Substring) throws(TemplateError) -> TemplateName {
        let name = try parseName(text)
        if let problem = context.problemWithValue { throw error(problem) }
        context.valueInserted()
        return name
    }

    /// The rest of `{{#if x}}` or `{{#each xs}}`, with its `{{else}}`, to its end.
    private mutating func parseBlock(_ tag: String) throws(TemplateError) -> TemplateNode {
        let words = tag.dropFirst().split(separator: " ")
        guard words.count == 2, words[0] == "if" || words[0] == "each" else {
            throw error("Write {{#if name}} or {{#each name}}.")
        }
        let name = try parseName(words[1])
        let openLine = line
        let before = context
        var (body, closer) = try parseNodes()
        let after = context
        var otherwise: [TemplateNode] = []
        // Without an else, the way past the block leaves the page as it was.
        context = before
        if closer == .otherwise { (otherwise, closer) = try parseNodes() }
        guard closer == .close(String(words[0])) else {
            line = closer == .end ? openLine : line
            throw error("Close {{#\(words[0]) \(name.text)}} with {{/\(words[0])}}.")
        }
        guard context.merge(after), words[0] == "if" || before.isSamePlace(as: context) else {
            throw error("Let {{#\(words[0]) \(name.text)}} close what it opens, in each branch alike.")
        }
        return words[0] == "if"
            ? .condition(name, body, otherwise: otherwise) : .each(name, body, otherwise: otherwise)
    }

    private func parseName(_ text: Substring) throws(TemplateError) -> TemplateName {
        let name = Self.trim(text)
        if name == "this" { return TemplateName(path: [], line: line) }
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isName = path.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf) || byte == UInt8(ascii: "_")
                }
        }
        guard isName else { throw error("Write a name of letters, digits and _ between the braces.") }
        return TemplateName(path: path, line: line)
    }

    private mutating func takeLiteral() -> [UInt8] {
        let start = position
        while position < source.count, !source[position...].starts(with: "{{".utf8) {
            if source[position] == 0x0a { line += 1 }
            context.advance(source[position])
            position += 1
        }
        return Array(source[start..<position])
    }

    /// What stands between the braces, without blanks at its ends; a tag stands on one line.
    private mutating func takeTag(_ open: String, _ close: String) throws(TemplateError) -> String {
        let start = position + open.utf8.count
        var end = start
        while end < source.count, source[end] != 0x0a, !source[end...].starts(with: close.utf8) { end += 1 }
        guard end < source.count, source[end] != 0x0a else {
            throw error("Close \(open) with \(close) on the same line.")
        }
        position = end + close.utf8.count
        return Self.trim(String(decoding: source[start..<end], as: UTF8.self)[...])
    }

    private static func trim(_ text: Substring) -> String {
        var rest = text
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
