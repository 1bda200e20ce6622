import ParleyTesting
import Testing

@testable import Cryptography

/// The vectors that the Fernet specification publishes (github.com/fernet/spec).
@Suite struct FernetVectorTests {
    static let secret = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    static let token =
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
    /// 1985-10-26T01:20:00-07:00
    static let made: Int64 = 499_162_800

    private func fernet(at seconds: Int64) throws -> Fernet {
        let key = try #require(FernetKey(Self.secret))
        return try Fernet(key: key, clock: ManualClock(seconds: seconds), random: CountingRandom())
    }

    @Test func `generate gives the published token`() throws {
        let token = try fernet(at: Self.made).encrypt("hello")
        #expect(String(decoding: token, as: UTF8.self) == Self.token)
    }

    @Test func `verify opens the published token`() throws {
        let message = try fernet(at: Self.made + 1).decrypt(Self.token, ttl: 60)
        #expect(message == Array("hello".utf8))
    }

    struct Invalid: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let token: String
        var now = FernetVectorTests.made + 1
        let error: FernetError
    }

    static let invalid: [Invalid] = [
        Invalid(
            testDescription: "incorrect mac",
            token:
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            error: .notAuthentic),
        Invalid(
            testDescription: "too short", token: "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
            error: .malformed),
        Invalid(
            testDescription: "invalid base64",
            token:
                "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            error: .malformed),
        Invalid(
            testDescription: "payload size not multiple of block size",
            token: "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
            error: .malformed),
        Invalid(
            testDescription: "payload padding error",
            token:
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
            error: .malformed),
        Invalid(
            testDescription: "far-future TS (unacceptable clock skew)",
            token:
                "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
            error: .fromTheFuture),
        Invalid(
            testDescription: "expired TTL",
            token:
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            now: made + 91, error: .expired),
        Invalid(
            testDescription: "incorrect IV (causes padding error)",
            token:
                "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
            error: .malformed),
    ]

    @Test(arguments: invalid)
    func `verify refuses each published invalid token`(_ vector: Invalid) throws {
        #expect(throws: vector.error) { try fernet(at: vector.now).decrypt(vector.token, ttl: 60) }
    }
}
