import Bytes
import Cryptography

/// What shows a receiver that a delivery comes from this server, and when: the HMAC-SHA256 of the time, a dot and the body,
/// under the webhook's secret.
struct WebhookSignature {
    /// Seconds since 1970.
    let time: Int64
    let text: String

    init(of body: [UInt8], at time: Int64, secret: String) throws(CryptographyError) {
        self.time = time
        let code = try HMACSHA256(key: Array(secret.utf8)).code(for: Array("\(time).".utf8) + body)
        text = "sha256=\(Hex.encode(code))"
    }
}
