public import JSON

/// What somebody on the server's machine asks for: `parley user …` and `parley room …`.
///
/// Over the socket it is one line, `{"command":"user.show","arguments":{"user":"ann"}}`; the answer is one line as well,
/// what there is to be said or `{"error":{"code","message","field"?}}`.
public struct ConsoleRequest: Sendable {
    /// Such as `user.list`.
    public let command: String
    public let arguments: JSONValue

    public init(_ command: String, _ arguments: [JSONValue.Member] = []) {
        self.command = command
        self.arguments = .object(arguments)
    }

    /// `nil` where the line is no request.
    init?(line: [UInt8]) {
        guard let json = try? JSONParser.parse(line), let command = json["command"]?.stringValue else { return nil }
        self.command = command
        arguments = json["arguments"] ?? .object([])
    }

    var line: [UInt8] {
        JSONPrinter.text(of: ["command": .string(command), "arguments": arguments]) + [UInt8(ascii: "\n")]
    }

    /// How long a line may be, in bytes.
    static let longest = 65_536
}
