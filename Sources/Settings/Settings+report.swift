extension Settings {
    /// Each effective value and where it came from, as lines in columns; secrets are masked.
    public var report: String {
        let rows = catalog.settings.map { [$0.name, shownValue(of: $0), origin(of: $0)] }
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            padded(row[0], to: widths[0]) + "  " + padded(row[1], to: widths[1]) + "  " + row[2]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func shownValue(of setting: any SettingDeclaration) -> String {
        guard let entry = entries[setting.name] else {
            return setting.defaultText.isEmpty ? "-" : setting.defaultText
        }
        if setting.isSecret { return "********" }
        return entry.text.isEmpty ? "-" : entry.text
    }

    func origin(of setting: any SettingDeclaration) -> String {
        switch source(of: setting) {
        case .flag(let flag): "flag \(flag)"
        case .variable(let name): "variable \(name)"
        case .file(let path, let line): "\(path), line \(line)"
        case .program: "program"
        case .default: "default"
        }
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
