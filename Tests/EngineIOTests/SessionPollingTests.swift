import Bytes
import EngineIO
import Testing

private let badRequest = #"400 {"code":3,"message":"Bad request"}"#
private let unknownSession = #"400 {"code":1,"message":"Session ID unknown"}"#

@Suite("Engine.IO sessions: polling")
struct SessionPollingTests {
    @Test(arguments: [EngineRevision.v4, .v3])
    func `the first poll is answered with the open packet alone`(revision: EngineRevision) {
        var session = SessionTranscript(revision)
        let packet = """
            0{"sid":"secret-id","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}
            """
        #expect(session.get() == [revision == .v4 ? "200 \(packet)" : "200 \(packet.utf8.count):\(packet)"])
        #expect(session.get() == ["waits"])
    }

    @Test func `an upgrade is offered only where there may be one`() {
        var options = EngineOptions()
        options.allowUpgrades = false
        var session = SessionTranscript(options: options)
        #expect(session.get().first?.contains(#""upgrades":[]"#) == true)
        options.allowUpgrades = true
        options.transports = [.polling]
        session = SessionTranscript(options: options)
        #expect(session.get().first?.contains(#""upgrades":[]"#) == true)
        let direct = SessionTranscript(.v4, .webSocket).machine.openPacket
        #expect(String(decoding: direct, as: UTF8.self).contains(#""upgrades":[]"#))
    }

