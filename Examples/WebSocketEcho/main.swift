// A WebSocket server made of the wire modules alone: sends each message back. `script/autobahn` tests it.
//
//     swift run WebSocketEcho [PORT]

import Bytes
import HTTPWire
import Network
import WebSocketWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection: the request that opens it, and then frames.
final class Echo: TCPConnectionDelegate {
    private unowned let connection: TCPConnection
    private var request = HTTPRequestParser()
    private var decoder: WebSocketDecoder?
    private var compressor: WebSocketCompressor?
    private var handshake = WebSocketCloseHandshake()

    init(_ connection: TCPConnection) { self.connection = connection }

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        if decoder != nil { return read(bytes) }
        var position = 0
        guard let event = try? request.next(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)), at: &position) else {
            return connection.close()
        }
        guard case .head(let head) = event else { return }
        open(head)
        if decoder != nil { read(UnsafeMutableRawBufferPointer(rebasing: bytes[position...])) }
    }

    func closed(_ error: NetworkError?) {}

    private func open(_ head: HTTPRequestHead) {
        func values(_ name: String) -> [String] { head.headers.values(name) }
        let request = WebSocketHandshake.Request(
            method: head.method.rawValue, isHTTP11: head.minorVersion == 1, upgrade: values("upgrade"),
            connection: values("connection"), version: values("sec-websocket-version"),
            key: values("sec-websocket-key"), extensions: values("sec-websocket-extensions"),
            protocols: values("sec-websocket-protocol"))
        let context = PerMessageDeflate.Direction(keepsContext: true)
        let options = PerMessageDeflate.Options(client: context, server: context)
        guard let accepted = try? WebSocketHandshake.accept(request, deflate: options) else {
            connection.write(Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8))
            return connection.close()
        }
        let headers = accepted.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        connection.write(Array("HTTP/1.1 101 Switching Protocols\r\n\(headers)\r\n".utf8))
        compressor = accepted.deflate.map { WebSocketCompressor($0.server) }
        let limits = WebSocketLimits(maxMessageBytes: 64 << 20, maxFragments: 1 << 20)
        decoder = WebSocketDecoder(role: .server, limits: limits, deflate: accepted.deflate)
    }

    private func read(_ bytes: UnsafeMutableRawBufferPointer) {
        do throws(WebSocketError) {
            try decoder?.receive(bytes) { event in
                answer(event)
                return handshake.maySend
            }
        } catch {
            end(error.closeCode, error.reason)
        }
    }

    private func answer(_ event: borrowing WebSocketEvent) {
        switch event {
        case .text(let text): send(.text, text)
        case .binary(let bytes): send(.binary, bytes)
        case .ping(let payload): connection.write(WebSocketEncoder.frame(.pong, payload: payload))
        case .pong: break
        case .close(let code, _): if case .reply(let code) = handshake.closeReceived(code) { end(code, "") }
        }
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: RawSpan) {
        let compressed = try? compressor?.frame(opcode, payload: payload)
        connection.write(compressed ?? WebSocketEncoder.frame(opcode, payload: payload))
    }

    private func end(_ code: WebSocketCloseCode?, _ reason: String) {
        connection.write(WebSocketEncoder.close(code, reason: reason))
        connection.shutdownAfterFlush()
    }
}

var options = Listener.Options()
options.connection.maxPendingBytes = 256 << 20
let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 9001
let listener = try Listener(
    SocketAddress.resolve(host: "127.0.0.1", port: port)[0], group: UVLoopGroup(), options: options
) { $0.delegate = Echo($0) }
print("Echoing on ws://\(listener.address)")
fflush(nil)
while let _ = readLine() {}
