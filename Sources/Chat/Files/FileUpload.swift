import Accounts
import Blobs
import Media

/// A file on its way into a room. One that is let go of before it was posted leaves nothing.
///
/// Used by one task at a time.
public final class FileUpload {
    /// As its sender calls it, made safe.
    public let name: String
    let room: Room?
    /// Who uploads, where that was settled before the first byte.
    let author: Author?
    /// `nil` where there is no such room: the bytes are passed over, so that this takes as long as any other refusal.
    let writer: BlobWriter?
    private let limits: ChatLimits
    private let slot: UploadSlots.Slot
    /// The first bytes, which say what it is.
    private var prefix: [UInt8] = []
    private var kind: MediaKind?
    private(set) var size = 0

    init(
        name: String, room: Room?, author: Author?, writer: BlobWriter?, limits: ChatLimits, slot: UploadSlots.Slot
    ) {
        self.name = name
        self.room = room
        self.author = author
        self.writer = writer
        self.limits = limits
        self.slot = slot
    }

    /// Takes the next bytes; returns when the disk has them. Throws where they are too many, or of a type that is not
    /// taken: the file is gone then.
    public func write(_ bytes: [UInt8]) async throws(ChatError) {
        do throws(ChatError) {
            guard bytes.count <= limits.fileBytes - size else { throw .fileTooLarge(most: limits.fileBytes) }
            size += bytes.count
            prefix += bytes.prefix(ImageSize.prefixBytes - prefix.count)
            if kind == nil, prefix.count >= MediaKind.prefixBytes { try sniff(isWhole: false) }
        } catch {
            await writer?.discard()
            throw error
        }
        do throws(BlobError) { try await writer?.write(bytes) } catch { throw ChatError(error) }
    }

    /// Makes the file durable, and says what it is.
    func finish() async throws(ChatError) -> FileFacts? {
        guard let writer else { return nil }
        do throws(ChatError) {
            if kind == nil { try sniff(isWhole: true) }
        } catch {
            await writer.discard()
            throw error
        }
        do throws(BlobError) { try await writer.finish() } catch { throw ChatError(error) }
        let kind = kind ?? .unknown
        // Lent from a variable of its own, for the span must not outlive what it looks at.
        let bytes = prefix
        let image = unsafe ImageSize.read(bytes.span.bytes, of: kind)
        return FileFacts(id: writer.id, kind: kind, size: size, image: image)
    }

    private func sniff(isWhole: Bool) throws(ChatError) {
        let bytes = prefix
        let kind = unsafe MediaKind.sniff(bytes.span.bytes, isWhole: isWhole)
        guard limits.fileTypes.allows(kind) else { throw .fileTypeRefused }
        self.kind = kind
    }
}

extension ChatError {
    init(_ error: BlobError) {
        switch error {
        case .full: self = .storage(.full)
        case .notFound: self = .fileNotFound
        case .busy: self = .busy
        case .ended, .system, .damaged: self = .internalFailure
        }
    }
}
