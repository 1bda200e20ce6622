internal import Bytes
public import EventLoops
internal import JSON

/// Signs and verifies JSON Web Tokens (RFC 7519) with HMAC-SHA256, and with nothing else; from any thread.
///
/// Strict where the standard leaves room, since every token it is shown was made by this server or is a forgery: the
/// header is `HS256` and `JWT`, with no member beside; claims come once and have the type they must have; `exp` and `typ`
/// are required.
public final class JWT: Sendable {
    /// The shortest key, in bytes (RFC 7518 section 3.2).
    public static let shortestKey = 32

    private let keys: [HMACSHA256]
    private let clock: any WallClock
    private let maxBytes: Int

    /// - Parameters:
    ///   - keys: at least one, of at least 32 bytes each; the first signs, every one verifies.
    ///   - maxBytes: the longest token that is looked at.
    public init(
        keys: [[UInt8]], clock: any WallClock = SystemWallClock(), maxBytes: Int = 4096
    ) throws(JWTError) {
        guard !keys.isEmpty, keys.allSatisfy({ $0.count >= Self.shortestKey }) else { throw .weakKey }
        var prepared: [HMACSHA256] = []
        do {
            for key in keys { prepared.append(try HMACSHA256(key: key)) }
        } catch {
            throw .library(error)
        }
        self.keys = prepared
        self.clock = clock
        self.maxBytes = maxBytes
    }

    /// The token that says `claims`.
    public func sign(_ claims: JWTClaims) throws(JWTError) -> String {
        var token = Self.header
        token.append(Self.dot)
        Base64.urlSafe.append(JSONPrinter.text(of: claims.json).span.bytes, to: &token, padding: false)
        let code: [UInt8]
        do { code = try keys[0].code(for: token) } catch { throw .library(error) }
        token.append(Self.dot)
        Base64.urlSafe.append(code.span.bytes, to: &token, padding: false)
        return String(decoding: token, as: UTF8.self)
    }

    /// What `token` says, if this server made it for the purpose `type` and its time is not over.
    public func verify(_ token: String, type: String) throws(JWTError) -> JWTClaims {
        guard token.utf8.count <= maxBytes else { throw .tooLarge }
        let parts = Array(token.utf8).split(separator: Self.dot, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed }
        let signed = Array(token.utf8.prefix(parts[0].count + 1 + parts[1].count))
        guard let code = decode(parts[2]) else { throw .malformed }
        guard try isSigned(signed, code: code) else { throw .notAuthentic }
        guard let header = decode(parts[0]), let body = decode(parts[1]) else { throw .malformed }
        try checkHeader(header)
        let claims = try JWTClaims(parse(body, else: .unacceptableClaims))
        guard claims.type == type else { throw .wrongType }
        try claims.checkTime(now: clock.epochMilliseconds / 1000)
        return claims
    }

    private func isSigned(_ text: [UInt8], code: [UInt8]) throws(JWTError) -> Bool {
        var isSigned = false
        do {
            // Every key is tried, so that the time tells nothing about which one it was.
            for key in keys where try key.verify(code, for: text.span.bytes) { isSigned = true }
        } catch {
            throw .library(error)
        }
        return isSigned
    }

    private func checkHeader(_ header: [UInt8]) throws(JWTError) {
        guard case .object(let members) = try parse(header, else: .unacceptableHeader),
            Set(members.map(\.name)).count == members.count,
            members.contains(.init("alg", "HS256")),
            members.allSatisfy({ $0.name == "alg" || $0 == .init("typ", "JWT") })
        else { throw .unacceptableHeader }
    }

    private func parse(_ text: [UInt8], else refusal: JWTError) throws(JWTError) -> JSONValue {
        do { return try JSONParser.parse(text, limits: JSONLimits(maxDepth: 4)) } catch { throw refusal }
    }

    private func decode(_ part: ArraySlice<UInt8>) -> [UInt8]? {
        Base64.urlSafe.decode(Array(part).span.bytes, padding: .forbidden)
    }

    private static let dot = UInt8(ascii: ".")
    /// `{"alg":"HS256","typ":"JWT"}`
    private static let header = Array("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9".utf8)
}
