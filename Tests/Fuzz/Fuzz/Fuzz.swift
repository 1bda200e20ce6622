import CLibFuzzer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Feeds one parser with what libFuzzer makes up: `Fuzz PARSER [flags of libFuzzer] CORPUS …`; alone it lists them.
///
/// Each target takes any bytes and traps where the parser breaks a promise.
@main
struct Fuzz {
    static let targets: [(name: String, run: @Sendable (borrowing RawSpan) -> Void)] = [
        ("engineio", fuzzEngineIO), ("fernet", fuzzFernet), ("fields", fuzzFields), ("http", fuzzHTTP),
        ("json", fuzzJSON), ("jwt", fuzzJWT), ("media", fuzzMedia), ("multipart", fuzzMultipart),
        ("response", fuzzResponse), ("settings", fuzzSettings),
        ("socketio", fuzzSocketIO),
        ("websocket", fuzzWebSocket),
    ]

    // Written once, before libFuzzer's loop begins on the same thread.
    nonisolated(unsafe) static var chosen: @Sendable (borrowing RawSpan) -> Void = { _ in }

    static func main() {
        var arguments = CommandLine.arguments
        guard arguments.count > 1, let target = targets.first(where: { $0.name == arguments[1] }) else {
            return print(targets.map(\.name).joined(separator: "\n"))
        }
        arguments.remove(at: 1)
        chosen = target.run
        var count = Int32(arguments.count)
        let words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() { words[index] = strdup(argument) }
        words[arguments.count] = nil
        var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words
        exit(
            LLVMFuzzerRunDriver(&count, &start) { data, size in
                let bytes = UnsafeRawBufferPointer(start: data, count: size)
                Fuzz.chosen(bytes.bytes)
                return 0
            })
    }
}
