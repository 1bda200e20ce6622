import JSON

/// What a server has answered, as lines for people.
enum AnswerText {
    /// - Parameter columns: the members that each element of a list is shown with.
    static func lines(of answer: JSONValue, columns: [String]) -> [String] {
        guard case .object(let members) = answer else { return [text(of: answer)] }
        var lines: [String] = []
        for member in members {
            switch member.value {
            case .array(let elements):
                if members.count > 2 { lines.append("\(member.name): \(elements.count)") }
                lines += table(elements, columns)
            case .object(let inner):
                lines += inner.map { "\(member.name) \($0.name): \(text(of: $0.value))" }
            case .null: break
            // The last of a list, to be given as `--after`, stands in it.
            case _ where member.name == "next": break
            default:
                lines.append("\(member.name): \(text(of: member.value))")
            }
        }
        return lines
    }

    private static func table(_ elements: [JSONValue], _ columns: [String]) -> [String] {
        let rows = elements.map { element in columns.map { text(of: element[$0] ?? .null) } }
        let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Without what would move a terminal.
    private static func text(of value: JSONValue) -> String {
        switch value {
        case .null: return "-"
        case .string(let text):
            return String(
                String.UnicodeScalarView(
                    text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }))
        default: return String(decoding: JSONPrinter.text(of: value), as: UTF8.self)
        }
    }
}
