import Blobs
import Chat
import HTTPWire
import Media
import Routing

/// The answer that carries a file: whole or in part, and never as anything that a browser would run.
struct FileAnswer {
    let file: OpenFile
    let request: Request

    private var size: Int { file.reader.count }
    /// What has an id never changes.
    private var tag: EntityTag { EntityTag(file.attachment.facts.id.description) }

    var response: Response {
        let kind = file.attachment.facts.kind
        let isInline = kind.mayBeInline && (try? request.query.first("download")) == nil
        var response = Response(
            .ok,
            headers: [
                "Cache-Control": "private", "ETag": tag.description, "Accept-Ranges": "bytes",
                "Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
            ])
        let condition = request.headers.values("if-none-match").joined(separator: ",")
        if !condition.isEmpty, tag.isMatched(byIfNoneMatch: condition) {
            response.status = .notModified
            return response
        }
        response.headers.set("Content-Type", kind.contentType)
        response.headers.set(
            "Content-Disposition", ContentDisposition.value(isInline: isInline, fileName: file.attachment.name))
        fill(&response)
        return response
    }

    private func fill(_ response: inout Response) {
        switch range {
        case .whole: response.body = body(0..<size)
        case .part(let part):
            response.status = .partialContent
            response.headers.set("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
            response.body = body(part)
        case .unsatisfiable:
            response.status = .rangeNotSatisfiable
            response.headers.set("Content-Range", "bytes */\(size)")
        }
    }

    private func body(_ range: Range<Int>) -> Response.Body {
        range.isEmpty ? .bytes([]) : .reader(BlobContent(reader: file.reader), range)
    }

    /// The part that is asked for; the whole where `If-Range` names something else (RFC 9110 section 13.1.5).
    private var range: ByteRange {
        let fields = request.headers.values("range")
        guard request.method == .get, fields.count == 1 else { return .whole }
        if let condition = request.headers.first("if-range") {
            guard let other = EntityTag(parsing: condition), tag.matchesStrongly(other) else { return .whole }
        }
        return ByteRange(fields[0], size: size)
    }
}

/// A sealed file, opened piece by piece while it is sent.
private struct BlobContent: ContentReader {
    let reader: BlobReader

    func read(at offset: Int, count: Int) throws -> [UInt8] { try reader.read(offset..<offset + count) }
}
