import Bytes
import Cryptography

/// Encrypts and decrypts Fernet tokens, a line at a time.
///
///     encrypt KEY MESSAGE    answers the token
///     decrypt KEY TOKEN      answers the message, or `invalid`
///
/// Messages are written in url-safe base 64, since a line cannot hold every byte.
@main
struct FernetTool {
    static func main() {
        while let line = readLine() { print(answer(to: line.split(separator: " ").map(String.init))) }
    }

    static func answer(to words: [String]) -> String {
        guard words.count >= 2, let key = FernetKey(words[1]), let fernet = try? Fernet(key: key) else {
            return "usage: encrypt|decrypt KEY MESSAGE|TOKEN"
        }
        let argument = words.count > 2 ? words[2] : ""
        switch words[0] {
        case "encrypt":
            guard let message = Base64.urlSafe.decode(argument), let token = try? fernet.encrypt(message) else {
                return "invalid"
            }
            return String(decoding: token, as: UTF8.self)
        case "decrypt":
            guard let message = try? fernet.decrypt(argument) else { return "invalid" }
            return Base64.urlSafe.encode(message)
        default:
            return "usage: encrypt|decrypt KEY MESSAGE|TOKEN"
        }
    }
}
