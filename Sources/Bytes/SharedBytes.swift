/// Immutable bytes with one owner count: framed once, queued by reference on many connections.
///
/// The header and the bytes are one allocation. A value is one reference wide.
public struct SharedBytes: @unchecked Sendable {
    // Sendable because the bytes are written only inside `init(count:initializingWith:)`, before anyone else sees them.
    @usableFromInline
    final class Storage: ManagedBuffer<Int, UInt8> {}

    @usableFromInline
    let storage: Storage

    /// Makes `count` bytes and lets `fill` write every one of them.
    @inlinable
    public init(count: Int, initializingWith fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let made = Storage.create(minimumCapacity: count) { _ in count }
        made.withUnsafeMutablePointerToElements { start in
            fill(UnsafeMutableRawBufferPointer(start: start, count: count))
        }
        storage = unsafeDowncast(made, to: Storage.self)
    }

    /// Copies `bytes`.
    @inlinable
    public init(_ bytes: RawSpan) {
        self.init(count: bytes.byteCount) { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// Copies `bytes`.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Copies the UTF-8 of `text`.
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// How many bytes there are.
    @inlinable
    public var count: Int { storage.header }

    /// The bytes, for as long as `self` lives.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let start = storage.withUnsafeMutablePointerToElements { UnsafeRawPointer($0) }
            let span = RawSpan(_unsafeStart: start, byteCount: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// Lends the bytes to `body`.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let start = storage.withUnsafeMutablePointerToElements { UnsafeRawPointer($0) }
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A copy with an owner count of its own, for another thread: two cores counting one reference cost more than a
    /// copy of a small frame.
    public func copied() -> SharedBytes { SharedBytes(bytes) }

    /// A copy as an array.
    public var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension SharedBytes: Equatable {
    public static func == (a: SharedBytes, b: SharedBytes) -> Bool {
        a.storage === b.storage || a.withUnsafeBytes { x in b.withUnsafeBytes { y in x.elementsEqual(y) } }
    }
}
