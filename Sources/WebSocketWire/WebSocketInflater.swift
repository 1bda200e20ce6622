import Bytes
import Deflate

/// Decompresses a peer's messages (RFC 7692 section 7.2.2).
final class WebSocketInflater {
    private let inflater: Inflater
    private let keepsContext: Bool

    init(agreement: PerMessageDeflate.Agreement, sender: WebSocketRole) {
        let direction = sender == .client ? agreement.client : agreement.server
        inflater = Inflater(format: .raw(windowBits: direction.windowBits))
        keepsContext = direction.keepsContext
    }

    func release() { inflater.release() }

    func inflate(_ bytes: RawSpan, into output: inout [UInt8], limit: Int) throws(WebSocketError) {
        do throws(DeflateError) {
            try inflater.inflate(bytes, into: &output, limit: limit)
        } catch {
            throw Self.error(error, limit: limit)
        }
    }

    /// Puts back the tail that the sender left out. Without context the memory goes with the message.
    func finishMessage(into output: inout [UInt8], limit: Int) throws(WebSocketError) {
        let tail = PerMessageDeflate.tail
        unsafe try inflate(tail.span.bytes, into: &output, limit: limit)
        guard inflater.isBetweenBlocks else { throw .damagedCompression }
        if !keepsContext { inflater.release() }
    }

    private static func error(_ error: DeflateError, limit: Int) -> WebSocketError {
        switch error {
        case .limitExceeded: .messageTooLarge(limit: limit)
        case .outOfMemory: .outOfMemory
        case .damaged, .truncated: .damagedCompression
        }
    }
}
