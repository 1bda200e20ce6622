import Bytes
import Network
import TLS

/// Who hears what the server sends.
protocol ClientStreamOwner: AnyObject {
    /// Bytes have arrived. They are lent for the call and may be changed in place.
    func received(_ bytes: UnsafeMutableRawBufferPointer)
    /// The server sends no more, or the stream has failed. The last call.
    func ended(_ error: ClientError)
}

/// The bytes between client and server: TCP, with TLS where the address asks for that; lives on one loop.
final class ClientStream {
    /// Let go of at the end.
    var owner: (any ClientStreamOwner)?
    private let connection: TCPConnection
    private let tls: TLSMachine?
    /// What was written before the TLS handshake was done.
    private var early: [UInt8] = []

    private init(_ connection: TCPConnection, _ tls: TLSMachine?, _ endpoint: ClientEndpoint) {
        self.connection = connection
        self.tls = tls
        connection.options.maxPendingBytes = endpoint.options.maxMessageBytes
        connection.delegate = self
        flushRecords()
    }

    /// Connects; `done` is called once, on the loop, and gives the stream its owner before it returns.
    static func connect(
        to endpoint: ClientEndpoint, loop: UVLoop, _ done: @escaping (Result<ClientStream, ClientError>) -> Void
    ) {
        let (url, timeout) = (endpoint.url, endpoint.options.connectTimeout)
        loop.connect(host: url.host, port: url.port, timeout: timeout) { result in
            switch result {
            case .failure(let error): done(.failure(.network(error)))
            case .success(let connection):
                do throws(TLSError) {
                    let tls = try endpoint.tls.map { context throws(TLSError) in
                        try TLSMachine(context, serverName: url.host)
                    }
                    done(.success(ClientStream(connection, tls, endpoint)))
                } catch {
                    connection.abort()
                    done(.failure(.tls(error)))
                }
            }
        }
    }

    // MARK: Writing

    func write(_ bytes: consuming [UInt8]) {
        guard tls != nil else { return connection.write(bytes) }
        unsafe bytes.withUnsafeBytes { unsafe encrypt($0) }
    }

    func write(copying bytes: UnsafeRawBufferPointer) {
        guard tls != nil else { return unsafe connection.write(copying: bytes) }
        unsafe encrypt(bytes)
    }

    private func encrypt(_ bytes: UnsafeRawBufferPointer) {
        guard let tls else { return }
        guard tls.state != .handshaking else { return unsafe early.append(contentsOf: bytes) }
        var records: [UInt8] = []
        // A machine that has failed has told its owner.
        try? unsafe tls.encrypt(bytes, to: &records)
        connection.write(records)
    }

    /// Sends what TLS itself has to say, and what waited for its handshake.
    private func flushRecords() {
        guard let tls else { return }
        if tls.hasOutgoing {
            var records: [UInt8] = []
            tls.takeOutgoing(to: &records)
            connection.write(records)
        }
        guard !early.isEmpty, tls.state == .open else { return }
        let waiting = early
        early = []
        write(waiting)
    }

    // MARK: Closing

    /// Sends what is queued and ends this side; the server may send on.
    func finishWriting() {
        sendCloseNotify()
        connection.shutdownAfterFlush()
    }

    /// Sends what the system takes of what is queued and closes; the owner hears nothing more.
    func close() {
        owner = nil
        sendCloseNotify()
        connection.close()
    }

    /// Closes at once; the owner hears nothing more.
    func abort() {
        owner = nil
        connection.abort()
    }

    private func sendCloseNotify() {
        guard let tls else { return }
        var records: [UInt8] = []
        tls.close(to: &records)
        connection.write(records)
    }

    private func end(_ error: ClientError) {
        let owner = self.owner
        self.owner = nil
        connection.close()
        owner?.ended(error)
    }
}

extension ClientStream: TCPConnectionDelegate {
    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let tls else {
            unsafe owner?.received(bytes)
            return
        }
        do throws(TLSError) {
            unsafe try tls.received(UnsafeRawBufferPointer(bytes)) { plain in unsafe owner?.received(plain) }
            flushRecords()
            if tls.state == .peerClosed { end(.closedByServer(nil)) }
        } catch {
            // The alert tells the server why.
            flushRecords()
            end(.tls(error))
        }
    }

    func readEnded(_ connection: TCPConnection) { end(.closedByServer(nil)) }

    func closed(_ error: NetworkError?) {
        let owner = self.owner
        self.owner = nil
        owner?.ended(error.map { .network($0) } ?? .closedByServer(nil))
    }
}
