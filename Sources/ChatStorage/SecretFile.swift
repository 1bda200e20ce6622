import Bytes
import Cryptography
import EventLoops

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads and makes files that only their owner may read.
enum SecretFile {
    struct Contents {
        let bytes: [UInt8]
        let notices: [String]
    }

    /// `nil` where there is no file.
    static func contents(of path: String, largest: Int) throws(SecretsError) -> Contents? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path)
        }
        defer { close(file) }
        let notices = try protect(file, path)
        guard let bytes = Descriptor.readAll(file, atMost: largest + 1), bytes.count <= largest else {
            throw .unreadable(path: path)
        }
        return Contents(bytes: bytes, notices: notices)
    }

    /// Makes the file with all of `bytes` or not at all; `false` where there is one already.
    static func create(_ path: String, _ bytes: [UInt8]) throws(SecretsError) -> Bool {
        let folder = folder(of: path)
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else { throw .notWritable(path: path) }
        // A sticky folder, like that for temporary files, keeps others from replacing the file.
        guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
            throw .folderWritableByOthers(path: folder)
        }
        let draft = "\(path).\(Hex.encode(SecureRandom().bytes(8))).new"
        defer { unsafe unlink(draft) }
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .notWritable(path: path) }
        let isWritten = Descriptor.writeAll(bytes, to: file) && fsync(file) == 0
        close(file)
        guard isWritten else { throw .notWritable(path: path) }
        // Unlike a rename, a link leaves a file alone that is there.
        guard unsafe link(draft, path) == 0 else {
            if errno == EEXIST { return false }
            throw .notWritable(path: path)
        }
        sync(folder)
        return true
    }

    static func remove(_ path: String) { unsafe unlink(path) }

    /// Gives a file a name that another may have, which is gone then.
    static func move(_ path: String, to target: String) throws(SecretsError) {
        #if canImport(Glibc)
        let code = unsafe Glibc.rename(path, target)
        #else
        let code = unsafe Darwin.rename(path, target)
        #endif
        guard code == 0 else { throw .notWritable(path: target) }
        sync(folder(of: target))
    }

    /// Takes the file away from others; gives a notice where they could read or write it.
    private static func protect(_ file: Int32, _ path: String) throws(SecretsError) -> [String] {
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path)
        }
        guard status.st_mode & 0o077 != 0 else { return [] }
        guard fchmod(file, 0o600) == 0 else { throw .readableByOthers(path: path) }
        return ["Other users could read the key file \(path); it is private now, but what they have read stays read."]
    }

    /// Makes the new name in the folder durable.
    private static func sync(_ folder: String) {
        let file = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
