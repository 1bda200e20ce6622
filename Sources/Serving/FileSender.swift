import HTTPWire
import Logging
import Network
import Routing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Sends one file, or what a reader gives, as the content of an answer: reads pieces off the loop, each when the one before
/// it has left.
///
/// A file is opened once, so that what is put in its place meanwhile does not end up in the middle of it.
final class FileSender {
    private unowned let connection: HTTPConnection
    private let path: String
    private var content: (any ContentReader)?
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

    init(_ reader: any ContentReader, _ range: Range<Int>, on connection: HTTPConnection) {
        self.connection = connection
        path = ""
        content = reader
        offset = range.lowerBound
        left = range.count
    }

    func start() { readNext() }

    func drained() { readNext() }

    private func readNext() {
        guard !isReading else { return }
        guard left > 0 else { return connection.answered() }
        isReading = true
        let (path, known, offset, count) = (path, content, offset, min(left, Self.pieceSize))
        let ticket = AnswerTicket(connection: connection)
        let loop = connection.host.loop
        do throws(BlockingPoolError) {
            try connection.host.server.files.submit {
                let content = known ?? OpenFile(path)
                let piece = Result { try content?.read(at: offset, count: count) ?? [] }
                loop.execute { ticket.connection.fileSender?.read(piece, of: content) }
            }
        } catch {
            connection.stream.abort()
        }
    }

    private func read(_ piece: Result<[UInt8], any Error>, of content: (any ContentReader)?) {
        isReading = false
        do {
            send(try piece.get(), of: content)
        } catch {
            connection.host.server.logger.error(
                "A file that was being sent cannot be read", ["error": .describing(error)])
            connection.stream.abort()
        }
    }

    /// An empty piece means that the file is not there, or shorter than was announced.
    private func send(_ piece: [UInt8], of content: (any ContentReader)?) {
        guard !piece.isEmpty, piece.count <= left else { return connection.stream.abort() }
        self.content = content
        offset += piece.count
        left -= piece.count
        connection.stream.write(piece)
        connection.awaitTaking()
        connection.stream.notifyWhenDrained()
    }
}

/// A file that is open for reading until nobody needs it.
private final class OpenFile: ContentReader {
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
