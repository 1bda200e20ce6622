import SQLite

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Copies of a database of one moment, made while somebody else may write it.
enum DatabaseCopy {
    /// Copies what is committed now into one new file, without what was deleted.
    static func make(of source: String, at target: String) throws(BackupError) {
        guard DiskFile.exists(source) else { throw .noDatabase(path: source) }
        // Made first, so that nobody else may ever read it; the database fills a file that is empty.
        close(try DiskFile.create(target))
        do throws(SQLiteError) {
            let database = try Database(path: source, DatabaseOptions(isReadOnly: true))
            try database.run("VACUUM INTO ?", .text(target))
        } catch {
            DiskFile.remove(target)
            throw .database(path: source, error)
        }
        DiskFile.sync(target)
    }

    /// Keeps a database as it is before it is changed for good, beside it and under its version: `parley.db.v2.bak`.
    static func keep(_ database: Database, path: String, version: Int64) throws(SQLiteError) {
        let (target, draft) = ("\(path).v\(version).bak", "\(path).v\(version).bak.part")
        DiskFile.remove(draft)
        do throws(BackupError) {
            close(try DiskFile.create(draft))
        } catch {
            throw SQLiteError(kind: .readOnly)
        }
        do throws(SQLiteError) {
            try database.run("VACUUM INTO ?", .text(draft))
        } catch {
            DiskFile.remove(draft)
            throw error
        }
        DiskFile.sync(draft)
        do throws(BackupError) { try DiskFile.move(draft, to: target) } catch { throw SQLiteError(kind: .readOnly) }
    }
}
