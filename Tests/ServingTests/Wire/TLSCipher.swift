import ParleyTesting
import TLS

/// The client's side of an encrypted connection.
final class TLSCipher: WireCipher {
    private let machine: TLSMachine
    /// The sizes of the records of content that came (RFC 8446 section 5.1), after those of the handshake.
    private(set) var records: [Int] = []
    private var partial: [UInt8] = []

    init(_ context: TLSContext) throws { machine = try TLSMachine(context, serverName: "127.0.0.1") }

    /// Shakes hands over `client`, which is encrypted from then on.
    static func secure(_ client: WireClient, _ context: TLSContext) throws -> TLSCipher {
        let cipher = try TLSCipher(context)
        try client.transmit(cipher.outgoing())
        client.cipher = cipher
        while cipher.machine.state == .handshaking {
            guard try client.receive() else { throw WireClient.Failure(step: "TLS") }
        }
        return cipher
    }

    private func outgoing() -> [UInt8] {
        var bytes: [UInt8] = []
        machine.takeOutgoing(to: &bytes)
        return bytes
    }

    func seal(_ plain: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try machine.encrypt(plain.span.bytes, to: &bytes)
        return bytes
    }

    func open(_ bytes: [UInt8]) throws -> (plain: [UInt8], reply: [UInt8]) {
        if machine.state == .open { count(bytes) }
        var plain: [UInt8] = []
        try bytes.withUnsafeBytes { bytes in try machine.received(bytes) { plain += $0 } }
        return (plain, outgoing())
    }

    /// Forgets the records so far.
    func forgetRecords() { records = [] }

    private func count(_ bytes: [UInt8]) {
        partial += bytes
        while partial.count >= 5 {
            let length = Int(partial[3]) << 8 | Int(partial[4])
            guard partial.count >= 5 + length else { return }
            if partial[0] == 23 { records.append(length) }
            partial.removeFirst(5 + length)
        }
    }
}
