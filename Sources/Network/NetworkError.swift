#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why something of the network failed. `description` is one plain sentence.
public enum NetworkError: Error, Equatable, Sendable {
    /// The address cannot be listened on.
    case cannotListen(address: String, code: Int32)
    /// The host has no address.
    case cannotResolve(host: String)
    /// Nothing accepts connections at the address.
    case cannotConnect(address: String, code: Int32)
    /// The connection was not made in time.
    case connectTimedOut(address: String)
    /// The path of a unix socket is longer than the system allows.
    case pathTooLong(String)
    /// The file at the path of a unix socket is no socket.
    case notASocket(path: String)
    /// The peer broke the connection off.
    case connectionReset
    /// The loop was stopped under the connection.
    case loopStopped
    /// The system refused an operation.
    case system(operation: String, code: Int32)

    /// The error of a failed read or write.
    static func transfer(_ operation: String, code: Int32) -> NetworkError {
        code == ECONNRESET || code == EPIPE ? .connectionReset : .system(operation: operation, code: code)
    }
}

extension NetworkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotListen(let address, EADDRINUSE):
            "\(address) is in use already; stop the program that listens there or choose another address."
        case .cannotListen(let address, EACCES):
            "\(address) may not be listened on by this user; choose a port above 1023 or a folder that you may write to."
        case .cannotListen(let address, EADDRNOTAVAIL):
            "\(address) is no address of this machine; listen on one of its own, on 127.0.0.1 or on 0.0.0.0."
        case .cannotListen(let address, let code):
            "\(address) cannot be listened on (\(Platform.text(of: code))); choose another address."
        case .cannotResolve(let host):
            "The host “\(host)” has no address; check its spelling and the name server."
        case .cannotConnect(let address, let code):
            "\(address) cannot be reached (\(Platform.text(of: code))); check that the server runs there."
        case .connectTimedOut(let address):
            "\(address) did not answer in time; check the address and the network in between."
        case .pathTooLong(let path):
            "The path “\(path)” is too long for a unix socket; choose one of at most \(SocketAddress.maxPathLength) bytes."
        case .notASocket(let path):
            "The file “\(path)” is no socket; remove it or choose another path."
        case .connectionReset:
            "The peer broke the connection off; connect again."
        case .loopStopped:
            "The server stops; connect again later."
        case .system(let operation, let code):
            "The system refused \(operation) (\(Platform.text(of: code))); see what it is short of."
        }
    }
}
