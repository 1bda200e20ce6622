import Bytes
import EngineIO
import EventLoops

/// A driver without sockets: does with the machine what its documentation says, and gives what a client and the
/// application would see, one line an effect.
struct SessionTranscript {
    var machine: SessionMachine
    var now = MonotonicTime(nanoseconds: 0)

    init(
        _ revision: EngineRevision = .v4, _ transport: EngineTransport = .polling, supportsBinary: Bool = true,
        options: EngineOptions = EngineOptions()
    ) {
        let opening = EngineOpening(revision: revision, transport: transport, supportsBinary: supportsBinary)
        machine = SessionMachine(id: "secret-id", opening: opening, options: SharedEngineOptions(options), now: now)
    }

    /// A session whose open packet has been taken.
    static func opened(
        _ revision: EngineRevision = .v4, _ transport: EngineTransport = .polling, supportsBinary: Bool = true,
        options: EngineOptions = EngineOptions()
    ) -> SessionTranscript {
        var session = SessionTranscript(revision, transport, supportsBinary: supportsBinary, options: options)
        if transport == .polling { _ = session.get() }
        return session
    }

    /// A session that has come from polling to a WebSocket.
    static func upgraded(_ revision: EngineRevision = .v4) -> SessionTranscript {
        var session = SessionTranscript.opened(revision)
        _ = session.candidateOpens()
        _ = session.candidate("2probe")
        _ = session.candidate("5")
        return session
    }

    // MARK: Polling

    mutating func get(jsonp: String? = nil) -> [String] {
        switch machine.pollBegan(jsonp: jsonp, now: now) {
        case .wait: ["waits"]
        case .answer(let answer): [Self.line(answer)]
        case .answerAndEnd(let answer, let end): [Self.line(answer)] + Self.lines(end)
        }
    }

    mutating func getDies() -> [String] { Self.lines(machine.pollClosed()) }

    mutating func postHead(_ kind: EnginePost = .text, contentLength: Int? = nil) -> [String] {
        switch machine.postBegan(kind, contentLength: contentLength, now: now) {
        case .read(let limit): ["read up to \(limit)"]
        case .answer(let answer): [Self.line(answer)]
        case .answerAndEnd(let answer, let end): [Self.line(answer)] + Self.lines(end)
        }
    }

    mutating func postDies() -> [String] { Self.lines(machine.postClosed()) }

    mutating func postBody(_ text: String) -> [String] { postBody(Array(text.utf8)) }

    mutating func postBody(_ received: [UInt8]) -> [String] {
        var lines: [String] = []
        do {
            let body = try machine.postBody(received)
            var packets = machine.payloadReader()
            while let packet = try packets.next(in: body.span.bytes) {
                lines += receive(packet, in: body)
            }
            return lines + [Self.line(machine.postEnded())]
        } catch {
            let (answer, end) = machine.postFailed(error)
            return lines + [Self.line(answer)] + Self.lines(end)
        }
    }

    /// A whole POST.
    mutating func post(_ text: String, _ kind: EnginePost = .text) -> [String] { post(Array(text.utf8), kind) }

    mutating func post(_ body: [UInt8], _ kind: EnginePost = .text) -> [String] {
        let head = postHead(kind, contentLength: body.count)
        return head.first?.hasPrefix("read") == true ? postBody(body) : head
    }

    private mutating func receive(_ packet: EnginePacket, in body: [UInt8]) -> [String] {
        switch machine.packetReceived(packet, in: body.span.bytes, now: now) {
        case .deliver:
            switch packet.content {
            case .text(let range): ["text \(String(decoding: body[range], as: UTF8.self))"]
            case .binary(let range): ["binary \(Array(body[range]))"]
            case .decoded(let bytes): ["binary \(bytes)"]
            }
        case .nothing: []
        case .flush: turnEnds()
        case .write(let text): [Self.frame(text)]
        case .end(let end): Self.lines(end)
        }
    }

    // MARK: Sending

    mutating func send(_ text: String, volatile: Bool = false, isWritable: Bool = true) -> [String] {
        var flags = OutgoingMessage.Flags()
        flags.isVolatile = volatile
        return send(OutgoingMessage(text: SharedBytes(text), flags: flags), isWritable: isWritable)
    }

