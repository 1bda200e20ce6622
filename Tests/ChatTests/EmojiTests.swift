import Testing

@testable import Chat

@Suite struct EmojiTests {
    @Test(arguments: [
        "👍", "❤️", "❤", "☺︎", "👍🏽", "☝🏿", "☝️🏽", "👩‍💻", "👩🏽‍❤️‍💋‍👨🏿", "👨‍👩‍👧‍👦", "🕵🏽‍♂️", "🏃🏾‍♀️‍➡️", "🐈‍⬛", "🏳️‍🌈",
        "🏴‍☠️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇪🇺", "1️⃣", "#⃣", "*️⃣", "©️", "🫱🏻‍🫲🏿", "⛓️‍💥", "🙂‍↔️",
    ])
    func `what Unicode draws as one emoji is one`(text: String) {
        #expect(Emoji.isOne(text))
    }

    @Test(arguments: [
        "", "a", "1", "#", "👍👍", "👍a", " 👍", "🇪", "é", "👍\u{200d}", "\u{200d}👍", "👍\u{200d}\u{200d}👍",
        "👍\u{fe0f}\u{fe0f}",
        "\u{fe0f}", "a\u{20e3}", "👍\u{301}", "🏴\u{e0067}\u{e0062}", "👍\u{200d}a", "字", "1\u{fe0f}",
    ])
    func `what is more, less or something else is none`(text: String) {
        #expect(!Emoji.isOne(text))
    }

    @Test func `how it is to be drawn makes no other emoji of one`() {
        for (a, b) in [("❤", "❤️"), ("☺︎", "☺️"), ("👍", "👍\u{fe0f}"), ("🕵‍♂", "🕵️‍♂️"), ("1⃣", "1️⃣")] {
            #expect(Emoji.areSame(a, b) && Emoji.areSame(b, a))
        }
        for (a, b) in [("👍", "👍🏽"), ("👩", "👩‍💻"), ("❤", "💙")] { #expect(!Emoji.areSame(a, b)) }
    }
}
