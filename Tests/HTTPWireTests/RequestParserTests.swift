import Bytes
import HTTPWire
import Testing

@Suite struct `Request parser` {
    @Test func `smoke`() throws {
        var parser = HTTPRequestParser()
        let bytes = Array("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        var position = 0
        guard case .head(let head) = try parser.next(bytes.span.bytes, at: &position) else { return }
        #expect(head.path == "/a")
    }
}
