import Bytes
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("Rates of callers") struct RateLimiterTests {
    private let clock = ManualClock()

    private func limiter(_ perMinute: Int, capacity: Int = 100) -> RateLimiter<Subscriber> {
        RateLimiter(RateLimit(perMinute: perMinute), clock: clock, capacity: capacity)
    }

    /// How many of `count` tries are let through.
    private func admitted(_ limiter: RateLimiter<Subscriber>, _ address: String, of count: Int) -> Int {
        (0..<count).count { _ in limiter.take(Subscriber(address)) == nil }
    }

    @Test func `so many may come at once, and one more may not`() {
        let limiter = limiter(10)
        #expect(admitted(limiter, "192.0.2.1", of: 10) == 10)
        #expect(limiter.take(Subscriber("192.0.2.1")) == 6)
        #expect(limiter.take(Subscriber("192.0.2.2")) == nil)
    }

    @Test func `after the time that was told one more may come, and not before`() {
        let limiter = limiter(10)
        _ = admitted(limiter, "192.0.2.1", of: 10)
        clock.advance(by: .milliseconds(5999))
        #expect(limiter.take(Subscriber("192.0.2.1")) == 1)
        clock.advance(by: .milliseconds(1))
        #expect(limiter.take(Subscriber("192.0.2.1")) == nil)
        #expect(limiter.take(Subscriber("192.0.2.1")) == 6)
    }

    @Test func `no more is saved up than a minute brings`() {
        let limiter = limiter(10)
        _ = admitted(limiter, "192.0.2.1", of: 10)
        clock.advance(by: .seconds(86_400))
        #expect(admitted(limiter, "192.0.2.1", of: 30) == 10)
    }

    @Test func `a clock that is set back takes nothing away`() {
        let limiter = limiter(10)
        _ = admitted(limiter, "192.0.2.1", of: 5)
        clock.advance(by: .seconds(-3600))
        #expect(admitted(limiter, "192.0.2.1", of: 30) == 5)
    }

    @Test(arguments: [1, 7, 1000])
    func `the time told is enough, for any rate`(perMinute: Int) throws {
        let limiter = limiter(perMinute)
        _ = admitted(limiter, "192.0.2.1", of: perMinute)
        let seconds = try #require(limiter.take(Subscriber("192.0.2.1")))
        #expect(seconds >= 1)
        clock.advance(by: .seconds(seconds))
        #expect(limiter.take(Subscriber("192.0.2.1")) == nil)
    }

    @Test func `a subscriber of IPv6 is one caller, whichever of its addresses it takes`() {
        let limiter = limiter(2)
        #expect(limiter.take(Subscriber("2001:db8:1:2::1")) == nil)
        #expect(limiter.take(Subscriber("2001:db8:1:2:ffff::7")) == nil)
        #expect(limiter.take(Subscriber("2001:db8:1:2:abcd::8")) != nil)
        #expect(limiter.take(Subscriber("2001:db8:1:3::1")) == nil)
    }

    @Test func `one more caller than are kept makes those forgotten who spent least`() {
        let limiter = limiter(10, capacity: 100)
        // The last ten have spent all they had.
        for number in 0..<100 { _ = admitted(limiter, "192.0.2.\(number)", of: number < 90 ? 1 : 10) }
        #expect(limiter.take(Subscriber("198.51.100.1")) == nil)
        for number in 90..<100 { #expect(limiter.take(Subscriber("192.0.2.\(number)")) != nil) }
    }

    @Test func `callers whose time has come again are forgotten first`() {
        let limiter = limiter(10, capacity: 100)
        for number in 0..<99 { _ = admitted(limiter, "192.0.2.\(number)", of: 10) }
        clock.advance(by: .seconds(60))
        _ = admitted(limiter, "192.0.2.200", of: 3)
        #expect(limiter.take(Subscriber("198.51.100.1")) == nil)
        #expect(admitted(limiter, "192.0.2.200", of: 30) == 7)
    }
}
