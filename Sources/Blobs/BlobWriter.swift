import Bytes
import Cryptography

/// One file on its way to the disk. A call returns when the disk's thread has done it, so that whoever waits for it is as
/// slow as the disk.
///
///     let writer = try await folder.create(key: roomKey)
///     while let piece = try await body.next() { try await writer.write(piece) }
///     let size = try await writer.finish()         // durable from here on
///
/// A writer that is let go of before it has finished leaves nothing.
public final class BlobWriter: Sendable {
    public let id: BlobID
    private let folder: BlobFolder
    private let state: Locked<State>

    /// What is written, until that has ended. Touched under the lock.
    private final class State: @unchecked Sendable {
        // Sendable because it is made once and reached through the lock only.
        let file: Int32
        var sealer: FileSealer?
        var count = 0

        init(file: Int32, sealer: consuming FileSealer) {
            self.file = file
            self.sealer = consume sealer
        }
    }

    /// Makes the file; on a thread that may block.
    init(_ id: BlobID, key: FernetKey, in folder: BlobFolder) throws(BlobError) {
        self.id = id
        self.folder = folder
        let sealer: FileSealer
        do throws(SealedFileError) { sealer = try FileSealer(key: key) } catch { throw Self.mapped(error) }
        let header = sealer.header
        try folder.makeFolder(of: id)
        let file = try folder.calls.create(Self.draft(id, folder))
        state = Locked(State(file: file, sealer: sealer))
        try step { () throws(BlobError) in try folder.calls.write(header, to: file) }
    }

    deinit {
        state.withLock { state in
            guard state.sealer != nil else { return }
            state.sealer = nil
            let (folder, path, file) = (folder, Self.draft(id, folder), state.file)
            folder.runLater { Self.giveUp(file, path, folder) }
        }
    }

    /// Takes the next bytes of the file. After an error the file is gone, and every further call throws.
    public nonisolated(nonsending) func write(_ bytes: [UInt8]) async throws(BlobError) {
        try await folder.run { [self] () throws(BlobError) in
            try step { () throws(BlobError) in
                try state.withLock { state throws(BlobError) in
                    guard state.sealer != nil else { throw .ended }
                    let sealed: [UInt8]
                    do throws(SealedFileError) {
                        sealed = try state.sealer?.push(bytes.span.bytes) ?? []
                    } catch { throw Self.mapped(error) }
                    if !sealed.isEmpty { try folder.calls.write(sealed, to: state.file) }
                    state.count += bytes.count
                }
            }
        }
    }

    /// Makes the file durable and gives it its name; says how many plain bytes it has.
    @discardableResult
    public nonisolated(nonsending) func finish() async throws(BlobError) -> Int {
        try await folder.run { [self] () throws(BlobError) in
            try step { () throws(BlobError) in try complete() }
        }
    }

    /// Gives the file up. One that has finished stays.
    public nonisolated(nonsending) func discard() async {
        try? await folder.run { [self] () throws(BlobError) in abandon() }
    }

    private func complete() throws(BlobError) -> Int {
        let (path, draft) = (folder.file(id), Self.draft(id, folder))
        return try state.withLock { state throws(BlobError) in
            guard state.sealer != nil else { throw .ended }
            do throws(BlobError) {
                try folder.calls.write(Self.last(&state.sealer), to: state.file)
                try folder.calls.sync(state.file)
            } catch {
                Self.giveUp(state.file, draft, folder)
                throw error
            }
            try name(draft, path, closing: state.file)
            return state.count
        }
    }

    /// A sync that failed is never tried again: what it was for may be lost already. So the file goes.
    private func name(_ draft: String, _ path: String, closing file: Int32) throws(BlobError) {
        do throws(BlobError) { try folder.calls.close(file) } catch {
            try? folder.calls.remove(draft)
            throw error
        }
        do throws(BlobError) {
            try folder.calls.rename(draft, to: path)
            try folder.makeDurable(id)
        } catch {
            try? folder.calls.remove(draft)
            try? folder.calls.remove(path)
            throw error
        }
    }

    /// Does one step; where it fails, the file is given up.
    private func step<T>(_ body: () throws(BlobError) -> T) throws(BlobError) -> T {
        do throws(BlobError) {
            return try body()
        } catch {
            abandon()
            throw error
        }
    }

    private func abandon() {
        state.withLock { state in
            guard state.sealer != nil else { return }
            state.sealer = nil
            Self.giveUp(state.file, Self.draft(id, folder), folder)
        }
    }

    // MARK: Helpers

    private static func last(_ sealer: inout FileSealer?) throws(BlobError) -> [UInt8] {
        do throws(SealedFileError) { return try sealer.take()?.finish() ?? [] } catch { throw mapped(error) }
    }

    private static func giveUp(_ file: Int32, _ path: String, _ folder: BlobFolder) {
        try? folder.calls.close(file)
        try? folder.calls.remove(path)
    }

    private static func draft(_ id: BlobID, _ folder: BlobFolder) -> String { folder.file(id) + BlobFolder.unfinished }

    private static func mapped(_ error: SealedFileError) -> BlobError {
        error == .tooLarge ? .full : .system(operation: "sealing a file", code: 0)
    }
}
