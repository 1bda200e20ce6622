import Bytes
import Network

/// What whoever starts a server is told when others reach it without encryption.
enum PlaintextWarning {
    /// `nil` where nobody has to be warned: the loopback and unix sockets do not leave the machine, and a proxy that is
    /// trusted is taken to speak TLS.
    static func text(for addresses: [SocketAddress], isEncrypted: Bool, hasProxy: Bool) -> String? {
        guard !isEncrypted, !hasProxy, let open = addresses.first(where: { $0.ip?.isLoopback == false }) else {
            return nil
        }
        return "What is sent to \(open) is not encrypted: give --tls-cert and --tls-key, "
            + "or let a proxy speak TLS and name it with --trusted-proxies"
    }
}
