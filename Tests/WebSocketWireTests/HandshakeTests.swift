import Testing

@testable import WebSocketWire

@Suite struct Handshake {
    private static func request() -> WebSocketHandshake.Request {
        WebSocketHandshake.Request(
            method: "GET", isHTTP11: true, upgrade: ["websocket"], connection: ["Upgrade"], version: ["13"],
            key: ["dGhlIHNhbXBsZSBub25jZQ=="])
    }

    private static func refusal(_ change: (inout WebSocketHandshake.Request) -> Void) -> WebSocketHandshakeError? {
        var request = request()
        change(&request)
        do throws(WebSocketHandshakeError) {
            _ = try WebSocketHandshake.accept(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the accept key is that of RFC 6455 section 1.3`() throws {
        let acceptance = try WebSocketHandshake.accept(Self.request())
        #expect(acceptance.acceptKey == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(acceptance.deflate == nil)
        #expect(acceptance.headers.map(\.name) == ["Upgrade", "Connection", "Sec-WebSocket-Accept"])
    }

    @Test func `header values are lists of tokens in any case`() {
        #expect(Self.refusal { $0.upgrade = ["WebSocket"] } == nil)
        #expect(Self.refusal { $0.upgrade = ["h2c/1, websocket"] } == nil)
        #expect(Self.refusal { $0.connection = ["keep-alive, UPGRADE"] } == nil)
        #expect(Self.refusal { $0.connection = ["keep-alive", "\tupgrade "] } == nil)
        #expect(WebSocketHandshake.isUpgrade(upgrade: ["websocket"], connection: ["Upgrade"]))
        #expect(!WebSocketHandshake.isUpgrade(upgrade: ["h2c"], connection: ["Upgrade"]))
        #expect(!WebSocketHandshake.isUpgrade(upgrade: ["websocket"], connection: ["close"]))
    }

    @Test func `each missing or wrong part has its refusal`() {
        #expect(Self.refusal { $0.method = "POST" } == .methodNotGet)
        #expect(Self.refusal { $0.isHTTP11 = false } == .versionOfHTTP)
        #expect(Self.refusal { $0.upgrade = [] } == .upgradeMissing)
        #expect(Self.refusal { $0.upgrade = ["websockets"] } == .upgradeMissing)
        #expect(Self.refusal { $0.connection = ["upgrades"] } == .connectionMissing)
        for version in [[], ["8"], ["13", "13"], ["13, 8"], [""]] {
            #expect(Self.refusal { $0.version = version } == .versionUnsupported)
        }
        for key in [
            [], [""], ["dGhlIHNhbXBsZSBub25jZQ=="] + ["dGhlIHNhbXBsZSBub25jZQ=="], ["dGhlIHNhbXBsZSBub25j"],
            ["dGhlIHNhbXBsZSBub25jZQ"], ["dGhlIHNhbXBsZSBub25jZR=="], ["not base 64 at all!!!!!="],
        ] {
            #expect(Self.refusal { $0.key = key } == .keyInvalid)
        }
        #expect(Self.refusal { $0.extensions = ["permessage-deflate; ="] } == .extensionsInvalid)
        #expect(Self.refusal { $0.protocols = ["a b"] } == .protocolsInvalid)
    }

    @Test func `another version is answered with 426 and the version spoken (section 4.4)`() {
        let error = WebSocketHandshakeError.versionUnsupported
        #expect(error.status == 426)
        #expect(error.headers.contains { $0.name == "Sec-WebSocket-Version" && $0.value == "13" })
        #expect(WebSocketHandshakeError.methodNotGet.status == 405)
        #expect(WebSocketHandshakeError.keyInvalid.status == 400)
    }

    @Test func `the first subprotocol of the client that the server speaks is chosen`() throws {
        var request = Self.request()
        request.protocols = ["chat, superchat", "other"]
        #expect(
            try WebSocketHandshake.accept(request, subprotocols: ["other", "superchat"]).subprotocol == "superchat")
        #expect(try WebSocketHandshake.accept(request, subprotocols: ["Chat"]).subprotocol == nil)
        let headers = try WebSocketHandshake.accept(request, subprotocols: ["chat"]).headers
        #expect(headers.last?.name == "Sec-WebSocket-Protocol")
        #expect(headers.last?.value == "chat")
    }

    @Test func `a client takes only the answer to its own request`() throws {
        let handshake = WebSocketClientHandshake(nonce: Array("the sample nonce".utf8), subprotocols: ["chat"])
        #expect(handshake.headers.contains { $0.value == "dGhlIHNhbXBsZSBub25jZQ==" })
        let good = WebSocketClientHandshake.Response(
            status: 101, upgrade: ["websocket"], connection: ["Upgrade"], accept: ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="])
        #expect(try handshake.finish(good) == .init())
        func refusal(_ change: (inout WebSocketClientHandshake.Response) -> Void) -> WebSocketClientHandshakeError? {
            var response = good
            change(&response)
            do throws(WebSocketClientHandshakeError) {
                _ = try handshake.finish(response)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal { $0.status = 200 } == .status(200))
        #expect(refusal { $0.upgrade = [] } == .notUpgraded)
        #expect(refusal { $0.accept = ["s3pPLMBiTxaQ9kYGzzhZRbK+xOO="] } == .wrongAcceptKey)
        #expect(refusal { $0.accept = [] } == .wrongAcceptKey)
        #expect(refusal { $0.extensions = ["permessage-deflate"] } == .unexpectedExtension)
        #expect(refusal { $0.extensions = ["a, b"] } == .unexpectedExtension)
        #expect(refusal { $0.protocols = ["superchat"] } == .unexpectedSubprotocol)
        #expect(refusal { $0.protocols = ["chat"] } == nil)
    }

    @Test func `SHA-1 gives the digests of RFC 3174 at every length of padding`() {
        func hex(_ text: String) -> String {
            SHA1.digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        #expect(hex(String(repeating: "a", count: 55)) == "c1c8bbdc22796e28c0e15163d20899b65621d65a")
        #expect(hex(String(repeating: "a", count: 64)) == "0098ba824b5c16427bd7a1122a5a442a25ec644d")
    }
}
