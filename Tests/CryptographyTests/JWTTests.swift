import Bytes
import ParleyTesting
import Testing

@testable import Cryptography

@Suite struct JWTTests {
    private let clock = ManualClock(seconds: 1_700_000_000)
    private let key = Array("an example key of thirty-two bytes".utf8)

    private func jwt(_ keys: [[UInt8]]? = nil) throws -> JWT { try JWT(keys: keys ?? [key], clock: clock) }

    /// A token of the header and claims as they stand, signed with the right key.
    private func forge(_ header: String, _ claims: String, key: [UInt8]? = nil) throws -> String {
        let signed = [header, claims].map { Base64.urlSafe.encode(Array($0.utf8), padding: false) }
            .joined(separator: ".")
        let code = try HMACSHA256(key: key ?? self.key).code(for: Array(signed.utf8))
        return signed + "." + Base64.urlSafe.encode(code, padding: false)
    }

    private static let header = #"{"alg":"HS256","typ":"JWT"}"#

    @Test func `claims come back`() throws {
        let claims = JWTClaims(
            type: "room", expires: 1_700_003_600,
            claims: [.init("room_id", .text("a \"b\"")), .init("rid", .integer(7))])
        let token = try jwt().sign(claims)
        #expect(try jwt().verify(token, type: "room") == claims)
        #expect(claims.text("room_id") == "a \"b\"")
        #expect(claims.integer("rid") == 7)
        #expect(claims.text("rid") == nil)
    }

