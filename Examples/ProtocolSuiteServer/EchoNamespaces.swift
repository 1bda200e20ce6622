import EngineIO
import JSON
import SocketIO

/// Socket.IO: the namespaces `/` and `/custom` send the auth payload back as `auth`, and messages as they came. What
/// the Socket.IO protocol suite talks to.
enum EchoNamespaces {
    static func server(engine: EngineOptions) -> Server {
        var options = ServerOptions()
        options.engine = engine
        let server = Server(options: options)
        for name in ["/", "/custom"] {
            server.of(name).onConnection { (socket: Socket) in
                // The suite knows no difference between no payload and an empty one.
                socket.emit("auth", socket.handshake.auth)
                socket.on("message") { (event: SocketEvent) in socket.emit("message-back", event.arguments) }
                socket.on("message-with-ack") { (event: SocketEvent) in event.acknowledge(event.arguments) }
            }
        }
        return server
    }
}
