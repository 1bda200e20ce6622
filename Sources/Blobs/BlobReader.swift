import Bytes
import Cryptography

/// One stored file, open until nobody needs it: removed meanwhile, it is read on.
public final class BlobReader: Sendable {
    public let id: BlobID
    private let file: Int32
    private let opener: FileOpener
    private let folder: BlobFolder

    /// Plain bytes of the file.
    public var count: Int { opener.plainBytes }

    /// Opens the file; on a thread that may block.
    init(_ id: BlobID, key: FernetKey, in folder: BlobFolder) throws(BlobError) {
        self.id = id
        self.folder = folder
        let file = try folder.calls.open(folder.file(id))
        do throws(BlobError) {
            let header = try folder.calls.read(file, at: 0, count: SealedFileFormat.headerBytes)
            opener = try Self.opener(key, header, sealedBytes: try folder.calls.size(of: file))
        } catch {
            try? folder.calls.close(file)
            throw error
        }
        self.file = file
    }

    deinit {
        // Closing a file that was removed frees its blocks, which may take long.
        let (folder, file) = (folder, file)
        folder.runLater { try? folder.calls.close(file) }
    }

    /// The plain bytes of a range, fewer at the end of the file. Blocks: for threads that may.
    public func read(_ range: Range<Int>) throws(BlobError) -> [UInt8] {
        let chunks = opener.chunks(of: range)
        guard let first = chunks.first, let last = chunks.last else { return [] }
        let start = first.sealed.lowerBound
        // One read for all of them.
        let sealed = try folder.calls.read(file, at: start, count: last.sealed.upperBound - start)
        guard sealed.count == last.sealed.upperBound - start else { throw .damaged }
        var plain: [UInt8] = []
        plain.reserveCapacity(sealed.count)
        for chunk in chunks {
            let bytes = Array(sealed[chunk.sealed.lowerBound - start..<chunk.sealed.upperBound - start])
            do throws(SealedFileError) {
                plain += try opener.open(bytes, chunk: chunk.index)[chunk.wanted]
            } catch {
                throw .damaged
            }
        }
        return plain
    }

    /// The plain bytes of a range, read on one of the folder's threads.
    public nonisolated(nonsending) func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        try await folder.run { [self] () throws(BlobError) in try read(range) }
    }

    private static func opener(
        _ key: FernetKey, _ header: [UInt8], sealedBytes: Int
    ) throws(BlobError) -> FileOpener {
        do throws(SealedFileError) {
            return try FileOpener(key: key, header: header, sealedBytes: sealedBytes)
        } catch {
            throw .damaged
        }
    }
}
