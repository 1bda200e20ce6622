import Bytes
import EventLoops
import HTTPWire
import Routing

/// The request whose content a handler takes as it comes.
struct StreamedRequest {
    let body: StreamedBody
    /// The client waits to be told that it may send.
    var expectsContinue: Bool
    /// `bodyByteCount` when the client's pace was last looked at.
    var seenByteCount = 0
    /// Whether the handler was behind since then, so that the client could not send.
    var wasBehind = false
}

extension HTTPConnection {
    /// Starts the handler of a request with its content still to come.
    func startStreaming(_ head: HTTPRequestHead, limit: Int) {
        let length: Int? = if case .length(let count) = head.body { count } else { nil }
        let body = StreamedBody(length: length, of: self)
        streamed = StreamedRequest(body: body, expectsContinue: head.expectsContinue)
        parser.limitBody(to: limit)
        deadline.clear()
        phase = .streaming
        if let length, length > limit { failBody(.refused(.bodyTooLarge)) }
        respond(to: head, stream: RequestBody(body))
    }

    /// The handler asks for the first bytes.
    func bodyWanted() {
        guard case .streaming = phase, !hasLostInput else { return }
        if streamed?.expectsContinue == true {
            streamed?.expectsContinue = false
            // A client that sends already has not waited for it (RFC 9110 section 10.1.1).
            if bodyByteCount == 0 { stream.write(HTTPResponseEncoder.continueResponse) }
        }
        awaitPace()
    }

    /// The handler has taken what was here.
    func bodyTaken() {
        if case .streaming = phase { resumeReading() }
    }

    func streamReceived(_ part: RawSpan) {
        guard let body = streamed?.body else { return }
        if bodyByteCount > 0 { streamed?.expectsContinue = false }
        guard body.received(part) else { return failBody(.noRoom) }
        if body.pendingByteCount >= options.maxStreamedBytes { holdBody() }
    }

    private func holdBody() {
        streamed?.wasBehind = true
        pauseReading()
    }

    /// The content comes to no end: the handler is told, and its answer is the connection's last.
    func failBody(_ error: BodyError) {
        loseInput()
        deadline.clear()
        streamed?.body.fail(error)
    }

    // MARK: Pace

    private func awaitPace() {
        streamed?.seenByteCount = bodyByteCount
        streamed?.wasBehind = isReadPaused
        deadline.set(.pace, after: options.bodyTimeout, on: host.loop, target: self)
    }

    /// Looks whether enough has come since the last look.
    func checkPace() {
        guard case .streaming = phase, let streamed else { return }
        let came = bodyByteCount - streamed.seenByteCount
        if streamed.wasBehind || Double(came) >= Double(options.minBodyRate) * options.bodyTimeout.inSeconds {
            awaitPace()
        } else {
            failBody(.tooSlow)
        }
    }

    // MARK: The end

    /// The handler has answered. What is left of the content is read and thrown away where that is little; else the
    /// connection ends.
    func endStreaming() {
        guard let request = streamed else { return }
        streamed = nil
        request.body.close()
        guard case .streaming = phase else { return }
        phase = .answering
        deadline.clear()
        let left = request.body.length.map { $0 - bodyByteCount } ?? 0
        if hasLostInput || request.expectsContinue || left > options.maxStreamedBytes {
            // A client that waits for leave to send may send the next request as well as the content.
            loseInput()
        } else {
            discardsBody = true
            bodyByteCount = 0
        }
        resumeReading()
    }

    /// Throws away what nobody asked for, up to a bound.
    func discard(_ part: RawSpan) {
        bodyByteCount += part.byteCount
        if bodyByteCount > options.maxStreamedBytes { finish() }
    }

    /// The content that nobody asked for is over.
    func discarded() {
        discardsBody = false
        phase = .awaitingHead
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
