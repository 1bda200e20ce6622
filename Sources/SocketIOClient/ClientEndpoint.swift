import Bytes
import EngineIO
import HTTPWire
import TLS

/// What the requests of one connection have in common.
struct ClientEndpoint: Sendable {
    let url: ClientURL
    let options: ClientOptions
    /// The session, once the server has opened it.
    var session: String?
    /// What encrypts the streams, if anything.
    let tls: TLSContext?

    init(url: ClientURL, options: ClientOptions) throws(ClientError) {
        self.url = url
        self.options = options
        for (name, value) in options.headers {
            let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
            guard isToken, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { throw .invalidHeader(name) }
        }
        guard options.path.hasPrefix("/"), options.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .invalidURL(options.path)
        }
        if let tls = options.tls {
            self.tls = url.isSecure ? tls : nil
        } else {
            tls = url.isSecure ? try Self.systemTLS() : nil
        }
    }

    /// Made once, for reading the system's certificates takes long.
    private static let madeTLS = Result { () throws(TLSError) in try TLSContext() }

    private static func systemTLS() throws(ClientError) -> TLSContext {
        do throws(TLSError) { return try madeTLS.get() } catch { throw .tls(error) }
    }

    /// The head of a request, with the line end that ends it.
    func requestHead(
        _ method: String, transport: EngineTransport, headers: [(name: String, value: String)] = []
    ) -> [UInt8] {
        var query = QueryString([.init("EIO", "4"), .init("transport", transport.rawValue)])
        if let session { query.parameters.append(.init("sid", session)) }
        query.parameters += url.query.parameters
        var head = "\(method) \(options.path)?\(query.encoded) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        for (name, value) in headers + options.headers { head += "\(name): \(value)\r\n" }
        head += "\r\n"
        return Array(head.utf8)
    }

    /// What an answer may have at most.
    var responseLimits: HTTPLimits {
        var limits = HTTPLimits()
        limits.body = options.maxMessageBytes
        return limits
    }
}
