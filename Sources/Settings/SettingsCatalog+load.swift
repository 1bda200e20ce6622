extension SettingsCatalog {
    /// Reads every source: a flag goes before the own variable, that before its aliases, then the file, then the
    /// default. An empty variable counts as none.
    ///
    /// - Parameter readFile: the text of a file, or an error whose description says why there is none.
    public func load(
        arguments: [String] = [], environment: [String: String] = [:],
        readFile: (String) throws(SettingsError) -> String = SettingsFile.read
    ) throws(SettingsError) -> Settings {
        var settings = Settings(catalog: self)
        try checkVariables(environment, notices: &settings.notices)
        try take(flags(arguments), into: &settings)
        try take(variables(environment), into: &settings)
        if let path = settings[Self.file] {
            try take(fileValues(try readFile(path), path: path), into: &settings)
        }
        if let sentence = check(settings) { throw SettingsError(sentence) }
        return settings
    }

    private struct Given {
        var setting: any SettingDeclaration
        var text: String
        var source: SettingSource
    }

    /// Takes values of one source; what a source before it gave stays.
    private func take(_ given: [Given], into settings: inout Settings) throws(SettingsError) {
        for item in given {
            guard let (value, text) = item.setting.parse(item.text) else {
                throw .wrong(item.text, at: item.source, for: item.setting)
            }
            if settings.entries[item.setting.name] == nil {
                settings.entries[item.setting.name] = .init(value: value, text: text, source: item.source)
            }
        }
    }

    // MARK: Flags

    private func flags(_ arguments: [String]) throws(SettingsError) -> [Given] {
        var given: [Given] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                throw SettingsError("\(SettingsError.shown(argument)) is no flag; flags begin with two hyphens.")
            }
            let equals = argument.firstIndex(of: "=")
            let flag = String(argument[..<(equals ?? argument.endIndex)])
            guard let setting = setting(flag: flag) else { throw unknownFlag(flag) }
            guard let text = equals.map({ String(argument[argument.index(after: $0)...]) }) ?? rest.popFirst() else {
                throw SettingsError("\(flag) needs a value: \(setting.summary).")
            }
            try add(Given(setting: setting, text: text, source: .flag(flag)), to: &given)
        }
        return given
    }

    /// A list may be given in pieces; anything else only once by one source.
    private func add(_ item: Given, to given: inout [Given]) throws(SettingsError) {
        guard let index = given.firstIndex(where: { $0.setting.name == item.setting.name }) else {
            return given.append(item)
        }
        guard item.setting.isList else {
            throw SettingsError("\(item.source.phrase) gives \(item.setting.name) a second time; give it once.")
        }
        given[index].text += "," + item.text
    }

    private func unknownFlag(_ flag: String) -> SettingsError {
        if let secret = settings.first(where: { $0.isSecret && "--\($0.key)" == flag }) {
            return SettingsError(
                "\(flag) would show a secret to everyone on this machine; set \(secret.variable) instead.")
        }
        let near = Spelling.nearest(to: flag, among: settings.compactMap(\.flag))
        return SettingsError(
            "There is no flag \(SettingsError.shown(flag))\(near.map { "; did you mean \($0)?" } ?? ".")")
    }

    // MARK: Variables

    private func variables(_ environment: [String: String]) -> [Given] {
        var given: [Given] = []
        for setting in settings {
            for name in [setting.variable] + setting.aliases {
                guard let text = environment[name], !text.isEmpty else { continue }
                given.append(Given(setting: setting, text: text, source: .variable(name)))
                break
            }
        }
        return given
    }

    private func checkVariables(_ environment: [String: String], notices: inout [String]) throws(SettingsError) {
        let known = Set(settings.map(\.variable))
        for name in environment.keys.sorted() where name.hasPrefix("PARLEY_") && !known.contains(name) {
            let near = Spelling.nearest(to: name, among: known.sorted())
            throw SettingsError(
                "There is no setting for the variable \(SettingsError.shown(name))\(near.map { "; did you mean \($0)?" } ?? ".")"
            )
        }
        for foreign in foreignVariables {
            guard let text = environment[foreign.name], !text.isEmpty else { continue }
            switch foreign.treatment {
            case .refused: throw SettingsError(foreign.sentence)
            case .ignored: notices.append(foreign.sentence)
            }
        }
    }

    // MARK: The file

    private func fileValues(_ text: String, path: String) throws(SettingsError) -> [Given] {
        var given: [Given] = []
        for line in try SettingsFile.lines(text, path: path) {
            let source = SettingSource.file(path: path, line: line.number)
            guard let setting = setting(named: line.name), setting.name != Self.file.name else {
                let near = Spelling.nearest(to: line.name, among: settings.map(\.name))
                throw SettingsError(
                    "There is no setting \(SettingsError.shown(line.name)) (\(source.phrase))"
                        + (near.map { "; did you mean \($0)?" } ?? "."))
            }
            try add(Given(setting: setting, text: line.value, source: source), to: &given)
        }
        return given
    }
}
