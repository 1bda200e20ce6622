import Bytes
import Deflate

/// Reads a peer's frames (RFC 6455, RFC 7692) and tells the messages and control frames in them, in order.
///
/// A whole message in one frame is unmasked where it lies and lent. What is in pieces is gathered in one buffer that
/// grows with what was received and is freed with the message, so an idle connection holds none. After an error, or
/// the peer's close frame, nothing more is read.
public struct WebSocketDecoder {
    /// What is accepted; a change counts from the next frame on.
    public var limits: WebSocketLimits
    /// Whom the frames come from.
    let sender: WebSocketRole
    /// Set where permessage-deflate was agreed on.
    let compression: WebSocketInflater?
    var phase = Phase.header
    /// The start of a header whose rest has not come yet.
    var pendingHeader = PendingHeader()
    var frame = WebSocketFrameHeader(
        opcode: .continuation, isFinal: true, isCompressed: false, mask: WebSocketMask(key: 0), payloadByteCount: 0)
    /// Bytes of the frame's payload that have come.
    var received = 0
    var message = PartialMessage()
    /// The payload of a control frame that came in pieces.
    var control: [UInt8] = []

    enum Phase: Equatable {
        case header
        case payload
        /// The peer sent its close frame, or the callback had enough.
        case finished
        case failed(WebSocketError)
    }

    /// Bytes kept of a message, or of a control frame, that has not all come.
    public var keptByteCount: Int { message.payload.count + control.count }

    /// Lets go of all that is kept, and reads nothing more.
    public mutating func abandon() {
        phase = .finished
        message = PartialMessage()
        control = []
        compression?.release()
    }

    /// - Parameters:
    ///   - role: the end that reads; the frames are the other one's.
    ///   - deflate: what the handshake agreed on, `nil` for no compression.
    public init(
        role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits(), deflate: PerMessageDeflate.Agreement? = nil
    ) {
        self.limits = limits
        sender = role == .server ? .client : .server
        compression = deflate.map { WebSocketInflater(agreement: $0, sender: role == .server ? .client : .server) }
    }

    /// Whether no more will be read: after an error, the peer's close frame, or a callback that answered `false`.
    public var isFinished: Bool {
        switch phase {
        case .header, .payload: false
        case .finished, .failed: true
        }
    }

    /// Reads `bytes`, which it changes (unmasks), and calls `deliver` for each event; `false` from there stops.
    ///
    /// The events before a fault are delivered before it is thrown. The same error is thrown from then on. `deliver`
    /// must not touch the decoder.
    public mutating func receive(
        _ bytes: UnsafeMutableRawBufferPointer, deliver: (borrowing WebSocketEvent) -> Bool
    ) throws(WebSocketError) {
        do throws(WebSocketError) {
            var index = 0
            while index < bytes.count {
                switch phase {
                case .header: index = unsafe try readHeader(bytes, from: index)
                case .payload: break
                case .finished: return
                case .failed(let error): throw error
                }
                if phase == .payload { index = unsafe try readPayload(bytes, from: index, deliver) }
            }
        } catch {
            phase = .failed(error)
            message = PartialMessage()
            control = []
            compression?.release()
            throw error
        }
    }

    /// Reads `bytes`, which it changes.
    public mutating func receive(
        _ bytes: inout [UInt8], deliver: (borrowing WebSocketEvent) -> Bool
    ) throws(WebSocketError) {
        var failure: WebSocketError?
        unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(WebSocketError) { unsafe try receive(buffer, deliver: deliver) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Reads a header at `index`, or keeps its start; the index after what was used.
    @inline(__always)
    private mutating func readHeader(
        _ bytes: UnsafeMutableRawBufferPointer, from index: Int
    ) throws(WebSocketError) -> Int {
        if pendingHeader.count == 0 {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[index...])
            if let (header, byteCount) = unsafe try WebSocketFrameHeader.read(rest, sender: sender) {
                try begin(header)
                return index + byteCount
            }
        }
        return unsafe try readHeaderBytewise(bytes, from: index)
    }

    private mutating func readHeaderBytewise(
        _ bytes: UnsafeMutableRawBufferPointer, from start: Int
    ) throws(WebSocketError) -> Int {
        var index = start
        while index < bytes.count {
            pendingHeader.append(unsafe bytes[index])
            index += 1
            if let header = try pendingHeader.read(sender: sender) {
                pendingHeader.count = 0
                try begin(header)
                return index
            }
        }
        return index
    }

    /// Checks what a header means at this point of the stream, before any of the payload is taken.
    private mutating func begin(_ header: WebSocketFrameHeader) throws(WebSocketError) {
        if !header.opcode.isControl {
            try message.begin(header, limits: limits, mayBeCompressed: compression != nil)
        }
        frame = header
        received = 0
        phase = .payload
    }
}

/// The bytes of a header that came in pieces.
struct PendingHeader {
    private var bytes = InlineArray<14, UInt8>(repeating: 0)
    /// A byte, for there is one in every connection that does nothing.
    var count: UInt8 = 0

    mutating func append(_ byte: UInt8) {
        bytes[Int(count)] = byte
        count += 1
    }

    func read(sender: WebSocketRole) throws(WebSocketError) -> WebSocketFrameHeader? {
        var copy = [UInt8](repeating: 0, count: Int(count))
        for index in copy.indices { copy[index] = bytes[index] }
        var result: Result<WebSocketFrameHeader?, WebSocketError> = .success(nil)
        unsafe copy.withUnsafeBytes { buffer in
            do throws(WebSocketError) {
                result = .success(unsafe try WebSocketFrameHeader.read(buffer, sender: sender)?.header)
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }
}
