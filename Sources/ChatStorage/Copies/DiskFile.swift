import Bytes
import Cryptography

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files and folders that only their owner may read. What is written here has reached the disk.
enum DiskFile {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// How many bytes a file has; `nil` where there is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Int(status.st_size)
    }

    /// The folder that a path lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a folder, and those above it.
    static func makeFolder(_ path: String) throws(BackupError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made == "/" ? part : "/\(part)"
            guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST else { throw .notWritable(path: made) }
        }
    }

    /// A new file of these bytes; refused where there is one.
    static func write(_ bytes: [UInt8], to path: String) throws(BackupError) {
        let file = try create(path)
        defer { close(file) }
        guard Descriptor.writeAll(bytes, to: file), fsync(file) == 0 else { throw .notWritable(path: path) }
    }

    /// An empty new file.
    static func create(_ path: String) throws(BackupError) -> Int32 {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw errno == EEXIST ? .exists(path: path) : .notWritable(path: path) }
        return file
    }

    /// What a small file holds.
    static func contents(of path: String, largest: Int) throws(BackupError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path) }
        defer { close(file) }
        guard let bytes = Descriptor.readAll(file, atMost: largest + 1), bytes.count <= largest else {
            throw .unreadable(path: path)
        }
        return bytes
    }

    /// Gives each piece of a file to `body`.
    private static func read(_ path: String, _ body: ([UInt8]) throws(BackupError) -> Void) throws(BackupError) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path) }
        defer { close(file) }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Descriptor.read(file, into: &piece)
            guard count >= 0 else { throw .unreadable(path: path) }
            if count == 0 { return }
            try body(count == piece.count ? piece : Array(piece[..<count]))
        }
    }

    static func digest(of path: String) throws(BackupError) -> FileDigest {
        let hash = try HashedBytes()
        try read(path) { (piece) throws(BackupError) in try hash.add(piece) }
        return try hash.digest()
    }

    /// Copies to a new file and says what was copied.
    @discardableResult
    static func copy(_ path: String, to target: String) throws(BackupError) -> FileDigest {
        let hash = try HashedBytes()
        let file = try create(target)
        defer { close(file) }
        try read(path) { (piece) throws(BackupError) in
            guard Descriptor.writeAll(piece, to: file) else { throw .notWritable(path: target) }
            try hash.add(piece)
        }
        guard fsync(file) == 0 else { throw .notWritable(path: target) }
        return try hash.digest()
    }

    static func move(_ path: String, to target: String) throws(BackupError) {
        #if canImport(Glibc)
        let code = unsafe Glibc.rename(path, target)
        #else
        let code = unsafe Darwin.rename(path, target)
        #endif
        guard code == 0 else { throw .notWritable(path: target) }
        sync(folder(of: path))
        sync(folder(of: target))
    }

    /// Brings a file's content, or a folder's names, onto the disk.
    static func sync(_ path: String) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    static func remove(_ path: String) { unsafe unlink(path) }
}

/// The length of a file and the SHA-256 of its bytes, in hexadecimal.
struct FileDigest: Equatable {
    let count: Int
    let sha256: String
}

/// Adds up what a file holds.
final class HashedBytes {
    private let stream: SHA256Stream
    private var count = 0

    init() throws(BackupError) {
        do { stream = try SHA256Stream() } catch { throw .cryptography(error.description) }
    }

    func add(_ piece: [UInt8]) throws(BackupError) {
        do { try unsafe stream.add(piece.span.bytes) } catch { throw .cryptography(error.description) }
        count += piece.count
    }

    func digest() throws(BackupError) -> FileDigest {
        do {
            return FileDigest(count: count, sha256: Hex.encode(try stream.finish()))
        } catch {
            throw .cryptography(error.description)
        }
    }
}
