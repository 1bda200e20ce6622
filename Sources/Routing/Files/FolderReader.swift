import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads folders once, at start. Every `unsafe` here is a call of the C library with memory that this file owns.
public enum FolderReader {
    /// The files below `folder` as texts, by their names from there on: `Templates` takes them. Left out is what
    /// `StaticFiles` leaves out. Default: at most 1,000 files, of 1 MiB each.
    public static func texts(
        in folder: String, maximumCount: Int = 1000, maximumBytes: Int = 1 << 20
    ) throws(StaticFilesError) -> [String: String] {
        var texts: [String: String] = [:]
        for file in try list(folder, maximumCount: maximumCount) {
            var bytes: [UInt8] = []
            try read(file.path) { piece in
                if bytes.count <= maximumBytes { bytes += piece }
            }
            guard bytes.count <= maximumBytes, let text = String(validating: bytes, as: UTF8.self) else {
                throw .noText(file.path, limit: maximumBytes)
            }
            texts[file.name] = text
        }
        return texts
    }

    struct File {
        /// From the folder on: `css/base.css`.
        let name: String
        /// Where it is, with links followed.
        let path: String
    }

    /// The regular files below `folder`, sorted by name.
    ///
    /// Left out: names that begin with a dot or are not UTF-8, links that lead out of the folder, links to folders, and
    /// everything that is neither file nor folder.
    static func list(_ folder: String, maximumCount: Int) throws(StaticFilesError) -> [File] {
        guard let root = resolve(folder) else { throw .unreadable(folder) }
        var files: [File] = []
        var waiting = [""]
        while let prefix = waiting.popLast() {
            for name in try entries(of: root + "/" + prefix) {
                let relative = prefix + name
                let path = root + "/" + relative
                switch kind(path) {
                case S_IFDIR: waiting.append(relative + "/")
                case S_IFREG: files.append(File(name: relative, path: path))
                case S_IFLNK:
                    guard let target = resolve(path), target.hasPrefix(root + "/"), kind(target) == S_IFREG else {
                        break
                    }
                    files.append(File(name: relative, path: target))
                default: break
                }
                if files.count > maximumCount { throw .tooManyFiles(limit: maximumCount) }
            }
        }
        return files.sorted { $0.name < $1.name }
    }

    /// Calls `body` with each piece of the file.
    static func read(_ path: String, _ body: (ArraySlice<UInt8>) -> Void) throws(StaticFilesError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Descriptor.read(descriptor, into: &buffer)
            guard count >= 0 else { throw .unreadable(path) }
            if count == 0 { return }
            body(buffer[..<count])
        }
    }

    private static func entries(of folder: String) throws(StaticFilesError) -> [String] {
        do {
            return try FolderNames.read(folder).filter { !$0.hasPrefix(".") }
        } catch {
            throw .unreadable(folder)
        }
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The path with all links followed.
    private static func resolve(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(validatingCString: resolved)
    }
}
