import Bytes
import EventLoops
import HTTPWire
import Routing

/// Speaks HTTP/1.1 on one stream: reads requests one after the other, answers each before it looks at the next.
final class HTTPConnection: StreamHandler {
    enum Phase {
        /// Between two requests, or inside a head.
        case awaitingHead
        /// The head is here and the content is coming.
        case readingBody
        /// The head is here, its handler runs, and the content goes to it as it comes.
        case streaming
        /// The request is complete; its answer is being made.
        case answering
        /// The request is answered, and what is left of its content is thrown away.
        case discarding
        /// No further request will be served.
        case finished
    }

    let stream: ClientStream
    var phase = Phase.awaitingHead
    /// What the request being read is for.
    var target = RequestTarget.none
    var body: [UInt8] = []
    /// Bytes of content received, whether kept or not.
    var bodyByteCount = 0
    /// The kept content until it is answered, as a part of what the server keeps of all.
    private var share = MemoryShare()
    /// What the client has not taken of its answers, as a part of that of all clients.
    private var unreadShare = MemoryShare()
    /// The request whose content goes to its handler as it comes, until that has answered.
    var streamed: StreamedRequest?
    /// Whether content is still to come behind the answer being made.
    var discardsBody = false
    /// Whether a handler has the content, perhaps longer than the connection lasts.
    var isHandled = false
    /// Whether the connection may go on after the answer being made.
    var keepAlive = true
    /// The answer is to a HEAD: no content follows it.
    var answersHead = false
    /// The session whose poll this connection answers, so that its end is noticed.
    var pollingSession: SessionDriver?
    /// The session whose POST is being read.
    var postingSession: SessionDriver?
    /// The file that is being sent.
    var fileSender: FileSender?
    /// The answer is given, and the client has much of it still to take.
    private var isAnswerWaiting = false
    var taking = TakingProgress()
    // Touched by the loop's thread alone, and no call below reaches back: checking that at run time would cost as much
    // as a small allocation.
    @exclusivity(unchecked) var parser: HTTPRequestParser
    /// Bytes behind the request being answered.
    private var backlog: [UInt8] = []
    /// The same, as a part of what the server keeps of all.
    private var backlogShare = MemoryShare()
    /// Whether there was no room for some of the bytes that came: nothing behind them can be understood any more.
    private(set) var hasLostInput = false
    private var isParsing = false
    private(set) var isReadPaused = false
    private var peerHasEnded = false
    /// What to do with the stream once the bytes at hand are dealt with.
    var afterParsing: (() -> Void)?
    @exclusivity(unchecked) var deadline = Deadline()

    var host: LoopHost { stream.host }
    var options: WebServerOptions { stream.host.options }

    init(stream: ClientStream) {
        self.stream = stream
        var limits = stream.host.options.http
        limits.body = stream.host.server.largestBody
        parser = HTTPRequestParser(limits: limits)
    }

    /// Whether part of a request is here.
    var hasBegunRequest: Bool { !parser.isIdle }

    /// Begins: the head's time runs from here.
    func start() { deadline.set(.head, after: options.headTimeout, on: host.loop, target: self) }

