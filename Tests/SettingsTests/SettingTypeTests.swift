import Settings
import Testing

@Suite struct SettingTypeTests {
    enum Shape: String, CaseIterable {
        case round, square, flat
    }

    @Test func `a whole number keeps to its range`() {
        let type = SettingType<Int>.integer(0...65_535)
        #expect(type.parse("0") == 0)
        #expect(type.parse("65535") == 65_535)
        for wrong in ["65536", "-1", "", " 1", "1 ", "+1", "1.0", "0x10", "1_000", "٣", "99999999999999999999"] {
            #expect(type.parse(wrong) == nil, "\(wrong)")
        }
        #expect(type.summary == "a whole number from 0 to 65535")
    }

    @Test func `bytes have units`() {
        let type = SettingType<Int>.bytes(1...(1 << 30))
        #expect(type.parse("100000") == 100_000)
        #expect(type.parse("64KiB") == 65_536)
        #expect(type.parse("64 kib") == 65_536)
        #expect(type.parse("8MB") == 8_000_000)
        #expect(type.parse("1GiB") == 1 << 30)
        for wrong in ["0", "2GiB", "8M", "-1", "1.5MB", "MB", "9223372036854775807GB", "8 MB B", "+5KB"] {
            #expect(type.parse(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `times have units`() {
        let type = SettingType<Duration>.duration(.zero ... .seconds(86_400 * 30))
        #expect(type.parse("0") == .zero)
        #expect(type.parse("500ms") == .milliseconds(500))
        #expect(type.parse("10s") == .seconds(10))
        #expect(type.parse("5m") == .seconds(300))
        #expect(type.parse("1h") == .seconds(3600))
        #expect(type.parse("30d") == .seconds(86_400 * 30))
        for wrong in ["10", "31d", "-1s", "1.5s", "s", "10S", "10 min", "9223372036854775807d"] {
            #expect(type.parse(wrong) == nil, "\(wrong)")
        }
    }

    @Test(arguments: ["1", "1KB", "1024", "1KiB", "1000KiB", "1MB", "8MB", "1MiB", "1GiB", "100000", "1001"])
    func `bytes are written as they are read`(text: String) throws {
        let type = SettingType<Int>.bytes(0...(1 << 40))
        let value = try #require(type.parse(text))
        #expect(type.parse(type.format(value)) == value)
    }

    @Test(arguments: ["0", "1ms", "1000ms", "60s", "90s", "61m", "24h", "365d"])
    func `times are written as they are read`(text: String) throws {
        let type = SettingType<Duration>.duration(.zero ... .seconds(1 << 40))
        let value = try #require(type.parse(text))
        #expect(type.parse(type.format(value)) == value)
    }

    @Test func `a switch knows the usual words`() {
        let type = SettingType<Bool>.boolean
        for word in ["on", "true", "YES", "1"] { #expect(type.parse(word) == true) }
        for word in ["off", "False", "no", "0"] { #expect(type.parse(word) == false) }
        for word in ["", "2", "enabled", "o n"] { #expect(type.parse(word) == nil) }
        #expect(type.format(true) == "on")
    }

    @Test func `a choice is one of its words`() {
        let type = SettingType<Shape>.choice
        #expect(type.summary == "round, square or flat")
        #expect(type.parse("Square") == .square)
        #expect(type.parse("oval") == nil)
    }

    @Test func `a list is split at commas and refuses one wrong piece`() {
        let type = SettingType<[Int]>.list("numbers", of: .integer(0...9))
        #expect(type.parse("1, 2,3") == [1, 2, 3])
        #expect(type.parse("") == [])
        #expect(type.parse("1,10") == nil)
        #expect(type.format([1, 2]) == "1,2")
    }

    @Test func `what may be left out is none, what may be off says so`() throws {
        let optional = SettingType<Int?>.optional(.integer(0...9))
        #expect(optional.parse("5") == .some(5))
        #expect(optional.parse("off") == nil)
        #expect(optional.format(nil) == "")
        let switched = SettingType<Int?>.orOff(.integer(0...9))
        #expect(switched.parse("5") == .some(5))
        let off = try #require(switched.parse("off"))
        #expect(off == nil && switched.format(off) == "off")
        #expect(switched.parse("10") == nil)
    }

    @Test func `a secret is long enough and no example`() {
        let type = SettingType<String>.secret(minimumBytes: 16)
        #expect(type.parse("k3v9-PqLx-72mZ-0") != nil)
        #expect(type.parse("k3v9-PqLx-72mZ-") == nil)
        for weak in [
            "your-secret-key-change-this-in-production", "aaaaaaaaaaaaaaaaaaaaaaaa", "my_password_for_parley_1",
            "12345678901234567890", "abababababababababab",
        ] {
            #expect(type.parse(weak) == nil, "\(weak)")
        }
        #expect(type.isSecret)
    }
}