    @Test func `a token of the published example's key is signed as RFC 7515 does`() throws {
        // RFC 7515 appendix A.1: the key and the signature of its example.
        let key = try #require(
            Base64.urlSafe.decode(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                padding: .forbidden))
        let signed =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
            + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let code = try HMACSHA256(key: key).code(for: Array(signed.utf8))
        #expect(Base64.urlSafe.encode(code, padding: false) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    @Test func `a token ends at the second it names`() throws {
        let token = try jwt().sign(JWTClaims(type: "room", expires: 1_700_003_600))
        clock.set(seconds: 1_700_003_599)
        #expect(throws: Never.self) { try jwt().verify(token, type: "room") }
        clock.set(seconds: 1_700_003_600)
        #expect(throws: JWTError.expired) { try jwt().verify(token, type: "room") }
    }

    @Test func `a token of one type is not taken for another`() throws {
        let token = try jwt().sign(JWTClaims(type: "guest", expires: 1_700_003_600))
        #expect(throws: JWTError.wrongType) { try jwt().verify(token, type: "room") }
    }

    @Test func `any key of the list verifies, the first one signs`() throws {
        let other = [UInt8](repeating: 9, count: 32)
        let token = try jwt([other]).sign(JWTClaims(type: "room", expires: 1_700_003_600))
        #expect(throws: Never.self) { try jwt([key, other]).verify(token, type: "room") }
        #expect(throws: JWTError.notAuthentic) { try jwt().verify(token, type: "room") }
    }

    @Test func `a key of 31 bytes is refused`() {
        #expect(throws: JWTError.weakKey) { try JWT(keys: [[UInt8](repeating: 1, count: 31)]) }
        #expect(throws: JWTError.weakKey) { try JWT(keys: []) }
        #expect(throws: Never.self) { try JWT(keys: [[UInt8](repeating: 1, count: 32)]) }
    }

    @Test func `a token over the limit is not looked at`() throws {
        let token = try jwt().sign(JWTClaims(type: "room", expires: 1_700_003_600))
        let size = token.utf8.count
        #expect(throws: Never.self) {
            try JWT(keys: [key], clock: clock, maxBytes: size).verify(token, type: "room")
        }
        #expect(throws: JWTError.tooLarge) {
            try JWT(keys: [key], clock: clock, maxBytes: size - 1).verify(token, type: "room")
        }
        #expect(throws: JWTError.tooLarge) { try jwt().verify(String(repeating: "a", count: 1 << 20), type: "room") }
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"None"}"#, #"{"alg":"nOnE"}"#, #"{"alg":"RS256","typ":"JWT"}"#,
        #"{"alg":"HS384"}"#, #"{"alg":"hs256"}"#, #"{"typ":"JWT"}"#, #"{}"#, #"[]"#, #""HS256""#, #"{"alg":["HS256"]}"#,
        #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"none","alg":"HS256"}"#, #"{"alg":"HS256","typ":"at+jwt"}"#,
        #"{"alg":"HS256","kid":"1"}"#, #"{"alg":"HS256","kid":"../../dev/null"}"#,
        #"{"alg":"HS256","kid":"x' OR 1=1"}"#,
        #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","jku":"https://example.com"}"#,
        #"{"alg":"HS256","x5u":"https://example.com"}"#, #"{"alg":"HS256","jwk":{}}"#, #"{"alg":"HS256","zip":"DEF"}"#,
        #"{"alg":"HS256","typ":"JWT""#, "",
    ])
    func `a header other than ours is refused even with the right signature`(_ header: String) throws {
        let token = try forge(header, #"{"typ":"room","exp":1700003600}"#)
        #expect(throws: JWTError.unacceptableHeader) { try jwt().verify(token, type: "room") }
    }

    @Test(arguments: [
        #"{"typ":"room"}"#, #"{"exp":1700003600}"#, #"{"typ":"room","exp":"1700003600"}"#,
        #"{"typ":"room","exp":1e400}"#, #"{"typ":"room","exp":1.7e9}"#, #"{"typ":"room","exp":-1}"#,
        #"{"typ":"room","exp":null}"#, #"{"typ":"room","exp":[1700003600]}"#, #"{"typ":["room"],"exp":1700003600}"#,
        #"{"typ":"room","exp":1700003600,"exp":1800000000}"#, #"{"typ":"guest","typ":"room","exp":1700003600}"#,
        #"{"typ":"room","exp":1700003600,"iss":"x"}"#, #"{"typ":"room","exp":1700003600,"aud":"x"}"#,
        #"{"typ":"room","exp":1700003600,"nbf":"0"}"#, #"{"typ":"room","exp":1700003600,"iat":-1}"#,
        #"{"typ":"room","exp":1700003600,"admin":true}"#, #"{"typ":"room","exp":1700003600,"a":{"b":1}}"#,
        #"{"typ":"room","exp":99999999999999999999}"#, #"[{"typ":"room","exp":1700003600}]"#, #"{"typ":"room""#, "",
    ])
    func `claims that are not ours are refused even with the right signature`(_ claims: String) throws {
        let token = try forge(Self.header, claims)
        #expect(throws: JWTError.unacceptableClaims) { try jwt().verify(token, type: "room") }
    }

    @Test func `a token whose time has not come is refused`() throws {
        let token = try forge(Self.header, #"{"typ":"room","exp":1700003600,"nbf":1700000001}"#)
        #expect(throws: JWTError.notYetValid) { try jwt().verify(token, type: "room") }
        clock.set(seconds: 1_700_000_001)
        #expect(throws: Never.self) { try jwt().verify(token, type: "room") }
    }

    @Test func `a changed, cut or foreign signature is refused`() throws {
        let token = try jwt().sign(JWTClaims(type: "room", expires: 1_700_003_600))
        let parts = token.split(separator: ".").map(String.init)
        let foreign = try forge(Self.header, #"{"typ":"room","exp":1700003600}"#, key: [UInt8](repeating: 1, count: 32))
        #expect(throws: JWTError.notAuthentic) { try jwt().verify(foreign, type: "room") }
        #expect(throws: JWTError.notAuthentic) { try jwt().verify("\(parts[0]).\(parts[1]).", type: "room") }
        #expect(throws: JWTError.notAuthentic) { try jwt().verify("\(parts[0])..\(parts[2])", type: "room") }
        #expect(throws: JWTError.malformed) { try jwt().verify("\(parts[0]).\(parts[1])", type: "room") }
        #expect(throws: JWTError.malformed) { try jwt().verify(token + ".x", type: "room") }
        #expect(throws: JWTError.malformed) { try jwt().verify(token + "=", type: "room") }
        #expect(throws: JWTError.malformed) { try jwt().verify("", type: "room") }
        #expect(throws: JWTError.self) { try jwt().verify(String(token.dropLast()), type: "room") }
    }

    @Test func `the last letter of a signature has one spelling`() throws {
        let token = try jwt().sign(JWTClaims(type: "room", expires: 1_700_003_600))
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let good = letters.filter { (try? jwt().verify(String(token.dropLast()) + String($0), type: "room")) != nil }
        #expect(good.count == 1)
    }
}
