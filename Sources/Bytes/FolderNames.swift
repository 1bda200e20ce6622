#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why the system did not list a folder: a code of `errno`.
public struct FolderError: Error, Equatable, Sendable {
    public let code: Int32
}

/// What lies in folders.
public enum FolderNames {
    /// The names in a folder, in no order, without `.` and `..` and those that are not UTF-8.
    public static func read(_ path: String) throws(FolderError) -> [String] {
        guard let folder = opendir(path) else { throw FolderError(code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(folder) {
            // In place: an entry ends with its name, and a copy of all 256 bytes would read past it.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name, name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FolderError(code: errno) }
        return names
    }
}
