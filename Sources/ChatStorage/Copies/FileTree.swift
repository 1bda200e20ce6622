import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder with what lies in it.
enum FileTree {
    /// The paths of the files below a folder, as seen from there, in order; none where there is no folder. Links are left
    /// out: they would lead elsewhere.
    static func files(below folder: String) -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let part = waiting.popLast() {
            for entry in entries(of: part.isEmpty ? folder : "\(folder)/\(part)") {
                let path = part.isEmpty ? entry : "\(part)/\(entry)"
                switch kind(of: "\(folder)/\(path)") {
                case S_IFDIR: waiting.append(path)
                case S_IFREG: found.append(path)
                default: break
                }
            }
        }
        return found.sorted()
    }

    /// Gives every file of a folder a second name below another, or copies it where that is on another disk. Files that go
    /// meanwhile are left out, and those that are still being written; those that are there already are left alone.
    static func link(_ folder: String, to target: String) throws(BackupError) {
        for path in files(below: folder) where !path.hasSuffix(unfinished) {
            let (source, copy) = ("\(folder)/\(path)", "\(target)/\(path)")
            if DiskFile.exists(copy) { continue }
            try DiskFile.makeFolder(DiskFile.folder(of: copy))
            if makeLink(source, copy) == 0 || errno == ENOENT { continue }
            do throws(BackupError) {
                try DiskFile.copy(source, to: copy)
            } catch {
                guard case .missing = error else { throw error }
                DiskFile.remove(copy)
            }
        }
    }

    /// How the names of files end that are still being written; finished ones never change.
    private static let unfinished = ".part"

    private static func makeLink(_ source: String, _ target: String) -> Int32 {
        #if canImport(Glibc)
        unsafe Glibc.link(source, target)
        #else
        unsafe Darwin.link(source, target)
        #endif
    }

    /// Removes a folder with all that lies in it.
    static func remove(_ folder: String) {
        for entry in entries(of: folder) {
            let path = "\(folder)/\(entry)"
            if kind(of: path) == S_IFDIR { remove(path) } else { DiskFile.remove(path) }
        }
        unsafe rmdir(folder)
    }

    private static func kind(of path: String) -> mode_t {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return 0 }
        return status.st_mode & S_IFMT
    }

    /// None where the folder cannot be listed.
    private static func entries(of folder: String) -> [String] { (try? FolderNames.read(folder)) ?? [] }
}
