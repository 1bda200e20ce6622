import Bytes
import Cryptography

private let key = FernetKey(bytes: [UInt8](repeating: 7, count: 32))
private let fernet = key.flatMap { try? Fernet(key: $0) }
private let jwtKey = [UInt8](repeating: 9, count: 32)
private let jwt = try? JWT(keys: [jwtKey])
private let hmac = try? HMACSHA256(key: jwtKey)

/// Fernet tokens: what is not authentic opens nothing; any message comes back from its token.
func fuzzFernet(_ bytes: borrowing RawSpan) {
    guard let fernet else { fatalError("The library has no AES.") }
    let input = bytes.array
    precondition((try? fernet.decrypt(input)) == nil)
    guard var token = try? fernet.encrypt(input) else { fatalError("A short message was not encrypted.") }
    precondition((try? fernet.decrypt(token)) == input)
    // One changed letter, at a place that the input chooses.
    let place = input.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff } % token.count
    token[place] = token[place] == 0x41 ? 0x42 : 0x41
    precondition((try? fernet.decrypt(token)) == nil)
}

/// Signed tokens: a stranger's bytes are refused, and what the key has signed may still say anything.
func fuzzJWT(_ bytes: borrowing RawSpan) {
    guard let jwt, let hmac else { fatalError("The library has no HMAC.") }
    let input = bytes.array
    precondition((try? jwt.verify(String(decoding: input, as: UTF8.self), type: "room")) == nil)
    let parts = input.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    var token: [UInt8] = []
    Base64.urlSafe.append(Array(parts[0]).span.bytes, to: &token, padding: false)
    token.append(0x2e)
    Base64.urlSafe.append(Array(parts.count > 1 ? parts[1] : []).span.bytes, to: &token, padding: false)
    guard let code = try? hmac.code(for: token) else { fatalError("A token was not signed.") }
    token.append(0x2e)
    Base64.urlSafe.append(code.span.bytes, to: &token, padding: false)
    if let claims = try? jwt.verify(String(decoding: token, as: UTF8.self), type: "room") {
        precondition(claims.type == "room")
    }
}
