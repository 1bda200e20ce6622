import Bytes
import EngineIO
import Network

@testable import SocketIOClient

/// What a connection told, in order.
enum ConnectionNews: Equatable, Sendable {
    case opened(EngineTransport)
    case text(String)
    case binary([UInt8])
    case upgraded
    case closed(ClientError)
}

/// A connection on a loop of its own, driven from a test.
final class ConnectionProbe: Sendable {
    private let loop: UVLoop
    private let holder: Holder
    let news: AsyncStream<ConnectionNews>

    /// Touched on the loop's thread only, hence `@unchecked`.
    private final class Holder: ClientConnectionDelegate, @unchecked Sendable {
        var connection: ClientConnection?
        let stream: AsyncStream<ConnectionNews>.Continuation

        init(_ stream: AsyncStream<ConnectionNews>.Continuation) { self.stream = stream }

        func opened(_ connection: ClientConnection) { stream.yield(.opened(connection.transport)) }
        func received(text: RawSpan, from connection: ClientConnection) { stream.yield(.text(text.string ?? "")) }
        func received(binary: RawSpan, from connection: ClientConnection) { stream.yield(.binary(binary.array)) }
        func upgraded(_ connection: ClientConnection) { stream.yield(.upgraded) }
        func closed(_ connection: ClientConnection, _ error: ClientError) {
            stream.yield(.closed(error))
            stream.finish()
        }
    }

    init(port: UInt16, isSecure: Bool = false, _ options: ClientOptions) {
        let (stream, continuation) = AsyncStream.makeStream(of: ConnectionNews.self)
        news = stream
        holder = Holder(continuation)
        let loop = UVLoop()
        self.loop = loop
        loop.execute { [holder] in
            holder.connection = try? ClientConnection(
                url: ClientURL(host: "127.0.0.1", port: port, isSecure: isSecure), options: options, loop: loop)
            holder.connection?.delegate = holder
            holder.connection?.open()
        }
    }

    deinit { loop.stop() }

    func send(_ text: String) {
        loop.execute { [holder] in holder.connection?.send(text: Array(text.utf8).span.bytes) }
    }

    func send(_ bytes: [UInt8]) {
        loop.execute { [holder] in holder.connection?.send(binary: bytes.span.bytes) }
    }

    func close() {
        loop.execute { [holder] in holder.connection?.close() }
    }
}
