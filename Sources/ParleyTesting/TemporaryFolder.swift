import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A new folder for one test; gone, with the files in it, when the value is.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() {
        var template = Array("/tmp/parley-test-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template) != nil
        precondition(made, "a folder for the test")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { removeAll() }

    /// Removes the folder now.
    public func removeAll() {
        for name in names { unsafe unlink(file(name)) }
        unsafe rmdir(path)
    }

    /// The path of a file in the folder.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The names of the files in the folder, in order.
    public var names: [String] { ((try? FolderNames.read(path)) ?? []).sorted() }

    /// The bytes of a file; empty where there is none.
    public func bytes(of name: String) -> [UInt8] {
        let descriptor = unsafe open(file(name), O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &piece, piece.count)
            guard count > 0 else { return all }
            all += piece[..<count]
        }
    }

    /// Writes a file of these bytes.
    public func put(_ bytes: [UInt8], in name: String, mode: UInt32 = 0o600) {
        let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_TRUNC, mode_t(mode))
        let count = unsafe write(descriptor, bytes, bytes.count)
        precondition(count == bytes.count, "a file of the test")
        fchmod(descriptor, mode_t(mode))
        close(descriptor)
    }

    public func remove(_ name: String) { unsafe unlink(file(name)) }

    /// Gives a file another name; what had that name before is gone.
    public func rename(_ name: String, to other: String) {
        #if canImport(Glibc)
        let code = unsafe Glibc.rename(file(name), file(other))
        #else
        let code = unsafe Darwin.rename(file(name), file(other))
        #endif
        precondition(code == 0, "a file of the test")
    }

    /// The permission bits of a file.
    public func mode(of name: String) -> UInt32 {
        var status = stat()
        unsafe stat(file(name), &status)
        return UInt32(status.st_mode) & 0o777
    }
}
