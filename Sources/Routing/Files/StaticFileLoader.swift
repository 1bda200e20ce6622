import HTTPWire

/// Reads files and hashes them on the way, and keeps those that may be kept.
struct StaticFileLoader {
    struct File: Sendable {
        enum Content: Sendable {
            case memory([UInt8])
            case disk(path: String, size: Int)
        }

        let name: String
        private(set) var hash: String
        private(set) var content: Content

        var contentType: String { MediaType.contentType(forFileNamed: name) }

        init(name: String, hash: String, content: Content) {
            self.name = name
            self.hash = hash
            self.content = content
        }

        mutating func replaceContent(_ bytes: [UInt8]) {
            var hash = ContentHash()
            hash.add(bytes)
            self.hash = hash.text
            content = .memory(bytes)
        }
    }

    private let options: StaticFiles.Options
    private(set) var files: [File] = []
    /// Of all files, in the order of their names.
    private(set) var hash = ContentHash()
    private var room: Int

    init(_ options: StaticFiles.Options) {
        self.options = options
        room = options.maxInMemory
    }

    mutating func add(_ name: String, _ bytes: [UInt8]) {
        var file = File(name: name, hash: "", content: .memory([]))
        file.replaceContent(bytes)
        append(file)
    }

    mutating func load(_ found: FolderReader.File) throws(StaticFilesError) {
        var hash = ContentHash()
        var kept: [UInt8] = []
        var size = 0
        let most = min(options.maxFileInMemory, room)
        try FolderReader.read(found.path) { piece in
            hash.add(piece)
            size += piece.count
            if size <= most { kept.append(contentsOf: piece) } else { kept = [] }
        }
        let isKept = size <= most
        if isKept { room -= size }
        append(
            File(
                name: found.name, hash: hash.text,
                content: isKept ? .memory(kept) : .disk(path: found.path, size: size)))
    }

    private mutating func append(_ file: File) {
        hash.add(file.name.utf8)
        hash.add([0])
        hash.add(file.hash.utf8)
        files.append(file)
    }
}

/// Finds the addresses of assets in a text.
enum AssetPrefix {
    private static let prefix = Array("/assets/".utf8)
    /// What may stand before an address: a quote, a blank, a parenthesis, `=`, `,`, or the beginning.
    private static let openers = Set(" \t\r\n\"'`(=,".utf8)

    /// The text with `/assets/` made `/assets/<hash>/` wherever an address begins with it.
    static func rewrite(_ text: [UInt8], hash: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count + text.count / 16)
        var index = 0
        while index < text.count {
            let begins = index == 0 || openers.contains(text[index - 1])
            if begins, text[index] == prefix[0], text[index...].starts(with: prefix) {
                out.append(contentsOf: prefix)
                out.append(contentsOf: hash.utf8)
                out.append(0x2f)
                index += prefix.count
            } else {
                out.append(text[index])
                index += 1
            }
        }
        return out
    }
}
