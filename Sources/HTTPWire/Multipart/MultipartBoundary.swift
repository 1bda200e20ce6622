/// What separates the parts of a form (RFC 2046 section 5.1.1).
public struct MultipartBoundary: Sendable, Equatable {
    /// A line end, two hyphens and the boundary: what ends each part.
    let delimiter: [UInt8]

    /// The most characters of a boundary (RFC 2046 section 5.1.1).
    static let longest = 70

    /// The boundary that a request's `Content-Type` names.
    public init(contentType: String?) throws(MultipartError) {
        guard let contentType else { throw .notAForm }
        guard let type = MediaType(contentType) else {
            throw contentType.utf8.prefix(10).elementsEqual("multipart/".utf8) ? .invalidBoundary : .notAForm
        }
        guard type.essence == "multipart/form-data" else { throw .notAForm }
        let named = type.parameters.filter { $0.name == "boundary" }
        guard named.count == 1, let boundary = MultipartBoundary(named[0].value) else { throw .invalidBoundary }
        self = boundary
    }

    /// `nil` for what may be no boundary.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed),
            text.utf8.last != .space
        else { return nil }
        delimiter = Array("\r\n--".utf8) + text.utf8
    }

    /// `bchars`: letters, digits and '()+_,-./:=? and the space.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3a, 0x3d, 0x3f, 0x41...0x5a, 0x5f, 0x61...0x7a, 0x27...0x29, 0x2b...0x2f, 0x20: true
        default: false
        }
    }
}
