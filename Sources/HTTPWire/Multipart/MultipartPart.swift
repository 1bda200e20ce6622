/// What stands above the content of one part of a form (RFC 7578 section 4).
public struct MultipartPart: Sendable, Equatable {
    public var name: String
    /// The name of the file, as it was sent: never to be used as a path. `nil` where the part is a plain value.
    public var fileName: String?
    /// The type that the client claims.
    public var contentType: MediaType?

    /// A part made by hand.
    public init(name: String, fileName: String? = nil, contentType: MediaType? = nil) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// Reads the field lines of `header`, each with its line end, the empty line last.
    init(header: [UInt8], limits: MultipartLimits) throws(MultipartError) {
        var disposition: ContentDisposition?
        var contentType: MediaType?
        for line in try Self.lines(of: header) {
            let (name, value) = try Self.field(line)
            switch name {
            case "content-disposition":
                guard disposition == nil else { throw .missingDisposition }
                guard let read = ContentDisposition(value) else { throw .malformedDisposition }
                disposition = read
            case "content-type":
                guard contentType == nil, let type = MediaType(value) else { throw .malformedPartHeader }
                contentType = type
            case "content-transfer-encoding":
                guard ["binary", "8bit", "7bit"].contains(value.lowercased()) else { throw .transferEncoding }
            default: break
            }
        }
        guard let disposition else { throw .missingDisposition }
        guard disposition.type == "form-data", let name = disposition.name else { throw .malformedDisposition }
        if contentType?.type == "multipart" { throw .nested }
        if name.utf8.count > limits.name { throw .nameTooLong }
        if let fileName = disposition.fileName, fileName.utf8.count > limits.fileName { throw .fileNameTooLong }
        self.init(name: name, fileName: disposition.fileName, contentType: contentType)
    }

    /// The lines but for the empty one; each ends in a carriage return and a line feed and holds no other control
    /// character than tabs.
    private static func lines(of header: [UInt8]) throws(MultipartError) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < header.count {
            let byte = header[index]
            if byte == .carriageReturn {
                guard index + 1 < header.count, header[index + 1] == .lineFeed else { throw .bareLineFeed }
                if index > start { lines.append(header[start..<index]) }
                start = index + 2
                index += 2
                continue
            }
            if byte == .lineFeed { throw .bareLineFeed }
            guard byte.isFieldContent else { throw .malformedPartHeader }
            index += 1
        }
        return lines
    }

    /// The name in lower case, and the value without blanks around it. A folded line begins with a blank, which is no name.
    private static func field(_ line: ArraySlice<UInt8>) throws(MultipartError) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: .colon), colon > line.startIndex,
            line[..<colon].allSatisfy({ $0.isToken }),
            let value = String(validating: line[(colon + 1)...], as: UTF8.self)
        else { throw .malformedPartHeader }
        return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(value.trimmingBlanks))
    }
}
