import Bytes
import EngineIO
import Network

/// Engine.IO over HTTP: one request waits for packets while another brings some; lives on one loop.
final class PollingTransport: ClientTransport {
    var owner: (any ClientTransportOwner)?
    /// Set by the owner once the session is open.
    var endpoint: ClientEndpoint
    /// What the server takes in one payload; 0 for no limit.
    var maxPayload = 0
    private let polls: HTTPExchange
    private let posts: HTTPExchange
    /// Encoded packets that wait for a POST.
    private var queue: [[UInt8]] = []
    private var state = State.open
    /// Called once no request is on its way.
    private var paused: (() -> Void)?

    private enum State {
        case open
        /// No further polls: an upgrade is about to take over.
        case pausing
        /// The close packet is on its way.
        case closing
        case closed
    }

    /// Between two packets (Engine.IO protocol 4, "HTTP long-polling").
    private static let separator: UInt8 = 0x1e

    init(loop: UVLoop, endpoint: ClientEndpoint) {
        self.endpoint = endpoint
        polls = HTTPExchange(loop: loop, endpoint: endpoint)
        posts = HTTPExchange(loop: loop, endpoint: endpoint)
    }

    func open() { poll() }

    func send(_ type: EnginePacketType, _ content: RawSpan) {
        var packet: [UInt8] = []
        packet.reserveCapacity(content.byteCount + 1)
        packet.append(type.digit)
        packet.append(contentsOf: content)
        enqueue(packet)
    }

    func send(binary: RawSpan) {
        var packet: [UInt8] = [UInt8(ascii: "b")]
        Base64.standard.append(binary, to: &packet)
        enqueue(packet)
    }

    /// Sends what is queued, lets the requests on their way end and polls no more, then calls `done`.
    func pause(_ done: @escaping () -> Void) {
        state = .pausing
        paused = done
        checkPaused()
    }

    /// Goes on after a pause that led to nothing.
    func resume() {
        guard state == .pausing else { return }
        state = .open
        paused = nil
        poll()
        post()
    }

    func close() {
        guard state != .closed, state != .closing else { return }
        guard endpoint.session != nil else { return finish(.closedByClient) }
        send(.close, RawSpan())
        state = .closing
        post()
    }

    func abort() {
        owner = nil
        state = .closed
        paused = nil
        polls.abort()
        posts.abort()
    }

    private func finish(_ error: ClientError) {
        guard state != .closed else { return }
        let owner = self.owner
        abort()
        owner?.transportClosed(self, error)
    }

    private func checkPaused() {
        guard state == .pausing, queue.isEmpty, !polls.isBusy, !posts.isBusy, let done = paused else { return }
        paused = nil
        done()
    }

    // MARK: Receiving

    private func poll() {
        guard state == .open, !polls.isBusy else { return }
        polls.send(endpoint.requestHead("GET", transport: .polling)) { [self] result in
            guard state != .closed else { return }
            switch result {
            case .failure(let error): finish(state == .closing ? .closedByClient : error)
            case .success(let answer) where answer.status == 200: polled(answer.body)
            case .success(let answer):
                finish(.refused(status: answer.status, message: String(decoding: answer.body, as: UTF8.self)))
            }
        }
    }

    private func polled(_ body: [UInt8]) {
        var reader = EnginePayloadReader(form: .separated, maxPackets: .max)
        do throws(EngineProtocolError) {
            while state != .closed, let packet = try unsafe reader.next(in: body.span.bytes) { deliver(packet, body) }
        } catch {
            return finish(.protocolViolation(error.description))
        }
        checkPaused()
        poll()
    }

    private func deliver(_ packet: EnginePacket, _ body: [UInt8]) {
        switch packet.content {
        case .text(let range): unsafe owner?.received(packet.type, body.span.bytes.extracting(range), from: self)
        case .binary(let range): unsafe owner?.received(binary: body.span.bytes.extracting(range), from: self)
        case .decoded(let bytes): unsafe owner?.received(binary: bytes.span.bytes, from: self)
        }
    }

    // MARK: Sending

    private func enqueue(_ packet: [UInt8]) {
        guard state == .open || state == .pausing else { return }
        queue.append(packet)
        post()
    }

    private func post() {
        guard state != .closed, !queue.isEmpty, !posts.isBusy else { return }
        let body = takePayload()
        var request = endpoint.requestHead(
            "POST", transport: .polling,
            headers: [("Content-Type", "text/plain;charset=UTF-8"), ("Content-Length", "\(body.count)")])
        request += body
        posts.send(request) { [self] result in
            guard state != .closed else { return }
            switch result {
            case .failure(let error): finish(error)
            case .success(let answer) where answer.status == 200: posted()
            case .success(let answer):
                finish(.refused(status: answer.status, message: String(decoding: answer.body, as: UTF8.self)))
            }
        }
    }

    /// As many packets as the server takes at once, and one at the least.
    private func takePayload() -> [UInt8] {
        var body: [UInt8] = []
        var taken = 0
        for packet in queue {
            if taken > 0 {
                if maxPayload > 0, body.count + 1 + packet.count > maxPayload { break }
                body.append(Self.separator)
            }
            body.append(contentsOf: packet)
            taken += 1
        }
        queue.removeFirst(taken)
        return body
    }

    private func posted() {
        if state == .closing, queue.isEmpty { return finish(.closedByClient) }
        checkPaused()
        post()
    }
}
