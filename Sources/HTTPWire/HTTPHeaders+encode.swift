extension HTTPHeaders {
    /// Appends each field as a line end and a line, but for those that the encoder writes itself.
    func appendLines(to out: inout [UInt8], keepingConnection: Bool) throws(HTTPError) {
        for field in fields where !isEncoders(field.name, keepingConnection) {
            guard !field.name.isEmpty else { throw .unsendableHeader }
            out.append(.carriageReturn)
            out.append(.lineFeed)
            for index in field.name {
                guard buffer[index].isToken else { throw .unsendableHeader }
            }
            out.append(contentsOf: buffer[field.name])
            out.append(.colon)
            out.append(.space)
            // A line end in a value would begin a header, or a response, of the sender's choice.
            for index in field.value {
                guard buffer[index].isFieldContent else { throw .unsendableHeader }
            }
            out.append(contentsOf: buffer[field.value])
        }
    }

    private func isEncoders(_ name: Range<Int>, _ keepingConnection: Bool) -> Bool {
        switch name.count {
        case 4: matches(name, "date") || matches(name, "host")
        case 10: !keepingConnection && matches(name, "connection")
        case 14: matches(name, "content-length")
        case 17: matches(name, "transfer-encoding")
        default: false
        }
    }
}
