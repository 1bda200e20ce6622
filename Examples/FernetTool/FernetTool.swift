import Bytes
import Cryptography

/// Encrypts and decrypts Fernet tokens, and seals and opens files, a line at a time.
///
///     encrypt KEY MESSAGE    answers the token
///     decrypt KEY TOKEN      answers the message, or `invalid`
///     seal KEY CONTENT       answers the sealed file
///     open KEY FILE          answers its content, or `invalid`
///
/// Messages are written in url-safe base 64, since a line cannot hold every byte.
@main
struct FernetTool {
    static func main() {
        while let line = readLine() { print(answer(to: line.split(separator: " ").map(String.init))) }
    }

    static func answer(to words: [String]) -> String {
        guard words.count >= 2, let key = FernetKey(words[1]), let fernet = try? Fernet(key: key) else {
            return usage
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
        case "seal":
            guard let content = Base64.urlSafe.decode(argument), let file = try? seal(content, key) else {
                return "invalid"
            }
            return Base64.urlSafe.encode(file)
        case "open":
            guard let file = Base64.urlSafe.decode(argument), let content = try? open(file, key) else {
                return "invalid"
            }
            return Base64.urlSafe.encode(content)
        default:
            return usage
        }
    }

    static let usage = "usage: encrypt|decrypt|seal|open KEY MESSAGE|TOKEN|CONTENT|FILE"

    static func seal(_ content: [UInt8], _ key: FernetKey) throws -> [UInt8] {
        var sealer = try FileSealer(key: key)
        let file = try sealer.header + sealer.push(content.span.bytes)
        return try file + sealer.finish()
    }

    static func open(_ file: [UInt8], _ key: FernetKey) throws -> [UInt8] {
        let header = Array(file.prefix(SealedFileFormat.headerBytes))
        let opener = try FileOpener(key: key, header: header, sealedBytes: file.count)
        return try (0..<opener.chunkCount).flatMap { index in
            try opener.open(Array(file[opener.sealedRange(ofChunk: index)]), chunk: index)
        }
    }
}
