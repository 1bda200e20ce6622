import Accounts
import Testing

@Suite struct NameTests {
    @Test(arguments: ["a", "ann", "Ann-2", "x_y.z", "été", "李雷", "0day", String(repeating: "a", count: 50)])
    func `letters, digits and three signs make a handle`(text: String) throws {
        #expect(try Handle(text).text == text)
    }

    @Test(arguments: [
        "", " ann", "ann ", "a b", "_ann", "-", ".a", "a@b", "a/b", "a\u{200b}b", "a\u{202e}b", "a\0",
        "😀", String(repeating: "a", count: 51),
    ])
    func `what is no handle is refused`(text: String) {
        #expect(throws: AccountError.invalidHandle(longest: 50)) { try Handle(text) }
    }

    @Test(arguments: ["admin", "ADMIN", "аdmin", "ａｄｍｉｎ", "system", "me"])
    func `reserved names, and those that look like them, are refused`(text: String) {
        #expect(throws: AccountError.reservedHandle) { try Handle(text) }
    }

    @Test(arguments: [
        ("ann", "ANN"), ("ann", "аnn"), ("bob", "b0b"), ("bill", "bi1l"), ("ann", "ａｎｎ"), ("e\u{301}mile", "émile"),
        ("corner", "comer"), ("wow", "vvovv"), ("peter", "реtеr"), ("ann", "𝐚𝐧𝐧"), ("rob4", "𝕽𝖔𝖇𝟒"), ("hall", "ℋ𝒶ℓ𝓁"),
    ])
    func `names that look the same are one`(pair: (String, String)) throws {
        #expect(Lookalikes.skeleton(of: pair.0) == Lookalikes.skeleton(of: pair.1))
        #expect(try Handle(pair.0) == Handle(pair.1))
    }

    @Test(arguments: ["ⓐⓝⓝ", "ⒶⓃⓃ", "⒜⒩⒩", "🄰🄽🄽", "🅐🅝🅝", "🅰🅽🅽", "🄐🄝🄝"])
    func `letters in circles and squares are those letters`(text: String) {
        #expect(Lookalikes.skeleton(of: text) == "ann")
    }

    @Test func `names that differ to the eye differ`() {
        let names = ["ann", "anna", "anne", "bob", "rob", "emile", "émile", "李雷", "李蕾"]
        #expect(Set(names.map(Lookalikes.skeleton)).count == names.count)
    }

    @Test(arguments: ["a@example.org", "first.last+tag@sub.example.co", "ü@exämple.de"])
    func `an address of mail has a name and a domain`(text: String) throws {
        #expect(try EmailAddress(text).text == text)
    }

    @Test(arguments: [
        "", "a", "@example.org", "a@", "a@b", "a@@example.org", "a b@example.org", ".a@example.org", "a.@example.org",
        "a@-b.org", "a@b-.org", "a@b..org", "a@example.org\r\nBcc: x", "a\0@example.org",
        String(repeating: "a", count: 65) + "@example.org", "a@" + String(repeating: "b", count: 64) + ".org",
        "a@" + String(repeating: "b.", count: 130) + "org",
    ])
    func `what is no address of mail is refused`(text: String) {
        #expect(throws: AccountError.invalidEmail) { try EmailAddress(text) }
    }

    @Test func `case makes no other address of mail`() throws {
        #expect(try EmailAddress("Ann@Example.org") == EmailAddress("ann@example.ORG"))
    }
}
