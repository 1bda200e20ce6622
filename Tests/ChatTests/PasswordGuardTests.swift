import Bytes
import ParleyTesting
import Testing

@testable import Chat

@Suite struct PasswordGuardTests {
    private let clock = ManualClock()
    private let room = RoomID(trusted: "room")
    private let other = RoomID(trusted: "other")
    private let here = IPAddress("192.0.2.1")
    private let there = IPAddress("192.0.2.2")

    private func tries(_ limit: Int = 3, records: Int = 100) -> PasswordGuard {
        var limits = ChatLimits()
        limits.passwordFailures = limit
        limits.passwordRecords = records
        return PasswordGuard(clock: clock, limits: limits)
    }

    @Test func `the tries of one address on one room run out, and come back when the window ends`() throws {
        let tries = tries()
        for _ in 0..<3 { try tries.begin(room, from: here) }
        clock.advance(by: .seconds(1))
        #expect(throws: ChatError.tooManyAttempts(retryAfter: 599)) { try tries.begin(room, from: here) }
        try tries.begin(room, from: there)
        try tries.begin(other, from: here)
        clock.advance(by: .seconds(599))
        try tries.begin(room, from: here)
    }

    @Test func `the right password forgives, and a try that was not made does not count`() throws {
        let tries = tries()
        for _ in 0..<3 { try tries.begin(room, from: here) }
        tries.succeeded(room, from: here)
        for _ in 0..<3 { try tries.begin(room, from: here) }
        tries.withdrew(room, from: here)
        try tries.begin(room, from: here)
        #expect(throws: ChatError.self) { try tries.begin(room, from: here) }
    }

    @Test func `a network of IPv6 is one address`() throws {
        let tries = tries()
        for host in 1...3 { try tries.begin(room, from: IPAddress("2001:db8:0:1::\(host)")) }
        #expect(throws: ChatError.self) { try tries.begin(room, from: IPAddress("2001:db8:0:1:ffff::9")) }
        try tries.begin(room, from: IPAddress("2001:db8:0:2::1"))
    }

    @Test func `the tries of one address on all rooms run out, wrong ones only`() throws {
        var limits = ChatLimits()
        limits.passwordFailuresPerAddress = 20
        let tries = PasswordGuard(clock: clock, limits: limits)
        for number in 0..<50 {
            let room = RoomID(trusted: "right \(number)")
            try tries.begin(room, from: here)
            tries.succeeded(room, from: here)
        }
        for number in 0..<20 { try tries.begin(RoomID(trusted: "wrong \(number)"), from: here) }
        tries.withdrew(RoomID(trusted: "wrong 0"), from: here)
        try tries.begin(room, from: here)
        #expect(throws: ChatError.tooManyAttempts(retryAfter: 600)) { try tries.begin(other, from: here) }
        try tries.begin(other, from: there)
        for number in 0..<50 { try tries.begin(RoomID(trusted: "\(number)"), from: nil) }
        clock.advance(by: .seconds(600))
        try tries.begin(other, from: here)
    }

    @Test func `the memory is bounded, and keeps the youngest`() throws {
        let tries = tries(1, records: 10)
        for number in 0..<100 {
            clock.advance(by: .seconds(1))
            try tries.begin(RoomID(trusted: "\(number)"), from: here)
            #expect(tries.count <= 10)
        }
        #expect(throws: ChatError.self) { try tries.begin(RoomID(trusted: "99"), from: here) }
    }
}
