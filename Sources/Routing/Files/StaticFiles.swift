import HTTPWire

/// The files of a folder, read once at start and served from memory.
///
/// Every file is under `/assets/<hash>/`, where the hash is that of all of them: such an address never changes its
/// content and may be kept for a year. Files that need a fixed address (`/sw.js`) are served there too, to be asked for
/// again each time and answered 304. Only what was listed at start can be asked for: no path of a request ever reaches
/// the file system.
public struct StaticFiles: Sendable {
    /// Where files are served, and how large they may be.
    public struct Options: Sendable {
        /// Addresses outside `/assets/`, and the file that each serves: `["/": "index.html"]`. In those that are text, the
        /// prefix `/assets/` is rewritten.
        public var fixedAddresses: [String: String] = [:]
        /// The largest file that is kept in memory; larger ones are read when they are asked for. Default 1 MiB.
        public var maxFileInMemory = 1 << 20
        /// What all files in memory may have together; default 64 MiB.
        public var maxInMemory = 64 << 20
        /// How many files there may be; default 10,000.
        public var maxFiles = 10_000

        /// The defaults.
        public init() {}
    }

    /// The name of this state of the folder.
    public let hash: String
    private var assets: [String: StaticAsset] = [:]
    private var fixed: [String: StaticAsset] = [:]

    /// Reads the folder; leaves out dot files and links that lead out of it.
    public init(directory: String, options: Options = Options()) throws(StaticFilesError) {
        var loader = StaticFileLoader(options)
        for file in try FolderReader.list(directory, maximumCount: options.maxFiles) {
            try loader.load(file)
        }
        try self.init(loader.files, hash: loader.hash.text, options)
    }

    /// Serves files that are in memory already, named as in a folder: `css/base.css`.
    public init(files: [String: [UInt8]], options: Options = Options()) throws(StaticFilesError) {
        var loader = StaticFileLoader(options)
        guard files.count <= options.maxFiles else { throw .tooManyFiles(limit: options.maxFiles) }
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { loader.add(name, bytes) }
        try self.init(loader.files, hash: loader.hash.text, options)
    }

    private init(
        _ files: [StaticFileLoader.File], hash: String, _ options: Options
    ) throws(StaticFilesError) {
        self.hash = hash
        for file in files { assets[file.name] = StaticAsset(file, cacheControl: "public, max-age=31536000, immutable") }
        for (address, name) in options.fixedAddresses {
            guard var file = files.first(where: { $0.name == name }) else { throw .missing(name) }
            if case .memory(let bytes) = file.content, MediaType.isCompressible(file.contentType) {
                file.replaceContent(AssetPrefix.rewrite(bytes, hash: hash))
            }
            fixed[address] = StaticAsset(file, cacheControl: "no-cache")
        }
    }

    /// The same HTML with `/assets/` addresses pointing at the hashed ones: for pages that are made by templates.
    public func rewritingAssets(in html: String) -> String {
        String(decoding: AssetPrefix.rewrite(Array(html.utf8), hash: hash), as: UTF8.self)
    }

    /// The names of all files, sorted.
    public var names: [String] { assets.keys.sorted() }

    /// Adds the routes of `/assets/` and of the fixed addresses.
    public func addRoutes(to routes: inout some RouteCollector) {
        addAssetRoutes(to: &routes)
        addFixedRoutes(to: &routes)
    }

    /// Adds the routes of `/assets/` alone.
    public func addAssetRoutes(to routes: inout some RouteCollector) {
        routes.get("/assets/{hash}/{name...}") { request in try asset(for: request).response(to: request) }
    }

    /// Adds the routes of the fixed addresses alone.
    public func addFixedRoutes(to routes: inout some RouteCollector) {
        for (address, asset) in fixed { routes.get(address) { request in asset.response(to: request) } }
    }

    /// What a fixed address answers: for pages that stand at many addresses.
    public func page(_ address: String, for request: Request) throws -> Response {
        guard let asset = fixed[address] else { throw StaticFilesError.missing(address) }
        return asset.response(to: request)
    }

    private func asset(for request: Request) throws -> StaticAsset {
        let segments = request.parameters.rest
        // A slash inside a segment was encoded: the address that a link has is spelled otherwise.
        guard request.parameters["hash"] == hash, !segments.contains(where: { $0.utf8.contains(0x2f) }),
            let asset = assets[segments.joined(separator: "/")]
        else { throw Refusal(.notFound, "There is no such file: reload the page.") }
        return asset
    }
}

/// Why a folder cannot be served.
public enum StaticFilesError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case tooManyFiles(limit: Int)
    case missing(String)
    case noText(String, limit: Int)

    public var description: String {
        switch self {
        case .unreadable(let path): "Make \(path) readable for the server, or name another folder."
        case .tooManyFiles(let limit): "Keep at most \(limit) files in the folder that is served."
        case .noText(let path, let limit): "Make \(path) a UTF-8 text of at most \(limit) bytes."
        case .missing(let name): "Put the file \(name) into the folder that is served."
        }
    }
}
