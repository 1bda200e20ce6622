import Bytes
import EngineIO
import Logging
import Network

extension SessionDriver {
    /// A GET for this session: answered now, or kept until there is something to say.
    func pollBegan(on connection: HTTPConnection, jsonp: String?) {
        switch machine.pollBegan(jsonp: jsonp, now: host.loop.now) {
        case .wait:
            poll = connection
            connection.pollingSession = self
        case .answer(let answer): connection.answer(answer)
        case .answerAndEnd(let answer, let end):
            connection.answer(answer)
            finish(end)
        }
    }

    /// The connection of the waiting GET has gone.
    func pollAborted() {
        poll = nil
        if let end = machine.pollClosed() { finish(end) }
    }

    /// The head of a POST: `true` where its body is to be read.
    func postBegan(_ kind: EnginePost, contentLength: Int?, on connection: HTTPConnection) -> Bool {
        switch machine.postBegan(kind, contentLength: contentLength, now: host.loop.now) {
        case .read:
            guard let contentLength, contentLength > incomingLimit else { return true }
            connection.answerEarly(machine.postTooLarge())
        case .answer(let answer): connection.answerEarly(answer)
        case .answerAndEnd(let answer, let end):
            connection.answerEarly(answer)
            finish(end)
        }
        return false
    }

    func postAborted() {
        if let end = machine.postClosed() { finish(end) }
    }

    func postCompleted(_ body: [UInt8], on connection: HTTPConnection) {
        do throws(EngineProtocolError) {
            try receivePackets(of: try machine.postBody(body))
            connection.answer(machine.postEnded())
            armTimer()
        } catch {
            host.server.logger.debug(
                "A payload was refused", ["reason": .string(error.description)], source: handshake.address)
            let (answer, end) = machine.postFailed(error)
            connection.answer(answer)
            if let end { finish(end) }
        }
    }

    private func receivePackets(of body: [UInt8]) throws(EngineProtocolError) {
        var reader = machine.payloadReader()
        let bytes = body.span.bytes
        while let packet = try reader.next(in: bytes) {
            switch machine.packetReceived(packet, in: bytes, now: host.loop.now) {
            case .deliver: deliver(packet.content, of: bytes)
            case .nothing: break
            case .flush: flushLater()
            case .write(let text): webSocket?.send(text: text.span.bytes)
            case .end(let end): finish(end)
            }
        }
    }

    private func deliver(_ content: EnginePacket.Content, of body: RawSpan) {
        switch content {
        case .text(let range): delegate?.received(text: body.extracting(range))
        case .binary(let range): delegate?.received(binary: body.extracting(range))
        case .decoded(let bytes): delegate?.received(binary: bytes.span.bytes)
        }
    }
}
