import COpenSSL

/// Owns an `SSL_CTX`.
final class SSLContext: @unchecked Sendable {
    // Sendable because it is not changed after `init`, and OpenSSL counts its references atomically.
    let pointer: OpaquePointer

    /// Forward secrecy and authenticated encryption only (TLS 1.2; TLS 1.3 has nothing else).
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
    /// `http/1.1` with its length before it (RFC 7301 section 3.1).
    static let protocols: [UInt8] = [8] + Array("http/1.1".utf8)

    private init(method: OpaquePointer?) throws(TLSError) {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(method) else { throw .unavailable(reason: SSLFailure.reason()) }
        self.pointer = pointer
        guard parley_ssl_set_versions(pointer, TLS1_2_VERSION, TLS1_3_VERSION) != 0,
            SSL_CTX_set_cipher_list(pointer, Self.ciphers) == 1
        else {
            throw .unavailable(reason: SSLFailure.reason())
        }
        parley_ssl_forbid_renegotiation(pointer)
        parley_ssl_release_buffers(pointer)
        parley_ssl_keep_no_sessions(pointer)
    }

    convenience init(certificatePath: String, keyPath: String) throws(TLSError) {
        try self.init(method: TLS_server_method())
        // Without this OpenSSL would ask for a password on the terminal, and wait.
        SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in 0 }
        guard SSL_CTX_use_certificate_chain_file(pointer, certificatePath) == 1 else {
            throw .badCertificate(path: certificatePath, reason: SSLFailure.reason())
        }
        guard SSL_CTX_use_PrivateKey_file(pointer, keyPath, SSL_FILETYPE_PEM) == 1 else {
            throw SSLFailure.isMismatch()
                ? .keyDoesNotMatch(certificatePath: certificatePath, keyPath: keyPath)
                : .badKey(path: keyPath, reason: SSLFailure.reason())
        }
        guard SSL_CTX_check_private_key(pointer) == 1 else {
            throw .keyDoesNotMatch(certificatePath: certificatePath, keyPath: keyPath)
        }
        parley_ssl_prefer_own_ciphers(pointer)
        SSL_CTX_set_num_tickets(pointer, 1)
        SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, chosen, chosenLength, offered, offeredLength, _ in
                SSLContext.choose(chosen, chosenLength, offered, offeredLength)
            }, nil)
    }

    convenience init(trustedPath: String?, verifies: Bool) throws(TLSError) {
        try self.init(method: TLS_client_method())
        SSL_CTX_set_alpn_protos(pointer, Self.protocols, UInt32(Self.protocols.count))
        guard verifies else { return }
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        if let trustedPath {
            guard SSL_CTX_load_verify_locations(pointer, trustedPath, nil) == 1 else {
                throw .badCertificate(path: trustedPath, reason: SSLFailure.reason())
            }
        } else {
            SSL_CTX_set_default_verify_paths(pointer)
        }
    }

    deinit { SSL_CTX_free(pointer) }

    /// Picks `http/1.1` among the protocols that a client offers; refuses a client that wants only others.
    private static func choose(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ chosenLength: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32
    ) -> Int32 {
        guard let chosen, let chosenLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        var index = 0
        while index < Int(offeredLength) {
            let length = Int(offered[index])
            guard index + 1 + length <= Int(offeredLength) else { break }
            let name = UnsafeBufferPointer(start: offered + index, count: length + 1)
            if name.elementsEqual(protocols) {
                // Points into the client's own list, which lives for long enough.
                chosen.pointee = offered + index + 1
                chosenLength.pointee = UInt8(length)
                return SSL_TLSEXT_ERR_OK
            }
            index += 1 + length
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}

/// Reads the calling thread's queue of OpenSSL errors.
enum SSLFailure {
    /// The reason of the first error, where it all began, in OpenSSL's few words; empties the queue.
    static func reason() -> String {
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        guard code != 0 else { return "no reason given" }
        if let text = ERR_reason_error_string(code) { return String(cString: text).lowercased() }
        // An error of the system: its words stand behind the last colon.
        var buffer = [UInt8](repeating: 0, count: 256)
        buffer.withUnsafeMutableBytes { bytes in
            ERR_error_string_n(code, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        let text = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        return (text.split(separator: ":").last.map(String.init) ?? text).lowercased()
    }

    static func isMismatch() -> Bool {
        let code = ERR_peek_last_error()
        // ERR_GET_REASON is a macro: the low 23 bits.
        return Int32(truncatingIfNeeded: code & 0x7f_ffff) == X509_R_KEY_VALUES_MISMATCH
    }
}
