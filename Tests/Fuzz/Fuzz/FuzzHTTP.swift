import Bytes
import HTTPWire

/// What a parser tells of a stream, however its bytes arrive.
private struct Transcript: Equatable {
    var heads: [String] = []
    /// The content of each message.
    var bodies: [[UInt8]] = [[]]
    var error: HTTPError?

    mutating func end() { bodies.append([]) }
}

private let limits = {
    var limits = HTTPLimits()
    limits.body = 1000
    limits.headerCount = 20
    limits.headerBlock = 1000
    limits.requestLine = 200
    return limits
}()

/// Requests: in one piece and byte by byte the same comes out, and nothing beyond a limit.
func fuzzHTTP(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    let whole = requests(in: [input])
    precondition(whole == requests(in: input.map { [$0] }))
    precondition(whole.bodies.allSatisfy { $0.count <= limits.body })
}

private func requests(in pieces: [[UInt8]]) -> Transcript {
    var parser = HTTPRequestParser(limits: limits)
    var transcript = Transcript()
    for piece in pieces {
        var position = 0
        do throws(HTTPError) {
            reading: while true {
                switch try parser.next(piece.span.bytes, at: &position) {
                case .needMore: break reading
                case .head(let head):
                    precondition(head.headers.count <= limits.headerCount)
                    transcript.heads.append(describe(head))
                case .body(let range): transcript.bodies[transcript.bodies.count - 1] += piece[range]
                case .end: transcript.end()
                }
            }
            precondition(position == piece.count)
        } catch {
            transcript.error = error
            return transcript
        }
    }
    return transcript
}

private func describe(_ head: HTTPRequestHead) -> String {
    let parameters = (try? head.parameters())?.parameters.map { "\($0.name)=\($0.value)" } ?? ["refused"]
    let fields = head.headers.map { "\($0.name): \($0.value)" }
    return "\(head.method) \(head.target) \(head.path) \(head.query ?? "-") \(parameters) 1.\(head.minorVersion) "
        + "\(head.body) \(head.keepAlive) \(head.expectsContinue) \(head.isUpgrade) \(fields)"
}

/// Responses: in one piece and byte by byte the same comes out.
func fuzzResponse(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    precondition(responses(in: [input]) == responses(in: input.map { [$0] }))
}

private func responses(in pieces: [[UInt8]]) -> Transcript {
    var parser = HTTPResponseParser(limits: limits)
    var transcript = Transcript()
    do throws(HTTPError) {
        for piece in pieces {
            var position = 0
            reading: while true {
                switch try parser.next(piece.span.bytes, at: &position) {
                case .needMore: break reading
                case .head(let head):
                    transcript.heads.append(
                        "\(head.status) \(head.body) \(head.headers.map { "\($0.name): \($0.value)" })")
                case .body(let range): transcript.bodies[transcript.bodies.count - 1] += piece[range]
                case .end: transcript.end()
                }
            }
        }
        if try parser.streamEnded() { transcript.end() }
    } catch {
        transcript.error = error
    }
    return transcript
}

/// Values of header fields and of queries: any text is taken or refused, and what is written again reads the same.
func fuzzFields(_ bytes: borrowing RawSpan) {
    let text = String(decoding: bytes.array, as: UTF8.self)
    precondition(Cookie.parse(text).count <= 100)
    if let type = MediaType(text) { precondition(MediaType(type.description) == type) }
    if let tag = EntityTag(parsing: text) { precondition(EntityTag(parsing: tag.description) == tag) }
    if let query = try? QueryString(parsing: text) {
        precondition(query.parameters.count <= 100)
        precondition((try? QueryString(parsing: query.encoded)) == query)
    }
    if case .part(let range) = ByteRange(text, size: 1000) {
        precondition(range.lowerBound >= 0 && range.upperBound <= 1000 && !range.isEmpty)
    }
    if let date = HTTPDate.parse(text) { precondition(HTTPDate.parse(HTTPDate.format(date)) == date) }
    precondition(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
    _ = HostField.isValid(text)
    _ = ContentNegotiation.accepts(coding: "gzip", text)
    _ = ContentNegotiation.preferredCoding(of: ["gzip", "deflate"], text)
    _ = ContentNegotiation.prefersHTML(text)
    _ = IPAddress(text)
    if let block = CIDR(text) { precondition(CIDR(block.description) == block) }
}
