import HTTPWire
import Routing
import Testing

@testable import ParleyApp

@Suite("The browser client as one file") struct BrowserClientTests {
    private struct Missing: Error, Equatable { let path: String }

    private static func client(_ files: [String: String]) throws -> BrowserClient {
        try BrowserClient(entry: "socket.js") { path in
            guard let text = files[path] else { throw Missing(path: path) }
            return text
        }
    }

    private static let files = [
        "socket.js": """
        import { Manager } from "./socket/manager.js";
        import { helper } from "./socket/helper.js";
        export const protocol = 5;
        export function io(url) { return new Manager(url, helper); }
        export { Manager } from "./socket/manager.js";
        """,
        "socket/manager.js": """
        import { helper } from "./helper.js";
        const text = "import { no } from \\"x\\"";
        export class Manager { exported = helper; }
        """,
        "socket/helper.js": "export async function helper() {}\nexport let $count = 0;\n",
    ]

    @Test func `each module stands once, behind those that it imports`() throws {
        let script = try Self.client(Self.files).script
        let starts = ["async function helper", "class Manager", "function io("].map { script.ranges(of: $0) }
        #expect(starts.map(\.count) == [1, 1, 1])
        let order = starts.compactMap(\.first?.lowerBound)
        #expect(order == order.sorted())
        // No line of a module that stays is one of the module system's.
        #expect(!script.split(separator: "\n").contains { $0.hasPrefix("import ") || $0.hasPrefix("export ") })
        #expect(script.contains(#"const text = "import { no } from \"x\"";"#))
    }

    @Test func `the script sets one global, which has every export`() throws {
        let script = try Self.client(Self.files).script
        #expect(script.hasPrefix("\"use strict\";\nglobalThis.io = (() => {\n"))
        #expect(
            script.hasSuffix(
                "return Object.assign(io, { io, connect: io, helper, $count, Manager, protocol, io });\n})();\n"))
    }

    @Test func `the module has the exports of all, and io as its default`() throws {
        let module = try Self.client(Self.files).module
        #expect(
            module.hasSuffix(
                "\nexport { helper, $count, Manager, protocol, io, io as connect, io as default };\n"))
    }

    @Test func `modules that import each other are joined all the same`() throws {
        let client = try Self.client([
            "socket.js": "import { a } from \"./a.js\";\nexport function io() {}\n",
            "a.js": "import { io } from \"./socket.js\";\nexport const a = 1;\n",
        ])
        #expect(client.script.ranges(of: "const a = 1;").count == 1)
    }

    @Test func `a module that is not there is named`() {
        #expect(throws: Missing(path: "socket/gone.js")) {
            try Self.client([
                "socket.js": "import { a } from \"./socket/a.js\";", "socket/a.js": "import { b } from \"./gone.js\";",
            ])
        }
    }

    @Test func `the folder of the page has the client, and a folder without it is named`() throws {
        _ = try BrowserClientController(directory: TestServer.publicFolder)
        #expect(throws: (any Error).self) { try BrowserClientController(directory: "/nowhere") }
    }
}