    @Test func `messages of a turn go out in one payload, in order`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.send("a") == ["queued"])
        #expect(session.sendAlone("b") == ["queued"])
        #expect(
            session.send(OutgoingMessage(text: SharedBytes("c"), binaries: [SharedBytes([1, 2, 3, 4])])) == ["queued"])
        #expect(session.turnEnds() == ["poll 200 4a|4b|4c|bAQIDBA=="])
        #expect(session.turnEnds() == [])
        #expect(session.send("d") == ["queued"])
        #expect(session.turnEnds() == [])
        #expect(session.get() == ["200 4d"])
    }

    @Test func `a payload has as many packets as the options say, and the next poll takes the rest`() {
        var options = EngineOptions()
        options.maxPacketsPerAnswer = 3
        var session = SessionTranscript.opened(options: options)
        for text in ["a", "b", "c", "d"] { _ = session.send(text) }
        #expect(session.get() == ["200 4a|4b|4c"])
        #expect(session.get() == ["200 4d"])
        #expect(session.get() == ["waits"])
    }

    @Test func `attachments count as packets, and one message is never torn`() {
        var options = EngineOptions()
        options.maxPacketsPerAnswer = 2
        var session = SessionTranscript.opened(options: options)
        let message = OutgoingMessage(text: SharedBytes("t"), binaries: [SharedBytes([1]), SharedBytes([2])])
        _ = session.machine.send(message, isWritable: true)
        _ = session.send("a")
        #expect(session.get() == ["200 4t|bAQ==|bAg=="])
        #expect(session.get() == ["200 4a"])
    }

    @Test func `a POST delivers its packets in order and is answered ok`() {
        var session = SessionTranscript.opened()
        #expect(
            session.post("4one\u{1e}bAQIDBA==\u{1e}4zwei ä") == [
                "text one", "binary [1, 2, 3, 4]", "text zwei ä", "200 ok",
            ])
        #expect(session.post("0\u{1e}5\u{1e}6") == ["200 ok"])
    }

    @Test func `a second poll ends the session: the first is told so, the second is refused`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.get() == [badRequest, "poll 200 1", "end transportError"])
        #expect(session.get() == [unknownSession])
        #expect(session.post("4x") == [unknownSession])
    }

    @Test func `in revision 3 the overlap is told in that revision's form`() {
        var session = SessionTranscript.opened(.v3)
        #expect(session.get() == ["waits"])
        #expect(session.get() == [badRequest, "poll 200 1:1", "end transportError"])
    }

    @Test func `a second POST while one is read ends the session, and the first delivers nothing`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.postHead() == ["read up to 1000000"])
        #expect(session.postHead() == [badRequest, "poll 200 1", "end transportError"])
        #expect(session.postBody("4late") == [unknownSession])
    }

    @Test func `the death of a waiting poll ends the session before anything else is asked`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.getDies() == ["end transportError"])
        #expect(session.get() == [unknownSession])
        #expect(session.getDies() == [])
    }

    @Test func `the death of a POST ends the session`() {
        var session = SessionTranscript.opened()
        #expect(session.postHead() == ["read up to 1000000"])
        #expect(session.postDies() == ["end transportError"])
        #expect(session.postDies() == [])
    }

    @Test func `a close packet frees the poll with a noop and ends the session`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.post("1\u{1e}4late") == ["poll 200 6", "end transportClose", "200 ok"])
        #expect(session.get() == [unknownSession])
        var old = SessionTranscript.opened(.v3)
        #expect(old.get() == ["waits"])
        #expect(old.post("1:1") == ["poll 200 1:6", "end transportClose", "200 ok"])
    }

    @Test func `a poll that the close packet has overtaken is still freed`() {
        var session = SessionTranscript.opened()
        #expect(session.send("not wanted") == ["queued"])
        #expect(session.post("1") == ["200 ok"])
        #expect(session.send("too late") == ["dropped"])
        #expect(session.post("4too late") == ["200 ok"])
        #expect(session.get() == ["200 6", "end transportClose"])
        #expect(session.get() == [unknownSession])
        session = .opened()
        #expect(session.post("1") == ["200 ok"])
        #expect(session.time(999) == [])
        #expect(session.time(1000) == ["end transportClose"])
    }

    @Test(arguments: ["abc", "", "4a\u{1e}", "\u{1e}4a", "7", "4a\u{1e}b!!", "9x"])
    func `a payload that is none is refused and ends the session`(body: String) {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.post(body).suffix(3) == [badRequest, "poll 200 1", "end parseError"])
    }

    @Test func `a binary POST is refused with an answer in revision 4 and taken in revision 3`() {
        var session = SessionTranscript.opened()
        #expect(session.post([0, 2, 255, 0x34, 0x61], .binary) == [badRequest, "end transportError"])
        var old = SessionTranscript.opened(.v3)
        #expect(
            old.post([0, 2, 255, 0x34, 0x61, 1, 3, 255, 4, 7, 8], .binary) == ["text a", "binary [7, 8]", "200 ok"])
    }

    @Test func `a body over the limit by one byte is refused with 413, told or not told before`() {
        var options = EngineOptions()
        options.maxPayload = 10
        var session = SessionTranscript.opened(options: options)
        let tooLarge = "413 Send at most maxPayload bytes in one request."
        #expect(session.postHead(contentLength: 11) == [tooLarge])
        #expect(session.postHead() == ["read up to 10"])
        #expect(SessionTranscript.line(session.machine.postTooLarge()) == tooLarge)
        #expect(session.post("4123456789") == ["text 123456789", "200 ok"])
    }

    @Test func `the limit may be lower until the client is known`() {
        var session = SessionTranscript.opened()
        session.machine.maxPayload = 5
        #expect(session.postHead(contentLength: 6) == ["413 Send at most maxPayload bytes in one request."])
        session.machine.maxPayload = 6
        #expect(session.postHead(contentLength: 6) == ["read up to 6"])
    }

    @Test func `more packets than allowed are refused`() {
        var options = EngineOptions()
        options.maxPacketsPerPayload = 2
        var session = SessionTranscript.opened(options: options)
        #expect(session.post("4a\u{1e}4b") == ["text a", "text b", "200 ok"])
        #expect(session.post("4a\u{1e}4b\u{1e}4c") == ["text a", "text b", badRequest, "end parseError"])
    }

    @Test func `revision 3 counts lengths in UTF-16 code units`() {
        var session = SessionTranscript.opened(.v3)
        #expect(session.post("3:4é😀") == [badRequest, "end parseError"])
        session = .opened(.v3)
        #expect(
            session.post("4:4é😀6:4hello10:b4AQIDBA==0:") == ["text é😀", "text hello", "binary [1, 2, 3, 4]", "200 ok"])
        #expect(session.get() == ["waits"])
        #expect(session.send("é😀") == ["queued"])
        #expect(session.turnEnds() == ["poll 200 4:4é😀"])
    }

    @Test func `revision 3 answers with the binary form only where that is needed and understood`() {
        let message = OutgoingMessage(text: SharedBytes("é"), binaries: [SharedBytes([1, 2, 3, 4])])
        var session = SessionTranscript.opened(.v3)
        #expect(session.send(message) == ["queued"])
        #expect(session.get() == ["200 \([0, 3, 255, 0x34, 0xc3, 0xa9, 1, 5, 255, 4, 1, 2, 3, 4] as [UInt8])"])
        #expect(session.post("1:2") == ["200 ok"])
        #expect(session.sendAlone("a") == ["queued"])
        #expect(session.send(message) == ["queued"])
        #expect(
            session.get().first?.hasPrefix("200 \([0, 1, 255, 0x33, 0, 2, 255, 0x34, 0x61, 0] as [UInt8])".dropLast())
                == true)
        var base64 = SessionTranscript.opened(.v3, supportsBinary: false)
        #expect(base64.send(message) == ["queued"])
        #expect(base64.get() == ["200 2:4é10:b4AQIDBA=="])
    }

    @Test func `a JSONP session answers with scripts and reads forms`() {
        var session = SessionTranscript.opened(.v3)
        let message = OutgoingMessage(text: SharedBytes("a\"\u{2028}\n"), binaries: [SharedBytes([1])])
        #expect(session.send(message) == ["queued"])
        #expect(session.get(jsonp: "7") == [#"200 ___eio[7]("5:4a\"\u2028\n6:b4AQ==");"#])
        #expect(session.post("d=5%3A4a%5Cnb%2B", .form) == ["text a\nb+", "200 ok"])
        #expect(session.post("x=1", .form) == [badRequest, "end parseError"])
    }

    @Test func `an answer is worth compressing when a message in it is`() {
        var session = SessionTranscript(.v4)
        guard case .answer(let open) = session.machine.pollBegan(now: session.now) else {
            Issue.record("no answer")
            return
        }
        #expect(!open.mayCompress)
        #expect(session.get() == ["waits"])
        #expect(session.send("a") == ["queued"])
        #expect(session.machine.takePollAnswer()?.mayCompress == true)
    }
}
