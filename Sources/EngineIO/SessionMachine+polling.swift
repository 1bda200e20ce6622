import Bytes
public import EventLoops

extension SessionMachine {
    /// What is to be done with a GET.
    public enum PollAction: Equatable, Sendable {
        /// Keep the request until its answer comes.
        case wait
        case answer(EngineResponse)
        /// Answer this request; the session ends.
        case answerAndEnd(EngineResponse, EngineSessionEnd)
    }

    /// A GET for this session has come.
    ///
    /// A second one while the first waits ends the session. During an upgrade a poll is answered at once, so that the
    /// client can go on.
    public mutating func pollBegan(jsonp: String? = nil, now: MonotonicTime) -> PollAction {
        if let refusal = refusalOfRequest { return .answer(refusal) }
        if let end = overdueEnd(now: now) { return .answerAndEnd(.refusal(.unknownSession), end) }
        guard poll == nil else { return .answerAndEnd(.refusal(.badRequest), end(.transportError)) }
        poll = Poll(jsonp: jsonp)
        if case .closing(let closing) = phase, closing.isByClient || queue.isEmpty,
            let answer = takeLastAnswer(isByClient: closing.isByClient)
        {
            return .answerAndEnd(answer, end(closing.reason))
        }
        if let answer = takePollAnswer() { return .answer(answer) }
        if candidate?.isProbed == true, let answer = answerPoll(with: .noop) { return .answer(answer) }
        return .wait
    }

    /// The connection of the poll that waits has died. Answered at once: the next request must not find the session.
    public mutating func pollClosed() -> EngineSessionEnd? {
        guard poll != nil, !isEnded else { return nil }
        poll = nil
        return end(.transportError)
    }

    /// The answer to the poll that waits, if one does and anything is queued. To be called at the end of a turn in
    /// which something was. What is queued goes into one payload, up to `maxPacketsPerAnswer`; the next poll takes the rest.
    public mutating func takePollAnswer() -> EngineResponse? {
        guard poll != nil, !queue.isEmpty, transport == .polling else { return nil }
        return answerPoll(with: queue.take(packets: shared.options.maxPacketsPerAnswer))
    }

    /// What is to be done with a POST.
    public enum PostAction: Equatable, Sendable {
        /// Read the body, up to so many bytes; past that say `postTooLarge`, and if the connection dies `postClosed`.
        case read(limit: Int)
        case answer(EngineResponse)
        /// Answer this request; the session ends.
        case answerAndEnd(EngineResponse, EngineSessionEnd)
    }

    /// The head of a POST for this session has come.
    ///
    /// - Parameter contentLength: the body's length, where the head tells it.
    public mutating func postBegan(
        _ kind: EnginePost, contentLength: Int? = nil, now: MonotonicTime
    ) -> PostAction {
        if let refusal = refusalOfRequest { return .answer(refusal) }
        if let end = overdueEnd(now: now) { return .answerAndEnd(.refusal(.unknownSession), end) }
        guard post == nil else { return .answerAndEnd(.refusal(.badRequest), end(.transportError)) }
        // Refused with an answer: left open, such requests pile up (CVE-2026-59725).
        if kind == .binary && revision == .v4 { return .answerAndEnd(.refusal(.badRequest), end(.transportError)) }
        if let contentLength, contentLength > maxPayload { return .answer(.tooLarge) }
        post = kind
        isPostTaken = false
        return .read(limit: maxPayload)
    }

    /// The body is larger than the limit. The session lives on.
    public mutating func postTooLarge() -> EngineResponse {
        post = nil
        return .tooLarge
    }

    /// The connection of the POST has died before its body was complete.
    public mutating func postClosed() -> EngineSessionEnd? {
        guard post != nil, !isEnded else { return nil }
        post = nil
        return end(.transportError)
    }

    /// The payload in the body of the POST that is being read: the body itself, or the field of a JSONP form.
    public func postBody(_ body: [UInt8]) throws(EngineProtocolError) -> [UInt8] {
        post == .form ? try EngineJSONP.payload(of: unsafe body.span.bytes) : body
    }

    /// A reader for the payload of the POST that is being read.
    public func payloadReader() -> EnginePayloadReader {
        let form: EnginePayloadReader.Form = revision == .v4 ? .separated : post == .binary ? .binary : .counted
        return EnginePayloadReader(form: form, maxPackets: shared.options.maxPacketsPerPayload)
    }

    /// All packets of the POST have been received: the answer, which is good even where one of them ended the session.
    public mutating func postEnded() -> EngineResponse {
        post = nil
        return isEnded && !isPostTaken ? .refusal(.unknownSession) : .posted
    }

    /// The body of the POST is no payload: the answer to it, and the end of the session unless it has ended before.
    public mutating func postFailed(_ error: EngineProtocolError) -> (answer: EngineResponse, end: EngineSessionEnd?) {
        post = nil
        return (.refusal(.badRequest), isEnded ? nil : end(.parseError))
    }

    // MARK: Answers

    /// Why a poll or a POST is not taken at all.
    private var refusalOfRequest: EngineResponse? {
        if isEnded { return .refusal(.unknownSession) }
        return transport == .polling ? nil : .refusal(.badRequest)
    }

    /// What the closing of the session leaves for the poll that waits: the queue and a close packet; a noop where it
    /// was the client that closed.
    mutating func takeLastAnswer(isByClient: Bool = false) -> EngineResponse? {
        guard poll != nil else { return nil }
        return answerPoll(with: isByClient ? [.noop] : queue.drain() + [.close])
    }

    /// Writes `items` as the answer to the poll that waits, which then no longer does.
    mutating func answerPoll(with items: [EngineOutgoing]) -> EngineResponse? {
        guard let poll else { return nil }
        self.poll = nil
        let (body, contentType) = EnginePayloadWriter.payload(
            of: items, revision: revision, supportsBinary: supportsBinary && poll.jsonp == nil)
        let mayCompress = items.contains { $0.mayCompress }
        guard let index = poll.jsonp else {
            return EngineResponse(status: 200, contentType: contentType, body: body, mayCompress: mayCompress)
        }
        let script = EngineJSONP.script(unsafe body.span.bytes, index: index)
        return EngineResponse(status: 200, contentType: EngineResponse.script, body: script, mayCompress: mayCompress)
    }

    mutating func answerPoll(with item: EngineOutgoing) -> EngineResponse? { answerPoll(with: [item]) }
}

extension EngineOutgoing {
    static var noop: EngineOutgoing { .control([EnginePacketType.noop.digit]) }
    static var close: EngineOutgoing { .control([EnginePacketType.close.digit]) }
    static var ping: EngineOutgoing { .control([EnginePacketType.ping.digit]) }
}
