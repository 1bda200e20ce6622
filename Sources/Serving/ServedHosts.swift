import Bytes

/// Which names a request may give in `Host`.
///
/// A page can let its own name stand for the address of this server (DNS rebinding). It is then of one origin with the
/// server in the eyes of its reader's browser, and asks with the reader's address; only the name tells.
public struct ServedHosts: Equatable, Sendable {
    private enum Rule: Equatable, Sendable {
        case any
        case named([String], orUnixSocket: Bool)
    }

    private let rule: Rule

    /// Every name.
    public static let any = ServedHosts(rule: .any)

    private init(rule: Rule) { self.rule = rule }

    /// IP addresses, `localhost` and what is below it, and these names; `*.chat.example` stands for all that are below
    /// `chat.example`, and `*` for every name. Where `anyOnUnixSockets`, what comes over a unix socket may give any name:
    /// no page reaches one.
    public init(_ names: [String], anyOnUnixSockets: Bool = false) {
        let names = names.map { Self.normalized($0[...]) }
        rule = names.contains("*") ? .any : .named(names, orUnixSocket: anyOnUnixSockets)
    }

    /// Whether every name is served.
    public var areAny: Bool { rule == .any }

    /// Whether a request may have this `Host` field, of valid syntax. One without any is not a browser's.
    func allow(_ field: String?, isUnixSocket: @autoclosure () -> Bool) -> Bool {
        guard case .named(let names, let orUnixSocket) = rule, let field else { return true }
        // An IPv6 address, with or without a port.
        if field.hasPrefix("[") { return true }
        let name = Self.normalized(field.prefix { $0 != ":" })
        return name == "localhost" || name.hasSuffix(".localhost") || IPAddress(name) != nil
            || names.contains { Self.matches(name, $0) } || orUnixSocket && isUnixSocket()
    }

    private static func matches(_ name: String, _ pattern: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return name == pattern }
        let ending = pattern.dropFirst()
        return name.hasSuffix(ending) && name.utf8.count > ending.utf8.count
    }

    /// In lower case, and without the dot that ends a whole name.
    private static func normalized(_ name: Substring) -> String {
        (name.hasSuffix(".") ? name.dropLast() : name).lowercased()
    }
}
