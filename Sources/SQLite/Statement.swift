internal import CSQLite

/// A prepared statement of one connection; used by that connection's thread only.
final class Statement {
    private let handle: OpaquePointer

    init(_ sql: UnsafePointer<CChar>, connection: OpaquePointer) throws(SQLiteError) {
        var made: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let made else { throw SQLiteError(code: sqlite3_extended_errcode(connection)) }
        handle = made
    }

    deinit { sqlite3_finalize(handle) }

    /// Binds the parameters from the first.
    func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = bind(value, at: index)
            guard code == SQLITE_OK else { throw SQLiteError(code: code) }
        }
    }

    /// `true` where there is a row.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError(code: failure(code))
        }
    }

    /// Makes the statement ready to be bound and run again.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
        case .text(let text): sqlite3_bind_text(handle, index, text, Int32(clamping: text.utf8.count), Self.copies)
        case .utf8(let bytes):
            // A null pointer would be bound as NULL.
            (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { letters in
                let start = letters.bindMemory(to: CChar.self).baseAddress
                return sqlite3_bind_text(handle, index, start, Int32(clamping: bytes.count), Self.copies)
            }
        case .blob(let bytes):
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob(handle, index, bytes, Int32(clamping: bytes.count), Self.copies)
        }
    }

    private func failure(_ code: Int32) -> Int32 {
        let extended = sqlite3_extended_errcode(sqlite3_db_handle(handle))
        return extended & 0xff == code & 0xff ? extended : code
    }

    /// `SQLITE_TRANSIENT`: the library copies the value before the call returns.
    private static let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func integer(at column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    func isNull(at column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    func text(at column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func blob(at column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func withBytes<R>(at column: Int, _ body: (RawSpan) -> R) -> R {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return body(RawSpan()) }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return body(RawSpan(_unsafeStart: start, byteCount: count))
    }
}

/// One row of a result, good until the closure that it was given to returns.
public struct Row {
    let statement: Statement

    /// The number in a column, from 0.
    public func integer(_ column: Int) -> Int64 { statement.integer(at: column) }
    /// The text in a column, from 0.
    public func text(_ column: Int) -> String { statement.text(at: column) }
    /// The bytes in a column, from 0.
    public func blob(_ column: Int) -> [UInt8] { statement.blob(at: column) }
    /// Lends the bytes in a column, from 0; none where it has no value.
    public func withBytes<R>(_ column: Int, _ body: (RawSpan) -> R) -> R { statement.withBytes(at: column, body) }
    /// Whether a column, from 0, has no value.
    public func isNull(_ column: Int) -> Bool { statement.isNull(at: column) }
    /// `nil` for NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
}
