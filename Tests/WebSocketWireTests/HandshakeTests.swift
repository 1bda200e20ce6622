import Testing

@testable import WebSocketWire

@Suite struct `Handshake` {
    @Test func `the accept key is that of RFC 6455 section 1.3`() {
        #expect(WebSocketHandshake.acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }
}
