import Bytes
import HTTPWire
import Network

/// Who a request comes from, when proxies may stand between.
enum ClientAddress {
    /// The peer, or, when that is a trusted proxy, the right-most address of `X-Forwarded-For` that is not one.
    ///
    /// What stands left of an untrusted address was written by that stranger and counts for nothing.
    static func resolve(peer: String, headers: HTTPHeaders, trusted: [CIDR]) -> String {
        guard !trusted.isEmpty, isTrusted(peer, trusted) else { return peer }
        var client = peer
        for hop in headers.list("x-forwarded-for").reversed() {
            guard let address = IPAddress(hop) else { return client }
            client = address.description
            if !isTrusted(client, trusted) { return client }
        }
        return client
    }

    /// Whether a trusted proxy says that the client's connection to it is encrypted.
    static func isForwardedSecure(peer: String, headers: HTTPHeaders, trusted: [CIDR]) -> Bool {
        guard isTrusted(peer, trusted) else { return false }
        // The last one is the trusted proxy's own word.
        return headers.list("x-forwarded-proto").last?.lowercased() == "https"
    }

    private static func isTrusted(_ address: String, _ trusted: [CIDR]) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return trusted.contains { $0.contains(address) }
    }
}