    mutating func send(_ message: OutgoingMessage, isWritable: Bool = true) -> [String] {
        Self.lines(machine.send(message, isWritable: isWritable))
    }

    mutating func sendAlone(_ text: String) -> [String] { Self.lines(machine.send(text: Array(text.utf8).span.bytes)) }

    mutating func turnEnds() -> [String] { machine.takePollAnswer().map { ["poll " + Self.line($0)] } ?? [] }

    mutating func close(_ reason: EngineCloseReason = .serverClose) -> [String] {
        switch machine.closeRequested(reason, now: now) {
        case .wait: ["waits for a poll"]
        case .answer(let answer): ["poll " + Self.line(answer)]
        case .nothing: []
        case .end(let end): Self.lines(end)
        }
    }

    // MARK: WebSocket

    mutating func frame(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        switch machine.webSocketReceived(text: bytes.span.bytes, now: now) {
        case .message: return ["text \(String(decoding: bytes[1...], as: UTF8.self))"]
        case .binaryMessage(let bytes): return ["binary \(bytes)"]
        case .nothing: return []
        case .write(let text): return [Self.frame(text)]
        case .end(let end): return Self.lines(end)
        }
    }

    mutating func frame(_ bytes: [UInt8]) -> [String] {
        switch machine.webSocketReceived(binary: bytes.span.bytes) {
        case .message(let start): ["binary \(Array(bytes[start...]))"]
        case .nothing: []
        case .end(let end): Self.lines(end)
        }
    }

    mutating func candidateOpens() -> [String] {
        switch machine.candidateOpened(now: now) {
        case .accept: ["accepted"]
        case .close: ["candidate closed"]
        }
    }

    mutating func candidate(_ text: String) -> [String] {
        switch machine.candidateReceived(text: Array(text.utf8).span.bytes) {
        case .write(let text, let answer): [Self.frame(text)] + (answer.map { ["poll " + Self.line($0)] } ?? [])
        case .upgraded(let items): ["upgraded"] + items.map(Self.frame)
        case .upgradedAndEnd(let items, let end): ["upgraded"] + items.map(Self.frame) + Self.lines(end)
        case .close: ["candidate closed"]
        }
    }

    // MARK: Time

    /// Lets time pass up to `milliseconds` after the start, with a timer at each deadline on the way.
    mutating func time(_ milliseconds: Int) -> [String] {
        let target = MonotonicTime(nanoseconds: UInt64(milliseconds) * 1_000_000)
        var lines: [String] = []
        while let deadline = machine.nextDeadline, deadline <= target {
            now = max(now, deadline)
            lines += deadlineReached()
        }
        now = target
        return lines + deadlineReached()
    }

    private mutating func deadlineReached() -> [String] {
        var lines: [String] = []
        while true {
            switch machine.deadlineReached(now: now) {
            case .nothing: return lines
            case .flush: lines += turnEnds()
            case .write(let text): lines.append(Self.frame(text))
            case .closeCandidate: lines.append("candidate closed")
            case .end(let end): lines += Self.lines(end)
            }
        }
    }

    // MARK: Lines

    static func line(_ response: EngineResponse) -> String {
        let isText = response.contentType != "application/octet-stream"
        let body = isText ? String(decoding: response.body, as: UTF8.self) : "\(response.body)"
        return "\(response.status) \(body.replacing("\u{1e}", with: "|"))"
    }

    static func lines(_ end: EngineSessionEnd?) -> [String] {
        guard let end else { return [] }
        return (end.pollAnswer.map { ["poll " + line($0)] } ?? []) + ["end \(end.reason)"]
    }

    private static func lines(_ action: SessionMachine.SendAction) -> [String] {
        switch action {
        case .write: ["write"]
        case .queued: ["queued"]
        case .queuedAndAnswer(let answer): ["poll " + line(answer), "queued"]
        case .dropped: ["dropped"]
        case .end(let end): lines(end)
        }
    }

    private static func frame(_ text: [UInt8]) -> String { "frame " + String(decoding: text, as: UTF8.self) }

    private static func frame(_ item: EngineOutgoing) -> String {
        switch item {
        case .control(let packet): frame(packet)
        case .text(let text): frame([0x34] + text.array)
        case .message(let message): frame([0x34] + (message.text?.array ?? []))
        }
    }
}
