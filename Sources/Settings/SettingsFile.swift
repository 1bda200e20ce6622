import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file of settings: one `name = value` a line.
public enum SettingsFile {
    /// The most bytes that a file may have.
    static let limit = 1 << 20

    struct Line: Equatable {
        var number: Int
        var name: String
        var value: String
    }

    /// The text of the file at `path`.
    public static func read(_ path: String) throws(SettingsError) -> String {
        guard let bytes = bytes(of: path) else {
            throw SettingsError(
                "The settings file \(SettingsError.shown(path)) cannot be read; check the path and its rights.")
        }
        guard bytes.count <= limit else {
            throw SettingsError("The settings file \(SettingsError.shown(path)) is larger than \(limit) bytes.")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError("The settings file \(SettingsError.shown(path)) is not UTF-8.")
        }
        return text
    }

    static func lines(_ text: String, path: String) throws(SettingsError) -> [Line] {
        var lines: [Line] = []
        let pieces = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, piece) in pieces.enumerated() {
            let line = piece.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let equals = line.firstIndex(of: "=") else {
                throw SettingsError("Line \(index + 1) of \(path) is not of the form `name = value`.")
            }
            let value = line[line.index(after: equals)...].trimmed
            lines.append(Line(number: index + 1, name: String(line[..<equals].trimmed), value: String(value)))
        }
        return lines
    }

    /// At most one byte more than the limit; `nil` where the file cannot be read.
    private static func bytes(of path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return Descriptor.readAll(descriptor, atMost: limit + 1)
    }
}
