import Routing

/// What the public folder gives: the page, its files, and the browser client.
struct PublicFiles: Sendable {
    private let pages: PageController
    private let client: BrowserClientController

    /// Reads the folder, and keeps its files compressed.
    init(directory: String) throws {
        var options = StaticFiles.Options()
        options.fixedAddresses = ["/": PageController.page, "/favicon.svg": "favicon.svg"]
        pages = PageController(files: try StaticFiles(directory: directory, options: options))
        client = try BrowserClientController(directory: directory)
    }

    func addRoutes(to router: inout Router) {
        pages.addRoutes(to: &router)
        client.addRoutes(to: &router)
    }
}
