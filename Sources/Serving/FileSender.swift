import HTTPWire
import Network
import Routing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Sends one file as the content of an answer: reads pieces off the loop, each when the one before it has left.
final class FileSender {
    private unowned let connection: HTTPConnection
    private let path: String
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
        let (path, offset, count) = (path, offset, min(left, Self.pieceSize))
        let ticket = AnswerTicket(connection: connection)
        let loop = connection.host.loop
        do throws(BlockingPoolError) {
            try connection.host.server.files.submit {
                let piece = Self.read(path, at: offset, count: count)
                loop.execute { ticket.connection.fileSender?.pieceRead(piece) }
            }
        } catch {
            connection.stream.abort()
        }
    }

    /// `nil`, or fewer bytes than asked for, means that the file has changed under its announced length.
    private func pieceRead(_ piece: [UInt8]?) {
        isReading = false
        guard let piece, !piece.isEmpty else { return connection.stream.abort() }
        offset += piece.count
        left -= piece.count
        connection.stream.write(piece)
        connection.awaitReading()
        connection.stream.notifyWhenDrained()
    }

    private static func read(_ path: String, at offset: Int, count: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }
}
