import EngineIO
import Network
import Serving
import SocketIO

/// What `parley bench` loads: the library alone, with three handlers.
enum BenchServer {
    /// Serves on the loopback until the process is told to stop.
    static func run(port: UInt16, threads: Int?) async throws {
        let io = makeServer()
        var options = WebServerOptions()
        options.threads = threads
        let server = try WebServer(engines: [io], options: options)
        let address = try server.listen(try SocketAddress.resolve(host: "127.0.0.1", port: port)[0])
        Console.write("Serving the benchmark on \(address).\n")
        await server.untilSignalled()
    }

    private static func makeServer() -> SocketIO.Server {
        var options = SocketIO.ServerOptions()
        // The load comes from one address.
        options.engine.maxUnjoinedSessionsPerAddress = options.engine.maxSessions
        options.engine.maxSessionsPerAddress = options.engine.maxSessions
        let io = SocketIO.Server(options: options)
        io.sockets.on("join") { (socket: Socket, event: SocketEvent) in
            if let room = event.string(member: "room", of: 0) { socket.join(room) }
            event.acknowledge("joined")
        }
        io.sockets.on("message") { (_: Socket, event: SocketEvent) in
            if let room = event.string(member: "room", of: 0) { io.to(room).emit("message", event.arguments) }
            event.acknowledge("sent")
        }
        io.sockets.on("echo") { (_: Socket, event: SocketEvent) in
            event.acknowledge(event.arguments)
        }
        return io
    }
}
