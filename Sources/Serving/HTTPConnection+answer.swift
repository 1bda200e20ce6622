import Bytes
import EngineIO
import EventLoops
import HTTPWire
import Logging
import Routing

extension HTTPConnection {
    /// Sends a router's answer. Does nothing when the stream has gone meanwhile.
    func answer(_ response: Response) {
        guard case .answering = phase else { return }
        if host.isDraining { keepAlive = false }
        var out: [UInt8] = []
        let framing = appendHead(response, to: &out)
        guard framing != .none else { return complete(out) }
        switch response.body {
        case .none: complete(out)
        case .bytes(let bytes): complete(out, then: bytes)
        case .text(let text): complete(out, then: Array(text.utf8))
        case .shared(let bytes, let range):
            stream.write(out)
            sendShared(bytes, range)
            answered()
        case .file(let file):
            stream.write(out)
            fileSender = FileSender(file, on: self)
            fileSender?.start()
        }
    }

    private func appendHead(_ response: Response, to out: inout [UInt8]) -> HTTPBodyFraming {
        let exchange = HTTPResponseEncoder.Exchange(isHead: answersHead, keepAlive: keepAlive)
        let time = host.server.wallClock.epochMilliseconds
        do throws(HTTPError) {
            return try host.encoder.append(
                response.status, response.headers, body: .length(response.body.count), for: exchange, at: time, to: &out
            )
        } catch {
            host.server.logger.error("A response had a header that cannot be sent")
            keepAlive = false
            host.encoder.append(refusal: error, at: time, to: &out)
            return .none
        }
    }

    /// Small content goes out in one piece with its head.
    private func complete(_ head: consuming [UInt8], then body: [UInt8] = []) {
        if body.count <= 16 << 10 {
            head.append(contentsOf: body)
            stream.write(head)
        } else {
            stream.write(head)
            stream.write(body)
        }
        answered()
    }

    private func sendShared(_ bytes: SharedBytes, _ range: Range<Int>) {
        if range == 0..<bytes.count { return stream.write(bytes) }
        stream.write(copying: bytes.bytes.extracting(range))
    }

    /// The answer is queued: look at the next request, or end.
    func answered() {
        fileSender = nil
        guard keepAlive else { return finish() }
        phase = .awaitingHead
        deadline.set(.idle, after: options.idleTimeout, on: host.loop, target: self)
        resumeParsing()
    }

    /// Refuses the request for good: nothing behind it can be trusted.
    func refuse(_ error: HTTPError) {
        var out: [UInt8] = []
        host.encoder.append(refusal: error, at: host.server.wallClock.epochMilliseconds, to: &out)
        stream.write(out)
        finish()
    }
}

extension HTTPConnection: TimerTarget {
    func timerFired(_ token: TimerToken) {
        guard let overdue = deadline.fired(on: host.loop, target: self) else { return }
        switch overdue {
        case .idle: finish()
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
