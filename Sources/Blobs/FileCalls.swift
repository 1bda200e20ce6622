import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a folder of files asks of the system; each fails with a `BlobError`. Tests let any of them fail.
protocol FileCalls: Sendable {
    func makeFolder(_ path: String) throws(BlobError)
    /// A new file that only its owner may read.
    func create(_ path: String) throws(BlobError) -> Int32
    func open(_ path: String) throws(BlobError) -> Int32
    func size(of file: Int32) throws(BlobError) -> Int
    func write(_ bytes: [UInt8], to file: Int32) throws(BlobError)
    func read(_ file: Int32, at offset: Int, count: Int) throws(BlobError) -> [UInt8]
    func sync(_ file: Int32) throws(BlobError)
    func close(_ file: Int32) throws(BlobError)
    func rename(_ path: String, to other: String) throws(BlobError)
    func remove(_ path: String) throws(BlobError)
    /// The names in a folder, in no order.
    func names(in path: String) throws(BlobError) -> [String]
}

extension FileCalls {
    /// Makes the names in a folder durable.
    func syncFolder(_ path: String) throws(BlobError) {
        let folder = try open(path)
        defer { try? close(folder) }
        try sync(folder)
    }
}

/// The system's own.
struct SystemFileCalls: FileCalls {
    func makeFolder(_ path: String) throws(BlobError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw BlobError("making a folder", code: errno) }
    }

    func create(_ path: String) throws(BlobError) -> Int32 {
        #if canImport(Glibc)
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #else
        let file = Darwin.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #endif
        guard file >= 0 else { throw BlobError("making a file", code: errno) }
        return file
    }

    func open(_ path: String) throws(BlobError) -> Int32 {
        #if canImport(Glibc)
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        #else
        let file = Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        #endif
        guard file >= 0 else { throw BlobError("opening a file", code: errno) }
        return file
    }

    func size(of file: Int32) throws(BlobError) -> Int {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw BlobError("reading a file's size", code: errno) }
        return Int(status.st_size)
    }

    func write(_ bytes: [UInt8], to file: Int32) throws(BlobError) {
        guard Descriptor.writeAll(bytes, to: file) else { throw BlobError("writing a file", code: errno) }
    }

    func read(_ file: Int32, at offset: Int, count: Int) throws(BlobError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            while used < count {
                let done = pread(file, buffer.baseAddress.map { $0 + used }, count - used, off_t(offset + used))
                if done > 0 {
                    used += done
                } else if done == 0 {
                    return
                } else if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        guard code == 0 else { throw BlobError("reading a file", code: code) }
        return bytes
    }

    func sync(_ file: Int32) throws(BlobError) {
        guard fsync(file) == 0 else { throw BlobError("making a file durable", code: errno) }
    }

    func close(_ file: Int32) throws(BlobError) {
        // After an interruption the descriptor is gone, too.
        #if canImport(Glibc)
        let code = Glibc.close(file)
        #else
        let code = Darwin.close(file)
        #endif
        guard code == 0 || errno == EINTR else { throw BlobError("closing a file", code: errno) }
    }

    func rename(_ path: String, to other: String) throws(BlobError) {
        #if canImport(Glibc)
        let code = Glibc.rename(path, other)
        #else
        let code = Darwin.rename(path, other)
        #endif
        guard code == 0 else { throw BlobError("naming a file", code: errno) }
    }

    func remove(_ path: String) throws(BlobError) {
        guard unlink(path) == 0 else { throw BlobError("removing a file", code: errno) }
    }

    func names(in path: String) throws(BlobError) -> [String] {
        do { return try FolderNames.read(path) } catch { throw BlobError("listing a folder", code: error.code) }
    }
}
