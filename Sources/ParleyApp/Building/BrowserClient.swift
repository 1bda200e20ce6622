/// The browser client as one file, joined from the modules of `Public/js`: no build step stands between.
///
/// The modules keep to a form (`Public/js/socket.js` says which): one line for each import, `export` before declarations
/// only, no two top-level names alike.
struct BrowserClient {
    /// A classic script that sets the global `io`.
    let script: String
    /// One module with the same exports.
    let module: String

    /// - Parameters:
    ///   - entry: the module to begin with, `js/socket.js`.
    ///   - read: gives the text of a file of the public folder.
    init(entry: String, read: @escaping (String) throws -> String) throws {
        var joiner = ModuleJoiner(read: read)
        try joiner.add(entry)
        let exports = joiner.exports.joined(separator: ", ")
        script = """
            "use strict";
            globalThis.io = (() => {
            \(joiner.body)
            return Object.assign(io, { io, connect: io, \(exports) });
            })();

            """
        module = "\(joiner.body)\nexport { \(exports), io as connect, io as default };\n"
    }
}

/// Joins modules, each behind those that it imports.
private struct ModuleJoiner {
    let read: (String) throws -> String
    private var seen: Set<String> = []
    private(set) var body = ""
    private(set) var exports: [String] = []

    init(read: @escaping (String) throws -> String) { self.read = read }

    mutating func add(_ path: String) throws {
        guard seen.insert(path).inserted else { return }
        var kept: [Substring] = []
        for line in try read(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if let imported = Self.imported(line) {
                try add(Self.resolve(imported, from: path))
            } else if line.hasPrefix("export ") {
                kept.append(line.dropFirst("export ".count))
                if let name = Self.declaredName(kept[kept.count - 1]) { exports.append(name) }
            } else {
                kept.append(line)
            }
        }
        body += kept.joined(separator: "\n")
    }

    /// The module that a line imports or exports from.
    private static func imported(_ line: Substring) -> String? {
        guard line.hasPrefix("import ") || line.hasPrefix("export {") else { return nil }
        let parts = line.split(separator: "\"")
        return parts.count >= 2 ? String(parts[1]) : nil
    }

    private static func resolve(_ name: String, from path: String) -> String {
        let folder = path.split(separator: "/").dropLast()
        let relative = name.split(separator: "/").filter { $0 != "." }
        return (folder + relative).joined(separator: "/")
    }

    /// The name in `class Name …`, `function name(…)`, `async function name(…)`, `const name = …`.
    private static func declaredName(_ declaration: Substring) -> String? {
        let words = declaration.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") })
        guard let keyword = words.firstIndex(where: { ["class", "function", "const", "let"].contains($0) }) else {
            return nil
        }
        return words.dropFirst(keyword + 1).first.map(String.init)
    }
}
