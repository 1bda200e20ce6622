import Settings
import Testing

private let port = Setting(
    "server.port", key: "port", .integer(0...65_535), default: 10_000, aliases: ["PORT"], "The port.")
private let host = Setting("server.host", key: "host", .text, default: "127.0.0.1", aliases: ["HOST"], "The host.")
private let origins = Setting(
    "server.origins", key: "cors-origins", .list("origins", of: .text), default: [], aliases: ["CORS_ORIGINS"], "Pages."
)
private let signing = Setting(
    "secrets.signing", key: "signing-secret", .optional(.secret(minimumBytes: 16)), default: nil,
    aliases: ["JWT_SECRET", "SECRET_KEY"], "Signs.")
private let length = Setting(
    "chat.length", key: "message-length", .integer(1...100_000), default: 5000, "The longest message.",
    atLimit: "It is refused.")

private let catalog = SettingsCatalog(
    [.init("Server", [port, host, origins, signing]), .init("Chat", [length])],
    foreignVariables: [
        .init("MONGO_URL", .refused, "MONGO_URL is of another server; run `parley import`."),
        .init("OTHER_MINUTES", .ignored, "OTHER_MINUTES has no effect."),
    ],
    check: { $0[port] == 1 && $0[length] == 1 ? "Not both may be 1." : nil })

@Suite struct SettingsLoadTests {
    private func load(
        _ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil
    ) throws -> Settings {
        try catalog.load(arguments: arguments, environment: environment) { path throws(SettingsError) in
            guard let file else { throw SettingsError("There is no file \(path).") }
            return file
        }
    }

