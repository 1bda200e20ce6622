import Bytes
import HTTPWire
import Network

/// One kept-alive connection that makes one request after the other; lives on one loop.
final class HTTPExchange {
    struct Answer {
        var status: Int
        var body: [UInt8]
    }

    private let loop: UVLoop
    private let endpoint: ClientEndpoint
    private var stream: ClientStream?
    private var parser = HTTPResponseParser()
    private var status = 0
    private var keepsAlive = false
    private var body: [UInt8] = []
    private var request: [UInt8] = []
    private var done: ((Result<Answer, ClientError>) -> Void)?
    private var isAborted = false

    init(loop: UVLoop, endpoint: ClientEndpoint) {
        self.loop = loop
        self.endpoint = endpoint
    }

    /// Whether a request is on its way.
    var isBusy: Bool { done != nil }

    /// Makes a request; `done` is called once, on the loop. Only while none is on its way.
    func send(_ request: [UInt8], _ done: @escaping (Result<Answer, ClientError>) -> Void) {
        self.done = done
        parser = HTTPResponseParser(limits: endpoint.responseLimits)
        body = []
        if let stream {
            stream.write(request)
        } else {
            self.request = request
            connect()
        }
    }

    /// Gives up; nobody is told.
    func abort() {
        isAborted = true
        done = nil
        stream?.abort()
        stream = nil
    }

    private func connect() {
        ClientStream.connect(to: endpoint, loop: loop) { [self] result in
            switch result {
            case .success(let made):
                guard !isAborted else { return made.abort() }
                stream = made
                made.owner = self
                made.write(request)
                request = []
            case .failure(let error): finish(.failure(error))
            }
        }
    }

    private func finish(_ result: Result<Answer, ClientError>) {
        guard let done else { return }
        self.done = nil
        done(result)
    }
}

extension HTTPExchange: ClientStreamOwner {
    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes))
        var position = 0
        do throws(HTTPError) {
            while isBusy {
                switch try parser.next(span, at: &position) {
                case .needMore: return
                case .head(let head):
                    status = head.status.code
                    keepsAlive = head.keepAlive
                case .body(let range): body.append(contentsOf: span.extracting(range))
                case .end: answered()
                }
            }
        } catch {
            drop()
            finish(.failure(.http(error)))
        }
    }

    private func answered() {
        if !keepsAlive { drop() }
        let answer = Answer(status: status, body: body)
        body = []
        finish(.success(answer))
    }

    private func drop() {
        stream?.close()
        stream = nil
    }

    func ended(_ error: ClientError) {
        stream = nil
        guard isBusy else { return }
        // An answer without a length ends with the stream.
        if case .closedByServer = error, (try? parser.streamEnded()) == true { return answered() }
        finish(.failure(error))
    }
}
