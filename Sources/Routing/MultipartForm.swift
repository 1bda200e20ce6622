public import HTTPWire

extension MultipartError: HTTPResponseError {}

/// A form with files (`multipart/form-data`) that a handler takes part by part, as it comes.
///
///     let form = try MultipartForm(request, body)
///     while let part = try await form.nextPart() {
///         if part.fileName == nil { fields[part.name] = try await form.text(upTo: 1000) }
///         else { while let bytes = try await form.next() { try await writer.write(bytes) } }
///     }
public final class MultipartForm {
    private let body: RequestBody
    private var reader: MultipartReader
    private var bytes: [UInt8] = []
    private var position = 0
    private var isInPart = false

    /// The form that comes as the `body` of `request`; refused where the Content-Type says that it is none.
    public init(
        _ request: Request, _ body: RequestBody, limits: MultipartLimits = MultipartLimits()
    ) throws(MultipartError) {
        self.body = body
        let boundary = try MultipartBoundary(contentType: request.headers.first("content-type"))
        reader = MultipartReader(boundary: boundary, limits: limits)
    }

    /// The next part; what is left of the one before it is passed over. `nil` at the form's end, which has then come whole.
    public nonisolated(nonsending) func nextPart() async throws -> MultipartPart? {
        while let event = try await nextEvent() {
            if case .part(let part) = event {
                isInPart = true
                return part
            }
        }
        return nil
    }

    /// The next bytes of the part; `nil` at its end.
    public nonisolated(nonsending) func next() async throws -> [UInt8]? {
        while isInPart, let event = try await nextEvent() {
            switch event {
            case .content(let range):
                // All of it is the usual case, and costs no copy.
                return range.count == bytes.count ? bytes : Array(bytes[range])
            case .kept(let early): return early
            case .partEnd: isInPart = false
            case .needMore, .part, .end: break
            }
        }
        return nil
    }

    /// The whole part as text; refused where it has more bytes than `most`, or is no UTF-8.
    public nonisolated(nonsending) func text(upTo most: Int) async throws -> String {
        var content: [UInt8] = []
        while let bytes = try await next() {
            guard bytes.count <= most - content.count else {
                throw Refusal(.contentTooLarge, "A field of the form is too long: shorten it.")
            }
            content += bytes
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Refusal(.badRequest, "Send the fields of the form as UTF-8.")
        }
        return text
    }

    /// `nil` where no bytes are left and the form is whole.
    private nonisolated(nonsending) func nextEvent() async throws -> MultipartReader.Event? {
        while true {
            let lent = bytes
            let event = try unsafe reader.next(lent.span.bytes, at: &position)
            if case .needMore = event {
                guard let more = try await body.next() else {
                    try reader.finish()
                    return nil
                }
                bytes = more
                position = 0
            } else {
                return event
            }
        }
    }
}
