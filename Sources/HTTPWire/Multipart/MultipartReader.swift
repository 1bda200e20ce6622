import Bytes

/// Reads a form (`multipart/form-data`, RFC 7578) as it comes, strictly; what its parts hold is handed on and never kept.
///
/// Used like `HTTPRequestParser`: the caller lends what it has and a position in it. However the bytes are split, the same
/// comes out.
///
///     var reader = MultipartReader(boundary: try MultipartBoundary(contentType: type))
///     while true {
///         switch try reader.next(bytes, at: &position) {
///         case .needMore: …                            // lend the next bytes, or call `finish()` where there are none
///         case .part(let part): …
///         case .content(let range): take(bytes.extracting(range))
///         case .kept(let early): take(early)
///         case .partEnd, .end: …
///         }
///     }
public struct MultipartReader: ~Copyable {
    /// What has been read.
    public enum Event: Sendable {
        /// All bytes are taken and no event is complete.
        case needMore
        /// Another part begins.
        case part(MultipartPart)
        /// The next bytes of the part: a range of the lent bytes.
        case content(Range<Int>)
        /// The next bytes of the part, which came earlier and looked like the beginning of a boundary.
        case kept([UInt8])
        /// The part is over.
        case partEnd
        /// The form is over.
        case end
    }

    private enum State {
        /// So many bytes of a delimiter are here; before the first part its line end needs not to be.
        case start(matched: Int)
        /// Behind a boundary.
        case boundaryEnd
        case boundaryReturn
        case boundaryHyphen
        case header
        /// So many of the last bytes may be the beginning of a delimiter.
        case content(matched: Int)
        case lastBoundary
        case lastReturn
        case lastLine
        case failed(MultipartError)
    }

    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private var state = State.start(matched: 2)
    private var header: [UInt8] = []
    private var partCount = 0

    /// A reader at the beginning of a form.
    public init(boundary: MultipartBoundary, limits: MultipartLimits = MultipartLimits()) {
        delimiter = boundary.delimiter
        self.limits = limits
    }

    /// The next event in `bytes` from `position` on. After an error every further call throws the same.
    public mutating func next(_ bytes: RawSpan, at position: inout Int) throws(MultipartError) -> Event {
        do throws(MultipartError) {
            while position < bytes.byteCount {
                if let event = try step(bytes, at: &position) { return event }
            }
            if case .failed(let error) = state { throw error }
            return .needMore
        } catch {
            state = .failed(error)
            header = []
            throw error
        }
    }

    /// Checks, where no bytes are left to come, that the form is whole.
    public func finish() throws(MultipartError) {
        switch state {
        case .lastBoundary, .lastLine: return
        case .failed(let error): throw error
        default: throw .truncated
        }
    }

    private mutating func step(_ bytes: RawSpan, at position: inout Int) throws(MultipartError) -> Event? {
        if case .content(let matched) = state { return readContent(bytes, at: &position, matched) }
        let byte = bytes.byte(at: position)
        position += 1
        switch (state, byte) {
        case (.start(let matched), _):
            guard byte == delimiter[matched] else { throw .preamble }
            state = matched + 1 == delimiter.count ? .boundaryEnd : .start(matched: matched + 1)
        case (.boundaryEnd, .carriageReturn): state = .boundaryReturn
        case (.boundaryEnd, 0x2d): state = .boundaryHyphen
        case (.boundaryReturn, .lineFeed):
            guard partCount < limits.parts else { throw .tooManyParts }
            state = .header
        case (.boundaryHyphen, 0x2d):
            state = .lastBoundary
            return .end
        case (.header, _): return try readHeader(byte)
        case (.lastBoundary, .carriageReturn): state = .lastReturn
        case (.lastReturn, .lineFeed): state = .lastLine
        case (.lastBoundary, _), (.lastReturn, _), (.lastLine, _): throw .epilogue
        case (.failed(let error), _): throw error
        default: throw .malformedBoundary
        }
        return nil
    }

    private mutating func readHeader(_ byte: UInt8) throws(MultipartError) -> Event? {
        guard header.count < limits.partHeader else { throw .partHeaderTooLarge }
        if byte == .lineFeed, header.last != .carriageReturn { throw .bareLineFeed }
        header.append(byte)
        guard byte == .lineFeed, header.count == 2 || header.suffix(4).elementsEqual("\r\n\r\n".utf8) else {
            return nil
        }
        let part = try MultipartPart(header: header, limits: limits)
        header.removeAll(keepingCapacity: true)
        partCount += 1
        state = .content(matched: 0)
        return .part(part)
    }

    /// A boundary has no carriage return, so what turns out to be no delimiter can begin one only at the byte that shows
    /// it.
    private mutating func readContent(_ bytes: RawSpan, at position: inout Int, _ matched: Int) -> Event? {
        if matched > 0 {
            var matched = matched
            while position < bytes.byteCount, matched < delimiter.count, bytes.byte(at: position) == delimiter[matched]
            {
                position += 1
                matched += 1
            }
            if matched == delimiter.count { return endPart() }
            state = .content(matched: position == bytes.byteCount ? matched : 0)
            return position == bytes.byteCount ? nil : .kept(Array(delimiter[..<matched]))
        }
        let start = position
        while position < bytes.byteCount {
            guard bytes.byte(at: position) == .carriageReturn else {
                position += 1
                continue
            }
            let possible = length(ofDelimiterIn: bytes, at: position)
            if possible == delimiter.count || position + possible == bytes.byteCount {
                if position > start { return .content(start..<position) }
                position += possible
                if possible == delimiter.count { return endPart() }
                state = .content(matched: possible)
                return nil
            }
            position += possible
        }
        return .content(start..<position)
    }

    /// How many bytes from `index` on are those of the delimiter.
    private func length(ofDelimiterIn bytes: RawSpan, at index: Int) -> Int {
        var count = 0
        while count < delimiter.count, index + count < bytes.byteCount,
            bytes.byte(at: index + count) == delimiter[count]
        { count += 1 }
        return count
    }

    private mutating func endPart() -> Event {
        state = .boundaryEnd
        return .partEnd
    }
}
