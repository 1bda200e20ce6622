import Bytes
import HTTPWire

private let limits = {
    var limits = MultipartLimits()
    (limits.parts, limits.partHeader, limits.name, limits.fileName) = (4, 300, 20, 40)
    return limits
}()

private struct Transcript: Equatable {
    var parts: [MultipartPart] = []
    var contents: [[UInt8]] = []
    var isEnded = false
    var error: MultipartError?
}

/// Forms: the first line is the Content-Type; in one piece and byte by byte the same comes out, and nothing beyond a limit.
func fuzzMultipart(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    let pieces = input.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    let type = String(decoding: pieces[0], as: UTF8.self)
    if let field = ContentDisposition(type) {
        let written = ContentDisposition.value(isInline: false, fileName: field.fileName ?? "")
        precondition(ContentDisposition(written)?.fileName == field.fileName ?? "")
    }
    guard let boundary = try? MultipartBoundary(contentType: type), pieces.count == 2 else { return }
    let body = Array(pieces[1])
    let whole = read([body], boundary)
    precondition(whole == read(body.map { [$0] }, boundary))
    precondition(whole.parts.count <= limits.parts)
    precondition(whole.parts.allSatisfy { $0.name.utf8.count <= limits.name })
    precondition(whole.contents.reduce(0) { $0 + $1.count } <= body.count)
}

private func read(_ pieces: [[UInt8]], _ boundary: MultipartBoundary) -> Transcript {
    var reader = MultipartReader(boundary: boundary, limits: limits)
    var transcript = Transcript()
    do throws(MultipartError) {
        for piece in pieces {
            var position = 0
            reading: while true {
                switch try reader.next(piece.span.bytes, at: &position) {
                case .needMore: break reading
                case .part(let part):
                    transcript.parts.append(part)
                    transcript.contents.append([])
                case .content(let range): transcript.contents[transcript.contents.count - 1] += piece[range]
                case .kept(let early): transcript.contents[transcript.contents.count - 1] += early
                case .partEnd: precondition(!transcript.isEnded)
                case .end: transcript.isEnded = true
                }
            }
            precondition(position == piece.count)
        }
        try reader.finish()
        precondition(transcript.isEnded)
    } catch {
        transcript.error = error
    }
    return transcript
}