    // MARK: Reading

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        if hasLostInput { return }
        if isParsing || !acceptsBytes {
            keep(UnsafeRawBufferPointer(bytes))
        } else {
            _ = parse(UnsafeRawBufferPointer(bytes))
        }
    }

    private var acceptsBytes: Bool {
        switch phase {
        case .awaitingHead, .readingBody, .discarding: true
        case .streaming: !hasLostInput
        case .answering, .finished: false
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        if case .finished = phase { return }
        if hasLostInput { return }
        guard backlogShare.keep(backlog.count + bytes.count, of: host.server.inputBudget) else { return loseInput() }
        backlog.append(contentsOf: bytes)
        if backlog.count > options.maxPipelinedBytes { pauseReading() }
    }

    func pauseReading() {
        guard !isReadPaused else { return }
        isReadPaused = true
        stream.pauseReading()
    }

    func resumeReading() {
        guard isReadPaused else { return }
        isReadPaused = false
        stream.resumeReading()
    }

    /// What comes from now on is thrown away: the answer being made is the connection's last.
    func loseInput() {
        hasLostInput = true
        keepAlive = false
        _ = takeBacklog()
    }

    private func takeBacklog() -> [UInt8] {
        defer { backlog = [] }
        backlogShare.release(to: host.server.inputBudget)
        return backlog
    }

    /// `false` where another loop may have the connection now: then nothing of it may be touched any more.
    private func parse(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isParsing = true
        var position = 0
        do throws(HTTPError) {
            try readEvents(bytes, at: &position)
        } catch {
            position = bytes.count
            parsingFailed(error)
        }
        isParsing = false
        handOver(UnsafeRawBufferPointer(rebasing: bytes[position...]))
        guard let move = afterParsing else { return true }
        afterParsing = nil
        move()
        return false
    }

    private func parsingFailed(_ error: HTTPError) {
        switch phase {
        case .streaming: failBody(.refused(error))
        case .discarding: finish()
        case .awaitingHead, .readingBody, .answering, .finished: refuse(error)
        }
    }

    private func readEvents(_ bytes: UnsafeRawBufferPointer, at position: inout Int) throws(HTTPError) {
        let span = RawSpan(_unsafeBytes: bytes)
        while acceptsBytes, stream.handlerIs(self) {
            switch try parser.next(span, at: &position) {
            case .needMore: return noteProgress()
            case .head(let head): headReceived(head)
            case .body(let range): bodyReceived(span.extracting(range))
            case .end: requestCompleted()
            }
        }
    }

    /// The bytes behind a request: of the next request, or of the protocol that was upgraded to.
    private func handOver(_ rest: UnsafeRawBufferPointer) {
        if rest.isEmpty { return }
        if stream.handlerIs(self) { return keep(rest) }
        var copy = Array(rest)
        copy.withUnsafeMutableBytes { stream.deliver($0) }
    }

    /// The head's time runs from the first byte, not from the start of the wait for it.
    private func noteProgress() {
        guard case .awaitingHead = phase, !parser.isIdle, !deadline.isForHead else { return }
        deadline.set(.head, after: options.headTimeout, on: host.loop, target: self)
    }

    /// Goes on behind a head that was dealt with again after a move: the request's end may need no further bytes.
    func resumeRequest() {
        if parse(UnsafeRawBufferPointer(start: nil, count: 0)) { resumeParsing() }
    }

    /// Looks at what came while the last answer was made.
    func resumeParsing() {
        resumeReading()
        guard !isParsing else { return }
        while acceptsBytes, !backlog.isEmpty, stream.handlerIs(self) {
            let bytes = takeBacklog()
            guard bytes.withUnsafeBytes({ parse($0) }) else { return }
        }
        if peerHasEnded, backlog.isEmpty, acceptsBytes { finish() }
    }

    /// Hands bytes that came behind an upgrade to the protocol that now owns the stream.
    func releaseBacklog() {
        if hasLostInput { return stream.abort() }
        if isReadPaused { stream.resumeReading() }
        var bytes = takeBacklog()
        if !bytes.isEmpty { bytes.withUnsafeMutableBytes { stream.deliver($0) } }
    }

    // MARK: Memory

    /// Keeps a part of the content; `false` where the server keeps as much as it may.
    func keepInput(_ part: RawSpan) -> Bool {
        guard share.keep(body.count + part.byteCount, of: host.server.inputBudget) else { return false }
        body.append(contentsOf: part)
        return true
    }

    /// Lets go of the content: it is answered, or will never be.
    func releaseInput() {
        body = []
        if !isHandled { share.release(to: host.server.inputBudget) }
    }

    /// Counts an answer of so many bytes as not taken yet; `false` where that of all clients is as much as it may be, and
    /// none of them has had its time.
    func keepAnswer(_ count: Int) -> Bool {
        while !unreadShare.keep(stream.pendingBytes + count, of: host.server.answerBudget) {
            guard host.cutSlowest() else {
                host.server.makeRoom(forAnswer: count, besides: host)
                return false
            }
        }
        return true
    }

    /// Cuts a client that has had its time to take an answer.
    func giveUp() {
        releaseAnswer()
        stream.abort()
    }

    private func releaseAnswer() {
        unreadShare.release(to: host.server.answerBudget)
        if isAnswerWaiting { host.unread.remove(self) }
        isAnswerWaiting = false
    }

    // MARK: The end

    func readEnded() {
        peerHasEnded = true
        if case .streaming = phase { return failBody(.refused(.truncatedMessage)) }
        if case .answering = phase {
            // A poll whose client has gone ends its session; another answer is still sent to a half-closed peer.
            guard let session = pollingSession else { return }
            pollingSession = nil
            session.pollAborted()
        }
        finish()
    }

    func finish() {
        phase = .finished
        deadline.clear()
        releaseInput()
        _ = takeBacklog()
        stream.closeAfterFlush()
    }

    /// The answer is queued: go on, but not before the client has taken so much of it that another one has room.
    func answered() {
        fileSender = nil
        target = .none
        answersHead = false
        releaseInput()
        guard stream.pendingBytes > Self.mostUnsent else {
            releaseAnswer()
            return goOn()
        }
        isAnswerWaiting = true
        host.unread.add(self)
        awaitTaking()
        stream.notifyWhenDrained()
    }

    private static let mostUnsent = 64 << 10

    /// Gives the client its time to take something of the answer.
    func awaitTaking() {
        taking = TakingProgress(unsent: stream.pendingBytes)
        deadline.set(.taking, after: options.idleTimeout, on: host.loop, target: self)
    }

    func drained() {
        if let fileSender { return fileSender.drained() }
        guard isAnswerWaiting else { return }
        releaseAnswer()
        goOn()
    }

    /// Looks at the next request, or ends.
    private func goOn() {
        guard keepAlive else { return finish() }
        phase = discardsBody ? .discarding : .awaitingHead
        deadline.set(.idle, after: options.idleTimeout, on: host.loop, target: self)
        resumeParsing()
    }

    func overflowed() {}

    func serverStops() {
        keepAlive = false
        switch phase {
        case .awaitingHead where parser.isIdle: finish()
        case .discarding: finish()
        default: break
        }
    }

    func closed() {
        phase = .finished
        streamed?.body.fail(.connectionLost)
        releaseInput()
        _ = takeBacklog()
        releaseAnswer()
        deadline.cancel(on: host.loop)
        fileSender = nil
        let (polling, posting) = (pollingSession, postingSession)
        pollingSession = nil
        postingSession = nil
        polling?.pollAborted()
        posting?.postAborted()
    }
}
