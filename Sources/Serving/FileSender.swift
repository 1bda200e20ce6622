import HTTPWire
import Network
import Routing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Sends one file as the content of an answer: reads pieces off the loop, each when the one before it has left.
///
/// The file is opened once, so that what is put in its place meanwhile does not end up in the middle of it.
final class FileSender {
    private unowned let connection: HTTPConnection
    private let path: String
    private var file: OpenFile?
    private var offset: Int
    private var left: Int
    private var isReading = false

    static let pieceSize = 256 << 10

    init(_ file: Response.FileReference, on connection: HTTPConnection) {
        self.connection = connection
        path = file.path
        offset = file.offset
        left = file.count
    }

    func start() { readNext() }

    func drained() { readNext() }

    private func readNext() {
        guard !isReading else { return }
        guard left > 0 else { return connection.answered() }
        isReading = true
        let (path, known, offset, count) = (path, file, offset, min(left, Self.pieceSize))
        let ticket = AnswerTicket(connection: connection)
        let loop = connection.host.loop
        do throws(BlockingPoolError) {
            try connection.host.server.files.submit {
                let file = known ?? OpenFile(path)
                let piece = file?.read(at: offset, count: count) ?? []
                loop.execute { ticket.connection.fileSender?.read(piece, of: file) }
            }
        } catch {
            connection.stream.abort()
        }
    }

    /// An empty piece means that the file is not there, or shorter than was announced.
    private func read(_ piece: [UInt8], of file: OpenFile?) {
        isReading = false
        guard !piece.isEmpty else { return connection.stream.abort() }
        self.file = file
        offset += piece.count
        left -= piece.count
        connection.stream.write(piece)
        connection.awaitTaking()
        connection.stream.notifyWhenDrained()
    }
}

/// A file that is open for reading until nobody needs it.
private final class OpenFile: Sendable {
    private let descriptor: Int32

    /// `nil` where there is no such file.
    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Up to `count` bytes; none behind the end of the file, or where it cannot be read.
    func read(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }
}