    private func refusal(
        _ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil
    ) -> String {
        do {
            _ = try load(arguments, environment, file: file)
            return "(accepted)"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a flag goes before the own variable, the alias, the file and the default`() throws {
        let environment = ["PARLEY_PORT": "2", "PORT": "3", "PARLEY_CONFIG": "f"]
        let file = "# comment\n\n server.port = 4 \r\nchat.length=7\n"
        #expect(try load(["--port", "1"], environment, file: file)[port] == 1)
        #expect(try load([], environment, file: file)[port] == 2)
        #expect(try load([], ["PORT": "3", "PARLEY_CONFIG": "f"], file: file)[port] == 3)
        let settings = try load(["--config=f"], [:], file: file)
        #expect(settings[port] == 4)
        #expect(settings.source(of: port) == .file(path: "f", line: 3))
        #expect(settings[length] == 7)
        #expect(try load()[port] == 10_000)
        #expect(try load().source(of: port) == .default)
    }

    @Test func `an empty variable counts as none`() throws {
        #expect(try load([], ["PARLEY_PORT": "", "PORT": "8000"])[port] == 8000)
    }

    @Test func `a list may be given in pieces`() throws {
        #expect(try load(["--cors-origins", "a,b", "--cors-origins=c"])[origins] == ["a", "b", "c"])
        #expect(try load(["--config", "f"], file: "server.origins = a\nserver.origins = b")[origins] == ["a", "b"])
    }

    @Test func `a wrong value is refused with what is allowed`() {
        let allowed = "but server.port must be a whole number from 0 to 65535."
        #expect(refusal(["--port", "65536"]) == "--port is '65536', \(allowed)")
        #expect(refusal([], ["PARLEY_PORT": "x\u{1b}"]) == "PARLEY_PORT is 'x?', \(allowed)")
        #expect(refusal([], ["PORT": "-1"]) == "PORT is '-1', \(allowed)")
        #expect(refusal(["--config", "f"], file: "\nserver.port = a") == "line 2 of f is 'a', \(allowed)")
    }

    @Test func `a wrong value is refused even where a better source decides`() {
        #expect(refusal(["--port", "1"], ["PORT": "x"]).hasPrefix("PORT is 'x'"))
    }

    @Test func `a secret is shown nowhere`() throws {
        let weak = "changeme-changeme"
        let sentence = refusal([], ["SECRET_KEY": weak])
        #expect(sentence.hasPrefix("SECRET_KEY is a value of 17 bytes (not shown), but secrets.signing must be"))
        let secret = "q8Zr-41vT-0bXm-L5"
        let settings = try load([], ["JWT_SECRET": secret])
        #expect(settings[signing] == secret)
        #expect(!settings.report.contains(secret))
        #expect(settings.report.contains("********"))
        let listed = settings.listing.first { $0.name == signing.name }
        #expect(listed?.value == "********" && listed?.source == "variable JWT_SECRET" && listed?.isSecret == true)
    }

    @Test func `a secret has no flag`() {
        let sentence =
            "--signing-secret would show a secret to everyone on this machine; set PARLEY_SIGNING_SECRET instead."
        #expect(refusal(["--signing-secret", "q8Zr-41vT-0bXm-L5"]) == sentence)
    }

    @Test func `unknown names are refused with what may be meant`() {
        #expect(refusal(["--prot", "1"]) == "There is no flag '--prot'; did you mean --port?")
        #expect(refusal(["--nothing-like-it", "1"]) == "There is no flag '--nothing-like-it'.")
        #expect(
            refusal([], ["PARLEY_PROT": "1"])
                == "There is no setting for the variable 'PARLEY_PROT'; did you mean PARLEY_PORT?")
        #expect(
            refusal(["--config", "f"], file: "server.prot = 1")
                == "There is no setting 'server.prot' (line 1 of f); did you mean server.port?")
        #expect(refusal(["--config", "f"], file: "config = g").hasPrefix("There is no setting 'config'"))
        #expect(refusal(["serve"]) == "'serve' is no flag; flags begin with two hyphens.")
    }

    @Test func `a flag without a value, a flag twice and a line without a value are refused`() {
        #expect(refusal(["--port"]) == "--port needs a value: a whole number from 0 to 65535.")
        #expect(refusal(["--port", "1", "--port", "2"]) == "--port gives server.port a second time; give it once.")
        #expect(refusal(["--config", "f"], file: "server.port") == "Line 1 of f is not of the form `name = value`.")
        #expect(refusal(["--config", "f"]) == "There is no file f.")
    }

    @Test func `settings that exclude each other are refused`() {
        #expect(refusal(["--port", "1", "--message-length", "1"]) == "Not both may be 1.")
    }

    @Test func `variables of other servers are refused or noted`() throws {
        #expect(refusal([], ["MONGO_URL": "x"]) == "MONGO_URL is of another server; run `parley import`.")
        #expect(try load([], ["MONGO_URL": "", "OTHER_MINUTES": "5"]).notices == ["OTHER_MINUTES has no effect."])
    }

    @Test func `what is switched off is off, and not at its default`() throws {
        let packed = Setting("wire.packed", key: "packed", .orOff(.bytes(0...10)), default: 5, "Packs.")
        let catalog = SettingsCatalog([.init("Wire", [packed])])
        #expect(try catalog.load(arguments: ["--packed", "off"])[packed] == nil)
        #expect(try catalog.load(arguments: ["--packed", "0"])[packed] == 0)
        #expect(try catalog.load()[packed] == 5)
        #expect(try catalog.load().replacing(packed, with: nil)[packed] == nil)
    }

    @Test func `a program may decide by itself`() throws {
        let settings = try load().replacing(port, with: 5)
        #expect(settings[port] == 5)
        #expect(settings.source(of: port) == .program)
    }

    @Test func `the file of settings must be there, small and text`() {
        #expect(throws: SettingsError.self) { try SettingsFile.read("/nonexistent/file") }
        #expect(throws: SettingsError.self) { try SettingsFile.read("/dev/zero") }
        #expect(throws: SettingsError.self) { try SettingsFile.read("/") }
    }
}

@Suite struct SettingsDocumentTests {
    @Test func `no two settings share a name`() {
        #expect(catalog.clashes == [])
        #expect(SettingsCatalog([.init("A", [port, port])]).clashes.contains("PORT"))
    }

    @Test func `the table of settings names every way to set one`() {
        let document = catalog.settingsDocument
        #expect(
            document.contains(
                "| `server.port` | `--port` | `PARLEY_PORT`, `PORT` | `10000` | The port. "
                    + "Allowed: a whole number from 0 to 65535. |"))
        #expect(document.contains("| `secrets.signing` | none: a secret | `PARLEY_SIGNING_SECRET`, `JWT_SECRET`"))
        #expect(document.contains("| `MONGO_URL` | refused |"))
    }

    @Test func `the table of limits has the limits alone`() {
        #expect(catalog.limitsDocument.contains("| The longest message. | `chat.length` | `5000` | It is refused. |"))
        #expect(!catalog.limitsDocument.contains("server.port"))
        #expect(!catalog.limitsDocument.contains("## Server"))
    }

    @Test func `the report names value and source of each setting`() throws {
        let settings = try catalog.load(arguments: ["--port", "1"], environment: ["HOST": "::1"])
        let lines = settings.report.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("server.port 1 flag --port"))
        #expect(lines.contains("server.host ::1 variable HOST"))
        #expect(lines.contains("chat.length 5000 default"))
        #expect(lines.contains("secrets.signing - default"))
    }

    @Test func `the help names each flag with its default`() {
        #expect(catalog.flagsHelp.contains("  --port VALUE\n      The port.\n"))
        #expect(catalog.flagsHelp.contains("Default: 10000."))
        #expect(catalog.flagsHelp.contains("  PARLEY_SIGNING_SECRET\n"))
    }
}
