import Bytes

/// Takes out of texts what must not stand in a log.
public enum LogRedaction {
    /// What stands in the place of a secret.
    public static let mask = "***"

    private static let secretWords = [
        "token", "password", "passwd", "secret", "auth", "jwt", "ticket", "code", "sid", "signature", "api_key",
        "apikey",
    ]

    /// A request's target or a URL without user information, fragment and the values of parameters that may grant
    /// something (tokens, passwords, session ids).
    public static func target(_ target: String) -> String {
        let withoutFragment = target.prefix { $0 != "#" }
        guard let mark = withoutFragment.firstIndex(of: "?") else { return withoutUserInformation(withoutFragment) }
        let query = withoutFragment[withoutFragment.index(after: mark)...]
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).map(redacted)
        return withoutUserInformation(withoutFragment[..<mark]) + "?" + pairs.joined(separator: "&")
    }

    private static func redacted(_ pair: Substring) -> String {
        guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
        return isSecret(pair[..<equals]) ? "\(pair[..<equals])=\(mask)" : String(pair)
    }

    /// The name is decoded first: the server that reads `%74oken` decodes it too.
    private static func isSecret(_ name: Substring) -> Bool {
        let decoded = decode(name).lowercased()
        return secretWords.contains { decoded.contains($0) }
    }

    private static func decode(_ name: Substring) -> String {
        let source = Array(name.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == 0x25, index + 2 < source.count, let high = Hex.value(of: source[index + 1]),
                let low = Hex.value(of: source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func withoutUserInformation(_ url: Substring) -> String {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return String(url) }
        let start = url.index(colon, offsetBy: 3)
        let end = url[start...].firstIndex(of: "/") ?? url.endIndex
        guard let at = url[start..<end].lastIndex(of: "@") else { return String(url) }
        return "\(url[..<start])\(mask)\(url[at...])"
    }
}
