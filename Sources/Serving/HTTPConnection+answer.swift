import Bytes
import EngineIO
import EventLoops
import HTTPWire
import Logging
import Routing

extension HTTPConnection {
    /// Sends a router's answer. Does nothing when the stream has gone meanwhile.
    func answer(_ response: Response) {
        switch response.body {
        case .none: send(response.status, response.headers, [])
        case .bytes(let bytes): send(response.status, response.headers, bytes)
        case .text(let text): send(response.status, response.headers, Array(text.utf8))
        case .shared(let bytes, let range):
            guard case .answering = phase else { return }
            if sendHead(response.status, response.headers, length: range.count) { sendShared(bytes, range) }
            answered()
        case .file(let file):
            guard case .answering = phase else { return }
            guard sendHead(response.status, response.headers, length: file.count) else { return answered() }
            start(FileSender(file, on: self))
        case .reader(let reader, let range):
            guard case .answering = phase else { return }
            guard sendHead(response.status, response.headers, length: range.count) else { return answered() }
            start(FileSender(reader, range, on: self))
        }
    }

    private func start(_ sender: FileSender) {
        fileSender = sender
        sender.start()
    }

    /// Sends a whole answer, where one is waited for; small content goes out in one piece with its head.
    func send(_ status: HTTPStatus, _ headers: HTTPHeaders, _ body: [UInt8]) {
        guard case .answering = phase else { return }
        if body.count > Self.smallBody {
            // What an engine has given out is lost unless it is sent; its sessions have bounds of their own.
            let isCounted = keepAnswer(body.count)
            if case .router = target, !isCounted { return answerWithoutRoom() }
            if sendHead(status, headers, length: body.count) { stream.write(body) }
        } else {
            _ = sendHead(status, headers, length: body.count, with: body)
        }
        answered()
    }

    private static let smallBody = 16 << 10

    /// Sends a head, with the content behind it where that is given and may follow; whether content may.
    private func sendHead(
        _ status: HTTPStatus, _ headers: HTTPHeaders, length: Int, with body: [UInt8] = []
    ) -> Bool {
        if host.isDraining { keepAlive = false }
        var out = host.takeScratch()
        let framing = appendHead(status, headers, length: length, to: &out)
        if framing != .none { out.append(contentsOf: body) }
        stream.write(copying: out.span.bytes)
        host.giveBack(out)
        return framing != .none
    }

    private func appendHead(
        _ status: HTTPStatus, _ headers: HTTPHeaders, length: Int, to out: inout [UInt8]
    ) -> HTTPBodyFraming {
        let exchange = HTTPResponseEncoder.Exchange(isHead: answersHead, keepAlive: keepAlive)
        let time = host.wallClock.epochMilliseconds
        host.figures.answered(status.code)
        do throws(HTTPError) {
            return try host.encoder.append(status, headers, body: .length(length), for: exchange, at: time, to: &out)
        } catch {
            host.server.logger.error("A response had a header that cannot be sent")
            keepAlive = false
            host.encoder.append(refusal: error, at: time, to: &out)
            return .none
        }
    }

    private func sendShared(_ bytes: SharedBytes, _ range: Range<Int>) {
        if range == 0..<bytes.count { return stream.write(bytes) }
        stream.write(copying: bytes.bytes.extracting(range))
    }

    /// Refuses the request for good: nothing behind it can be trusted.
    func refuse(_ error: HTTPError) {
        var out: [UInt8] = []
        host.figures.answered(error.status.code)
        host.encoder.append(refusal: error, at: host.wallClock.epochMilliseconds, to: &out)
        stream.write(out)
        finish()
    }
}

extension HTTPConnection: TimerTarget {
    func timerFired(_ token: TimerToken) {
        guard let overdue = deadline.fired(on: host.loop, target: self) else { return }
        switch overdue {
        case .idle: finish()
        case .taking: if taking.hasMoved(unsent: stream.pendingBytes) { awaitTaking() } else { stream.abort() }
        case .pace: checkPace()
        case .head, .body:
            keepAlive = false
            if hasBegunRequest { answerTimeout() } else { finish() }
        }
    }

    private func answerTimeout() {
        phase = .answering
        answer(.text("Send the whole request faster.", status: .requestTimeout))
    }
}
