import Bytes
import Deflate
import HTTPWire

/// One file as it is answered (RFC 9110 sections 13 and 14).
struct StaticAsset: Sendable {
    private enum Content: Sendable {
        case memory(SharedBytes)
        case disk(path: String, size: Int)
    }

    private let contentType: String
    private let cacheControl: String
    private let tag: EntityTag
    private let content: Content
    private let size: Int
    /// The gzip form, where it is smaller, with a tag of its own, for it is another representation.
    private let compressed: (bytes: SharedBytes, tag: EntityTag)?

    init(_ file: StaticFileLoader.File, cacheControl: String) {
        contentType = file.contentType
        self.cacheControl = cacheControl
        tag = EntityTag(file.hash)
        switch file.content {
        case .memory(let bytes):
            content = .memory(SharedBytes(bytes))
            size = bytes.count
            compressed = Self.compress(bytes, contentType).map { ($0, EntityTag(file.hash + "-gzip")) }
        case .disk(let path, let size):
            content = .disk(path: path, size: size)
            self.size = size
            compressed = nil
        }
    }

    private static func compress(_ bytes: [UInt8], _ contentType: String) -> SharedBytes? {
        // Without memory for it, the file is served as it is.
        guard MediaType.isCompressible(contentType), let gzip = try? Gzip.compress(bytes, level: 6),
            gzip.count < bytes.count
        else { return nil }
        return SharedBytes(gzip)
    }

    func response(to request: Request) -> Response {
        var response = Response(.ok, headers: ["Cache-Control": cacheControl])
        if compressed != nil { response.headers.add("Vary", "Accept-Encoding") }
        let range = requestedRange(request)
        let sent = range == .whole ? compressedIfAccepted(request) : nil
        response.headers.add("ETag", (sent?.tag ?? tag).description)
        let condition = request.headers.values("if-none-match").joined(separator: ",")
        if !condition.isEmpty, (sent?.tag ?? tag).isMatched(byIfNoneMatch: condition) {
            response.status = .notModified
            return response
        }
        response.headers.add("Content-Type", contentType)
        if let sent {
            response.headers.add("Content-Encoding", "gzip")
            response.body = .shared(sent.bytes, 0..<sent.bytes.count)
        } else {
            response.headers.add("Accept-Ranges", "bytes")
            fill(&response, range)
        }
        return response
    }

    private func fill(_ response: inout Response, _ range: ByteRange) {
        switch range {
        case .whole: response.body = body(0..<size)
        case .part(let part):
            response.status = .partialContent
            response.headers.add("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
            response.body = body(part)
        case .unsatisfiable:
            response.status = .rangeNotSatisfiable
            response.headers.add("Content-Range", "bytes */\(size)")
        }
    }

    private func body(_ range: Range<Int>) -> Response.Body {
        switch content {
        case .memory(let bytes): .shared(bytes, range)
        case .disk(let path, _): .file(.init(path: path, offset: range.lowerBound, count: range.count))
        }
    }

    /// The part that is asked for; the whole where `If-Range` names another state of the file.
    private func requestedRange(_ request: Request) -> ByteRange {
        let fields = request.headers.values("range")
        guard request.method == .get, fields.count == 1 else { return .whole }
        if let condition = request.headers.first("if-range") {
            // A date never matches: files are told apart by their tags only.
            guard let other = EntityTag(parsing: condition), tag.matchesStrongly(other) else { return .whole }
        }
        return ByteRange(fields[0], size: size)
    }

    private func compressedIfAccepted(_ request: Request) -> (bytes: SharedBytes, tag: EntityTag)? {
        let field = request.headers.list("accept-encoding").joined(separator: ",")
        return ContentNegotiation.accepts(coding: "gzip", field) ? compressed : nil
    }
}
