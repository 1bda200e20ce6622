import Bytes
import EventLoops
import ParleyTesting
import Testing

@testable import Cryptography

@Suite struct FernetTests {
    private let clock = ManualClock(seconds: 1_700_000_000)
    private let key = FernetKey()

    private func fernet() throws -> Fernet { try Fernet(key: key, clock: clock) }

    @Test(arguments: [0, 1, 15, 16, 17, 100, 1000, 100_000])
    func `a message of any length comes back`(_ count: Int) throws {
        let fernet = try fernet()
        let message = SecureRandom().bytes(count)
        let token = try fernet.encrypt(message)
        #expect(token.count.isMultiple(of: 4))
        #expect(try fernet.decrypt(token) == message)
        #expect(try fernet.decrypt(token, ttl: 0) == message)
    }

    @Test func `two tokens of one message differ`() throws {
        let fernet = try fernet()
        #expect(try fernet.encrypt("same") != fernet.encrypt("same"))
    }

    @Test func `every changed bit is noticed`() throws {
        let fernet = try fernet()
        let raw = try #require(Base64.urlSafe.decode(String(decoding: fernet.encrypt("a message"), as: UTF8.self)))
        for bit in 0..<raw.count * 8 {
            var changed = raw
            changed[bit / 8] ^= 1 << (bit % 8)
            let token = Base64.urlSafe.encode(changed)
            #expect(throws: bit < 8 ? FernetError.malformed : .notAuthentic) { try fernet.decrypt(token) }
        }
    }

    @Test func `a cut token is refused`() throws {
        let fernet = try fernet()
        let token = try fernet.encrypt("a message of more than one block")
        for count in 0..<token.count {
            #expect(throws: FernetError.self) { try fernet.decrypt(Array(token[..<count])) }
        }
    }

    @Test(arguments: ["", "=", "====", "gAAAA", "not base 64", String(repeating: "A", count: 10_000)])
    func `what is no token is refused`(_ text: String) throws {
        #expect(throws: FernetError.malformed) { try fernet().decrypt(text) }
    }

    @Test func `unpadded tokens and those with white space are refused`() throws {
        let fernet = try fernet()
        let token = String(decoding: try fernet.encrypt("padded"), as: UTF8.self)
        let bare = token.filter { $0 != "=" }
        #expect(bare != token)
        #expect(throws: FernetError.malformed) { try fernet.decrypt(bare) }
        #expect(throws: FernetError.malformed) { try fernet.decrypt(token + "\n") }
        #expect(throws: FernetError.malformed) { try fernet.decrypt(" " + token) }
    }

    @Test func `a token is good for its time to live and no second longer`() throws {
        let fernet = try fernet()
        let token = try fernet.encrypt("text")
        clock.set(seconds: 1_700_000_060)
        #expect(throws: Never.self) { try fernet.decrypt(token, ttl: 60) }
        clock.set(seconds: 1_700_000_061)
        #expect(throws: FernetError.expired) { try fernet.decrypt(token, ttl: 60) }
        #expect(throws: Never.self) { try fernet.decrypt(token) }
    }

    @Test func `a clock that is 60 seconds behind is forgiven, one of 61 is not`() throws {
        let fernet = try fernet()
        let token = try fernet.encrypt("text")
        clock.set(seconds: 1_700_000_000 - 60)
        #expect(throws: Never.self) { try fernet.decrypt(token, ttl: 10) }
        clock.set(seconds: 1_700_000_000 - 61)
        #expect(throws: FernetError.fromTheFuture) { try fernet.decrypt(token, ttl: 10) }
    }

    @Test func `times at the ends of their range overflow nothing`() throws {
        let fernet = try fernet()
        let message: [UInt8] = [1]
        let token = try fernet.encrypt(message.span.bytes, at: .max)
        #expect(throws: FernetError.fromTheFuture) { try fernet.decrypt(token, ttl: .max) }
        #expect(try fernet.decrypt(token) == [1])
    }

    @Test func `a message over the limit is refused`() throws {
        let fernet = try fernet()
        let message = [UInt8](repeating: 0, count: Fernet.largestMessage + 1)
        #expect(throws: FernetError.tooLarge) { try fernet.encrypt(message) }
    }

    @Test func `many threads use one key at once`() async throws {
        let fernet = try fernet()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for count in 0..<200 {
                        let message = [UInt8](repeating: UInt8(number), count: count)
                        let opened = try fernet.decrypt(fernet.encrypt(message))
                        #expect(opened == message)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a key reads its own text and shows it to nobody`() throws {
        #expect(FernetKey(key.secretText) == key)
        #expect(!"\(key) \(String(reflecting: key))".contains(key.secretText))
        #expect(FernetKey("") == nil)
        #expect(FernetKey(String(key.secretText.dropLast())) == nil)
        #expect(FernetKey(Base64.urlSafe.encode([UInt8](repeating: 0, count: 31))) == nil)
        #expect(FernetKey(Base64.urlSafe.encode([UInt8](repeating: 0, count: 33))) == nil)
    }

    @Test(.enabled(if: TestSize.isLarge))
    func `a million initialization vectors differ`() throws {
        let random = SecureRandom()
        var seen: Set<[UInt8]> = []
        for _ in 0..<1_000_000 { seen.insert(random.bytes(16)) }
        #expect(seen.count == 1_000_000)
    }
}

@Suite struct FernetKeyringTests {
    private let old = FernetKey()
    private let new = FernetKey()

    @Test func `the first key writes and every key reads`() throws {
        let ring = try FernetKeyring(keys: [new, old])
        let token = try FernetKeyring(keys: [old]).encrypt([1, 2, 3])
        #expect(try ring.decrypt(token) == [1, 2, 3])
        #expect(!ring.isCurrent(token))
        let fresh = try ring.encrypt([4])
        #expect(ring.isCurrent(fresh))
        #expect(throws: FernetError.notAuthentic) { try FernetKeyring(keys: [old]).decrypt(fresh) }
    }

    @Test func `rotation keeps message and time, and the old key opens it no longer`() throws {
        let clock = ManualClock(seconds: 1_000_000_000)
        let token = try FernetKeyring(keys: [old], clock: clock).encrypt([7])
        clock.set(seconds: 1_000_000_050)
        let ring = try FernetKeyring(keys: [new, old], clock: clock)
        let rotated = try ring.rotate(token)
        #expect(try FernetKeyring(keys: [new], clock: clock).decrypt(rotated, ttl: 50) == [7])
        #expect(throws: FernetError.expired) { try ring.decrypt(rotated, ttl: 49) }
        #expect(throws: FernetError.notAuthentic) { try FernetKeyring(keys: [old]).decrypt(rotated) }
    }

    @Test func `a wrapped key is a token whose message is the key's text`() throws {
        let data = FernetKey()
        let ring = try FernetKeyring(keys: [new])
        let wrapped = try ring.wrap(data)
        #expect(try ring.unwrap(wrapped) == data)
        #expect(try Fernet(key: new).decrypt(wrapped) == Array(data.secretText.utf8))
        #expect(throws: FernetError.malformed) { try ring.unwrap(ring.encrypt([1])) }
        #expect(throws: FernetError.notAuthentic) { try FernetKeyring(keys: [old]).unwrap(wrapped) }
    }
}
