import Bytes
import Chat
import Settings
import Testing

@testable import ParleyApp

@Suite struct AppSettingsTests {
    private let catalog = AppSettings.catalog

    @Test func `no two settings share a name, a flag or a variable`() {
        #expect(catalog.clashes == [])
    }

    @Test func `every default is one of the allowed values`() {
        for setting in catalog.settings where !setting.defaultText.isEmpty {
            #expect(setting.parse(setting.defaultText)?.text == setting.defaultText, "\(setting.name)")
        }
    }

    @Test func `the limits of the chat have one set of defaults`() throws {
        #expect(ChatLimits(try catalog.load()) == ChatLimits())
    }

    @Test func `every setting is documented by sentences`() {
        for setting in catalog.settings {
            #expect(setting.documentation.hasSuffix("."), "\(setting.name)")
            #expect(setting.atLimit.map { $0.hasSuffix(".") } ?? true, "\(setting.name)")
        }
    }

    @Test(arguments: [
        (["--tls-cert", "a.pem"], "tls.certificate and tls.key belong together; give both or neither."),
        (["--history-most", "99"], "chat.history-default must not be larger than chat.history-most."),
        (
            ["--max-payload", "99999"],
            "socketio.max-payload-before-join must not be larger than socketio.max-payload."
        ),
    ])
    func `settings that contradict each other are refused`(arguments: [String], sentence: String) {
        #expect(throws: SettingsError(sentence)) { try catalog.load(arguments: arguments) }
    }

    @Test(arguments: [
        ("127.0.0.1:8000", ListenAddress.tcp(host: "127.0.0.1", port: 8000)),
        ("[::1]:0", .tcp(host: "::1", port: 0)), ("chat.example:65535", .tcp(host: "chat.example", port: 65_535)),
        ("unix:/run/parley.sock", .unix(path: "/run/parley.sock")),
    ])
    func `an address to listen on is written as it is read`(text: String, address: ListenAddress) {
        #expect(ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: ["", "8000", ":8000", "::1:8000", "[::1]", "a:65536", "a:-1", "a:+1", "a:", "unix:", "a:8000/"])
    func `what is no address to listen on is refused`(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("sqlite:chat.db", "chat.db"), ("sqlite:///chat.db", "chat.db"), ("sqlite:////var/chat.db", "/var/chat.db"),
        ("sqlite:/var/chat.db", "/var/chat.db"),
    ])
    func `a database is named by an SQLite URL`(text: String, path: String) throws {
        #expect(try catalog.load(environment: ["DATABASE_URL": text])[AppSettings.databaseURL] == path)
    }

    @Test(arguments: ["sqlite:", "sqlite://host/db", "postgresql://u:p@h/db", "chat.db", "sqlite:///"])
    func `any other database is refused`(text: String) {
        #expect(throws: SettingsError.self) { try catalog.load(environment: ["DATABASE_URL": text]) }
    }

    @Test func `origins are compared in lower case`() throws {
        let settings = try catalog.load(arguments: ["--cors-origins", "HTTPS://Chat.Example:8443, http://[::1]:3000,*"])
        #expect(settings[AppSettings.corsOrigins] == ["https://chat.example:8443", "http://[::1]:3000", "*"])
    }

    @Test(arguments: [
        "chat.example", "https://", "https://a/", "https://a/b", "https://a@b", "ftp://a", "https://*.a", "null",
    ])
    func `what is no origin is refused`(text: String) {
        #expect(throws: SettingsError.self) { try catalog.load(arguments: ["--cors-origins", text]) }
    }

    @Test func `trusted proxies are address blocks`() throws {
        let proxies = try catalog.load(arguments: ["--trusted-proxies", "10.0.0.0/8,::1"])[AppSettings.trustedProxies]
        #expect(proxies == [CIDR("10.0.0.0/8"), CIDR("::1/128")])
        #expect(throws: SettingsError.self) { try catalog.load(arguments: ["--trusted-proxies", "10.0.0.0/33"]) }
        #expect(try catalog.load()[AppSettings.trustedProxies] == [])
    }

    @Test func `the signing secret is taken from its aliases in order`() throws {
        let variables = [
            "SECRET_KEY": "a7Gv-0pQz-93Lm-Xw2e", "TOKEN_SECRET": "b7Gv-0pQz-93Lm-Xw2e",
            "JWT_SECRET": "c7Gv-0pQz-93Lm-Xw2e",
        ]
        #expect(try catalog.load(environment: variables)[AppSettings.signingSecret] == "c7Gv-0pQz-93Lm-Xw2e")
    }
}
