import COpenSSL

/// One side of one encrypted connection: ciphertext and plaintext in, plaintext and ciphertext out; no I/O.
///
/// Belongs to one thread at a time. All ciphertext that the machine makes comes out in one order through `encrypt`,
/// `takeOutgoing` and `close`; send it in that order. After `received` — whether or not it throws — take what waits and
/// send it: answers of the handshake, alerts.
public final class TLSMachine {
    /// How far the connection has come.
    public enum State: Equatable, Sendable {
        case handshaking
        case open
        /// The peer has said that it sends no more.
        case peerClosed
        /// `close` was called.
        case closed
        case failed
    }

    public private(set) var state = State.handshaking
    let ssl: OpaquePointer
    /// Ciphertext from the peer, and for it; both belong to `ssl`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// The most plaintext that one record holds (RFC 8446 section 5.1).
    private static let recordSize = 1 << 14

    /// - Parameters:
    ///   - context: its kind decides which side this is.
    ///   - serverName: for a client: the name that the server's certificate must bear.
    public init(_ context: TLSContext, serverName: String? = nil) throws(TLSError) {
        ERR_clear_error()
        guard let ssl = SSL_new(context.ssl.pointer) else { throw .unavailable(reason: SSLFailure.reason()) }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .unavailable(reason: SSLFailure.reason())
        }
        SSL_set_bio(ssl, incoming, outgoing)
        (self.ssl, self.incoming, self.outgoing) = (ssl, incoming, outgoing)
        if context.isServer {
            SSL_set_accept_state(ssl)
        } else {
            if let serverName { setServerName(serverName, verifies: context.verifies) }
            SSL_set_connect_state(ssl)
            // A client speaks first.
            SSL_do_handshake(ssl)
        }
    }

    deinit { SSL_free(ssl) }

    /// Takes ciphertext from the peer and lends what it says to `plaintext`, which may change the bytes in place.
    ///
    /// `plaintext` may call `encrypt` and `close`.
    public func received(
        _ ciphertext: UnsafeRawBufferPointer, _ plaintext: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(TLSError) {
        guard state != .failed else { throw .closed }
        var rest = ciphertext[...]
        while !rest.isEmpty {
            ERR_clear_error()
            let taken = BIO_write(
                incoming, rest.base.baseAddress.map { $0 + rest.startIndex }, Int32(clamping: rest.count))
            guard taken > 0 else { throw fail() }
            rest = rest.dropFirst(Int(taken))
            try decrypt(plaintext)
        }
    }

    private func decrypt(_ plaintext: (UnsafeMutableRawBufferPointer) -> Void) throws(TLSError) {
        var failure: TLSError?
        withUnsafeTemporaryAllocation(byteCount: Self.recordSize, alignment: 16) { buffer in
            while failure == nil {
                ERR_clear_error()
                let count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
                if state == .handshaking, SSL_is_init_finished(ssl) == 1 { state = .open }
                guard count > 0 else {
                    failure = stopReading(SSL_get_error(ssl, count))
                    return
                }
                plaintext(UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)]))
                guard state == .open || state == .peerClosed else { return }
            }
        }
        if let failure { throw failure }
    }

    /// What ended a run of reads: nothing more for now, the peer's last word, or a failure.
    private func stopReading(_ code: Int32) -> TLSError? {
        switch code {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            return nil
        case SSL_ERROR_ZERO_RETURN:
            if state == .open || state == .handshaking { state = .peerClosed }
            return nil
        default:
            // After our own close, what the peer still had under way is of no interest.
            return state == .closed ? nil : fail()
        }
    }

    /// Appends the ciphertext of `plaintext`, and before it whatever waited to be sent.
    public func encrypt(_ plaintext: RawSpan, to out: inout [UInt8]) throws(TLSError) {
        try plaintext.withUnsafeBytes { (bytes) throws(TLSError) in try encrypt(bytes, to: &out) }
    }

    /// Appends the ciphertext of `plaintext`, and before it whatever waited to be sent.
    public func encrypt(_ plaintext: UnsafeRawBufferPointer, to out: inout [UInt8]) throws(TLSError) {
        guard state == .open || state == .peerClosed else { throw .closed }
        var offset = 0
        while offset < plaintext.count {
            ERR_clear_error()
            let start = plaintext.baseAddress.map { $0 + offset }
            let count = SSL_write(ssl, start, Int32(min(plaintext.count - offset, Self.recordSize)))
            guard count > 0 else {
                takeOutgoing(to: &out)
                throw fail()
            }
            offset += Int(count)
        }
        takeOutgoing(to: &out)
    }

    /// Whether ciphertext waits to be sent.
    public var hasOutgoing: Bool { parley_bio_pending(outgoing) > 0 }

    /// Appends the ciphertext that waits to be sent.
    public func takeOutgoing(to out: inout [UInt8]) {
        let waiting = parley_bio_pending(outgoing)
        guard waiting > 0 else { return }
        let start = out.count
        out.append(contentsOf: repeatElement(0, count: waiting))
        let count = out.withUnsafeMutableBytes { bytes in
            BIO_read(outgoing, bytes.baseAddress.map { $0 + start }, Int32(clamping: waiting))
        }
        out.removeSubrange((start + max(0, Int(count)))...)
    }

    /// Tells the peer that this side sends no more (close_notify), and appends that.
    public func close(to out: inout [UInt8]) {
        if state == .open || state == .peerClosed {
            ERR_clear_error()
            SSL_shutdown(ssl)
        }
        if state != .failed { state = .closed }
        takeOutgoing(to: &out)
    }

    private func fail() -> TLSError {
        state = .failed
        return .failed(reason: SSLFailure.reason())
    }

    // MARK: What was agreed on

    /// `TLSv1.3` or `TLSv1.2`; `nil` before the handshake is done.
    public var version: String? {
        state == .handshaking ? nil : SSL_get_version(ssl).map { String(cString: $0) }
    }

    /// The protocol agreed on by ALPN, or `nil` where the client offered none.
    public var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        return name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self) }
    }

    private func setServerName(_ name: String, verifies: Bool) {
        // An address is no server name (RFC 6066 section 3), but a certificate may bear it.
        let isAddress = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
        guard !isAddress else { return }
        ERR_clear_error()
        _ = parley_ssl_set_server_name(ssl, name)
        if verifies { SSL_set1_host(ssl, name) }
    }
}

@available(*, unavailable)
extension TLSMachine: Sendable {}
