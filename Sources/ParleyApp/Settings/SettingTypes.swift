import Bytes
import HTTPWire
import Settings

extension SettingType where Value == String {
    /// The origin of a page (RFC 6454 section 6.2): scheme, host and port, in lower case; or `*`.
    static var origin: Self {
        SettingType(
            "an origin",
            parse: { text in
                if text == "*" { return text }
                let lower = text.lowercased()
                for scheme in ["http://", "https://"] where lower.hasPrefix(scheme) {
                    let rest = lower.dropFirst(scheme.count)
                    let isHost = rest.utf8.allSatisfy { byte in
                        byte > 0x20 && byte < 0x7f && !"/?#@\\*\"'<>".utf8.contains(byte)
                    }
                    return !rest.isEmpty && isHost ? lower : nil
                }
                return nil
            },
            format: { $0 })
    }

    /// The name of a host, `*.` and a name for all below it, or `*`.
    static var hostPattern: Self {
        SettingType(
            "a host name",
            parse: { text in
                if text == "*" { return text }
                let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
                return HostField.isValid(String(name)) && !name.contains(":") ? text.lowercased() : nil
            },
            format: { $0 })
    }

    /// The path in a URL of an SQLite database. Kept from sight, for URLs of other databases hold passwords.
    static var sqliteURL: Self {
        SettingType(
            "`sqlite:` and the path of a file, for this version keeps its data in SQLite", isSecret: true,
            parse: { text in
                guard text.hasPrefix("sqlite:") else { return nil }
                var path = text.dropFirst("sqlite:".count)
                // `sqlite:///chat.db` is relative, `sqlite:////var/chat.db` absolute, as SQLAlchemy has it.
                if path.hasPrefix("///") { path = path.dropFirst(3) }
                return path.isEmpty || path.hasPrefix("//") || path.contains("\0") ? nil : String(path)
            },
            format: { "sqlite:\($0)" })
    }
}

extension SettingType where Value == CIDR {
    static var addressBlock: Self {
        SettingType("an address block", parse: { CIDR($0) }, format: { $0.description })
    }
}
