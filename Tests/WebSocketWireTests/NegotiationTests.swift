import Testing

@testable import WebSocketWire

@Suite struct `Negotiation of permessage-deflate` {
    private static func answer(_ header: String, _ options: PerMessageDeflate.Options = .init()) -> String? {
        guard let offers = WebSocketExtension.parse([header]) else { return "malformed" }
        return PerMessageDeflate.answer(offers, options: options)?.response.text
    }

    private static let contexts = PerMessageDeflate.Options(
        client: .init(keepsContext: true), server: .init(keepsContext: true))

    @Test func `the grammar allows spaces, quotes, empty elements and several lines`() {
        let parsed = WebSocketExtension.parse([" a ;b=1 ; c=\"x\\y\", ,d", "", "e;f"])
        #expect(
            parsed == [
                .init("a", [.init("b", "1"), .init("c", "xy")]), .init("d"), .init("e", [.init("f")]),
            ])
    }

    @Test(arguments: [
        "a b", ";", "a;", "a;;b", "a; b=", "a; b=\"", "a; b=\"x", "a; b=\"\"", "a; b=\"x y\"", "a; b=\"x\\", "=", "a=b",
        "a;b=c d", "a, b;=", "é", "a;b=\"x\"y",
    ])
    func `what breaks the grammar is refused`(header: String) {
        #expect(WebSocketExtension.parse([header]) == nil)
    }

    @Test func `a long header takes time in proportion to its length`() {
        let long = String(repeating: "a;b=\"\\c\\d\" , ", count: 20_000)
        #expect(WebSocketExtension.parse([long])?.count == 20_000)
        #expect(WebSocketExtension.parse([String(repeating: " ", count: 200_000) + "("]) == nil)
    }

    @Test(arguments: [
        ("permessage-deflate", "permessage-deflate"),
        ("PerMessage-Deflate", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10"),
        ("permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10"),
        ("permessage-deflate; server_max_window_bits=\"10\"", "permessage-deflate; server_max_window_bits=10"),
        ("permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15"),
        ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
        ("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover"),
        ("x-webkit-deflate-frame, permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", "permessage-deflate"),
        (
            "permessage-deflate; mystery, permessage-deflate; client_max_window_bits=9",
            "permessage-deflate; client_max_window_bits=9"
        ),
    ])
    func `an offer that can be kept is answered`(offer: String, response: String) {
        #expect(Self.answer(offer, Self.contexts) == response)
    }

    @Test(arguments: [
        "", "deflate-frame", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=+9", "permessage-deflate; server_max_window_bits=1e1",
        "permessage-deflate; server_max_window_bits=8", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=99999999999999999999",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "permessage-deflate; unknown",
        "permessage-deflate; constructor", "permessage-deflate; __proto__", "permessage-deflate; toString=1",
        "constructor", "__proto__; hasOwnProperty", "toString",
    ])
    func `an offer that cannot be kept is declined`(offer: String) {
        #expect(Self.answer(offer) == nil)
    }

    @Test func `the server's own wish for no context and smaller windows is answered`() {
        let wish = PerMessageDeflate.Options(
            client: .init(keepsContext: false, windowBits: 11), server: .init(keepsContext: false, windowBits: 12))
        #expect(
            Self.answer("permessage-deflate", wish)
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"
        )
        let offers = WebSocketExtension.parse(["permessage-deflate"]) ?? []
        #expect(PerMessageDeflate.answer(offers, options: wish)?.agreement.client.windowBits == 15)
        #expect(
            Self.answer("permessage-deflate; client_max_window_bits; server_max_window_bits=14", wish)?
                .hasSuffix("server_max_window_bits=12; client_max_window_bits=11") == true)
    }

    @Test func `both ends reach one agreement`() throws {
        for keepsContext in [false, true] {
            for bits in [9, 13, 15] {
                let options = PerMessageDeflate.Options(
                    client: .init(keepsContext: keepsContext, windowBits: bits),
                    server: .init(keepsContext: keepsContext, windowBits: bits))
                let answer = PerMessageDeflate.answer(
                    [PerMessageDeflate.offer(options)],
                    options: .init(
                        client: .init(keepsContext: true), server: .init(keepsContext: true)))
                let (agreement, response) = try #require(answer)
                #expect(PerMessageDeflate.agreement(in: response, options: options) == agreement)
            }
        }
    }

    @Test(arguments: [
        "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; unknown", "other", "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    ])
    func `a client refuses an answer that does not fit its offer`(response: String) throws {
        let element = try #require(WebSocketExtension.parse([response])?.first)
        #expect(PerMessageDeflate.agreement(in: element, options: Self.contexts) == nil)
        #expect(PerMessageDeflate.agreement(in: .init("permessage-deflate"), options: .init()) == nil)
    }
}
