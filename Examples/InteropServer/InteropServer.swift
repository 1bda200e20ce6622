import EngineIO
import JSON
import Serving
import SocketIO

/// What the tests with real clients talk to:
///
///     swift run InteropServer PORT [--recovery]
///
/// Namespace `/` echoes, acknowledges, asks back, has rooms and disconnects; `/custom` shows the auth payload; `/admin`
/// lets nobody in without the token; every name that begins with `/dynamic-` is a namespace. With the query `slow` the
/// server thinks a second before it lets a client in. With `--recovery` sessions are resumed, and each event ends with
/// its offset.
@main
struct InteropServer {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().lazy.compactMap { UInt16($0) }.first ?? 3000
        let io = Server(options: options)
        let main = io.of("/")
        main.onConnection { socket in socket.emit("auth", socket.handshake.auth) }
        addMessages(to: main)
        addQuestions(to: main)
        addRooms(to: main)
        io.of("/custom").onConnection { socket in socket.emit("auth", socket.handshake.auth) }
        let dynamic = io.of(matching: { $0.hasPrefix("/dynamic-") })
        for namespace in [main, io.of("/custom"), dynamic] { addFacts(to: namespace) }
        addAdmin(to: io.of("/admin"))
        let server = try WebServer(engines: [io])
        print("Serving the interop tests on port \(port).")
        try await server.run(host: "127.0.0.1", port: port)
    }

    private static var options: SocketIO.ServerOptions {
        var options = SocketIO.ServerOptions()
        options.engine.allowRevision3 = true
        options.engine.pingInterval = .seconds(1)
        options.engine.pingTimeout = .seconds(5)
        options.engine.maxPayload = 100_000
        options.allowRequest = { handshake in
            if handshake.parameter("slow") != nil { try? await Task.sleep(for: .seconds(1)) }
            return .allow
        }
        if CommandLine.arguments.contains("--recovery") { options.connectionStateRecovery = RecoveryOptions() }
        return options
    }

    /// What the server knows of the client.
    private static func addFacts(to namespace: Namespace) {
        namespace.on("get-id") { (socket: Socket, event: SocketEvent) in event.acknowledge(.string(socket.id)) }
        namespace.on("get-handshake") { (socket: Socket, event: SocketEvent) in
            let query = socket.handshake.query.map { JSONValue.Member($0.name, .string($0.value)) }
            event.acknowledge(["query": .object(query), "auth": socket.handshake.auth])
        }
    }

    private static func addMessages(to namespace: Namespace) {
        namespace.on("message") { (socket: Socket, event: SocketEvent) in
            socket.emit("message-back", event.arguments)
        }
        namespace.on("message-with-ack") { (_: Socket, event: SocketEvent) in
            event.acknowledge(event.arguments)
        }
        namespace.on("slow-ack") { (_: Socket, event: SocketEvent) async in
            try? await Task.sleep(for: .milliseconds(100))
            event.acknowledge(event.arguments)
        }
        namespace.on("disconnect-me") { (socket: Socket, event: SocketEvent) in
            socket.disconnect(close: event[0] == true)
        }
    }

    /// Asks the client back, and reports what it answered.
    private static func addQuestions(to namespace: Namespace) {
        namespace.on("ask-me") { (socket: Socket, event: SocketEvent) in
            socket.timeout(.seconds(1)).emit("question", event.arguments) { result in
                switch result {
                case .success(let answer): socket.emit("answered", ["answer": answer[0]] as JSONValue)
                case .failure(let error): socket.emit("answered", ["error": .string("\(error)")] as JSONValue)
                }
            }
        }
    }

    private static func addRooms(to namespace: Namespace) {
        namespace.on("join") { (socket: Socket, event: SocketEvent) in
            if let room = event.string(at: 0) { socket.join(room) }
            event.acknowledge("joined")
        }
        namespace.on("leave") { (socket: Socket, event: SocketEvent) in
            if let room = event.string(at: 0) { socket.leave(room) }
            event.acknowledge("left")
        }
        namespace.on("say") { (socket: Socket, event: SocketEvent) in
            if let room = event.string(at: 0) { socket.to(room).emit("said", event.arguments.dropFirst()) }
            event.acknowledge("said")
        }
    }

    private static func addAdmin(to namespace: Namespace) {
        namespace.use { (socket: Socket) throws in
            guard socket.handshake.auth["token"]?.stringValue == "secret" else {
                throw ConnectError("not authorized", data: ["code": "E_AUTH", "retry": false])
            }
        }
        namespace.on("whoami") { (_: Socket, event: SocketEvent) in event.acknowledge("admin") }
    }
}
