import HTTPWire
import Routing

/// The browser client at the addresses where Socket.IO servers have it.
struct BrowserClientController: Sendable {
    private let files: StaticFiles

    /// Joins the client from the modules of the public folder.
    init(directory: String) throws {
        let texts = try FolderReader.texts(in: "\(directory)/js")
        let client = try BrowserClient(entry: "socket.js") { name in
            guard let text = texts[name] else { throw StaticFilesError.missing("js/\(name)") }
            return text
        }
        var options = StaticFiles.Options()
        let (script, module) = ("socket.io.js", "socket.io.esm.js")
        options.fixedAddresses = [
            "/socket.io/socket.io.js": script, "/socket.io/socket.io.min.js": script,
            "/socket.io/socket.io.esm.min.js": module,
        ]
        files = try StaticFiles(
            files: [script: Array(client.script.utf8), module: Array(client.module.utf8)], options: options)
    }

    func addRoutes(to router: inout Router) { files.addFixedRoutes(to: &router) }
}
