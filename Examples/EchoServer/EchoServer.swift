import JSON
import Serving
import SocketIO

/// Answers what it is sent, and passes messages on to a room:
///
///     swift run EchoServer
@main
struct EchoServer {
    static func main() async throws {
        let io = Server()

        io.on("connection") { socket in
            // As it came: the arguments are not even parsed.
            socket.on("echo") { (event: SocketEvent) in event.acknowledge(event.arguments) }

            // Decoded; what the handler returns is the acknowledgement.
            socket.on("join") { (room: String) in
                socket.join(room)
                return "Welcome to \(room)."
            }

            socket.on("message") { (room: String, message: JSONValue) in
                socket.to(room).emit("message", message)
            }

            socket.onDisconnect { reason in print("\(socket.id) left: \(reason.rawValue)") }
        }

        let server = try WebServer(engines: [io])
        print("Listening on http://127.0.0.1:3000")
        try await server.run(host: "127.0.0.1", port: 3000)
    }
}
