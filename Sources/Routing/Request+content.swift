public import HTTPWire
public import JSON

extension Request {
    /// The media type of the body; `nil` where none is told or it cannot be read.
    public var contentType: MediaType? { headers.first("content-type").flatMap(MediaType.init) }

    /// The body as JSON, whatever its Content-Type says. What is not JSON is refused with 400.
    public func json(limits: JSONLimits = JSONLimits()) throws(Refusal) -> JSONValue {
        do {
            return try JSONParser.parse(body, limits: limits)
        } catch {
            throw Refusal(.badRequest, error.description)
        }
    }

    /// The body's JSON as a type. What is not JSON is refused with 400, JSON of another shape with 422.
    public func decode<T: Decodable>(
        _ type: T.Type = T.self, limits: JSONLimits = JSONLimits()
    ) throws(Refusal) -> T {
        let value = try json(limits: limits)
        do {
            return try JSONValueDecoder().decode(type, from: value)
        } catch let error as DecodingError {
            throw Refusal(.unprocessableContent, error.sentence)
        } catch {
            throw Refusal(.unprocessableContent, "Send an object of the documented shape.")
        }
    }

    /// The body as a form (`application/x-www-form-urlencoded`).
    public func form() throws(HTTPError) -> QueryString { try QueryString(form: body) }

    /// The members of a JSON object, or the parameters of a form, as one object: for routes that take either. The
    /// Content-Type decides; a body without one is read as JSON. No body is an empty object.
    public func fields(limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        if contentType?.essence == "application/x-www-form-urlencoded" {
            return .object(try form().parameters.map { JSONValue.Member($0.name, .string($0.value)) })
        }
        if body.isEmpty { return .object([]) }
        let value = try json(limits: limits)
        guard case .object = value else { throw Refusal(.badRequest, "Send a JSON object.") }
        return value
    }
}

extension DecodingError {
    /// What to send instead, and where.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context): "Send \(Self.path(context.codingPath + [key]))."
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "At \(Self.path(context.codingPath)): \(context.debugDescription)"
        @unknown default: "Send an object of the documented shape."
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the top" : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
