import HTTPWire
import Testing

@Suite struct `Negotiation` {
    @Test(arguments: [
        (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("br, gzip", true), ("gzip;q=0", false),
        ("gzip; q=0.001", true), ("*", true), ("*;q=0", false), ("gzip;q=0, *", false), ("gzip;q=x", false),
        ("gzip;q=1.5", false), ("identity", false), ("gzip;q=-1", false), ("gzip;q=0.0000", false),
    ])
    func `gzip is sent to those who accept it`(_ field: String?, _ accepts: Bool) {
        #expect(ContentNegotiation.accepts(coding: "gzip", field) == accepts)
        #expect((ContentNegotiation.preferredCoding(of: ["gzip"], field) == "gzip") == accepts)
    }

    @Test func `the better of two codings is chosen`() {
        let codings = ["gzip", "deflate"]
        #expect(ContentNegotiation.preferredCoding(of: codings, "deflate, gzip") == "gzip")
        #expect(ContentNegotiation.preferredCoding(of: codings, "gzip;q=0.5, deflate;q=0.8") == "deflate")
        #expect(ContentNegotiation.preferredCoding(of: codings, "br") == nil)
        #expect(ContentNegotiation.accepts(coding: "identity", nil))
        #expect(!ContentNegotiation.accepts(coding: "identity", "identity;q=0"))
    }

    @Test func `a browser is known by text/html`() {
        #expect(ContentNegotiation.prefersHTML("text/html,application/xhtml+xml,*/*;q=0.8"))
        #expect(!ContentNegotiation.prefersHTML("*/*"))
        #expect(!ContentNegotiation.prefersHTML("application/json"))
        #expect(!ContentNegotiation.prefersHTML("text/html;q=0"))
        #expect(!ContentNegotiation.prefersHTML(nil))
    }
}
