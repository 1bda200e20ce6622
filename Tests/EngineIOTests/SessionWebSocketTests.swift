import Bytes
import EngineIO
import Testing

@Suite("Engine.IO sessions: WebSocket")
struct SessionWebSocketTests {
    @Test(arguments: [EngineRevision.v4, .v3])
    func `a text message is what follows the digit`(revision: EngineRevision) {
        var session = SessionTranscript.opened(revision, .webSocket)
        #expect(session.frame("4hello") == ["text hello"])
        #expect(session.frame("4") == ["text "])
    }

    @Test func `a binary message is the whole frame in revision 4 and follows its type in revision 3`() {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.frame([4, 1, 2]) == ["binary [4, 1, 2]"])
        #expect(session.frame([]) == ["binary []"])
        var old = SessionTranscript.opened(.v3, .webSocket)
        #expect(old.frame([4, 1, 2]) == ["binary [1, 2]"])
        #expect(old.frame([4]) == ["binary []"])
        #expect(old.frame([2, 1]) == ["end parseError"])
        old = .opened(.v3, .webSocket)
        #expect(old.frame([] as [UInt8]) == ["end parseError"])
    }

    @Test func `base64 is taken where a client cannot send bytes`() {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.frame("bAQID") == ["binary [1, 2, 3]"])
        var old = SessionTranscript.opened(.v3, .webSocket)
        #expect(old.frame("b4AQID") == ["binary [1, 2, 3]"])
        #expect(old.frame("b2AQID") == ["end parseError"])
    }

    @Test(arguments: ["abc", "", "7", "/4", ":", "b!", "é"])
    func `a frame that is no packet ends the session`(text: String) {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.frame(text) == ["end parseError"])
        #expect(session.frame("4late") == [])
    }

    @Test func `a close packet ends the session, packets without meaning do nothing`() {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.frame("0") == [])
        #expect(session.frame("5") == [])
        #expect(session.frame("6") == [])
        #expect(session.frame("1") == ["end transportClose"])
    }

    @Test func `the end of the stream ends the session, with or without fault, once`() {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.machine.webSocketClosed(byFault: false)?.reason == .transportClose)
        #expect(session.machine.webSocketClosed(byFault: true) == nil)
        var faulty = SessionTranscript.opened(.v4, .webSocket)
        #expect(faulty.machine.webSocketClosed(byFault: true)?.reason == .transportError)
    }

    @Test func `polling with the id of a WebSocket session is refused`() {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.get() == [#"400 {"code":3,"message":"Bad request"}"#])
        #expect(session.candidateOpens() == ["candidate closed"])
    }

    @Test func `a message becomes one WebSocket message and one for each attachment`() {
        let message = OutgoingMessage(text: SharedBytes("5"), binaries: [SharedBytes([1, 2, 3]), SharedBytes([])])
        #expect(messages(of: message, .v4) == ["text 45", "binary [1, 2, 3]", "binary []"])
        #expect(messages(of: message, .v3) == ["text 45", "binary [4, 1, 2, 3]", "binary [4]"])
        #expect(messages(of: message, .v3, supportsBinary: false) == ["text 45", "text b4AQID", "text b4"])
    }

    private func messages(
        of message: OutgoingMessage, _ revision: EngineRevision, supportsBinary: Bool = true
    ) -> [String] {
        var lines: [String] = []
        message.forEachWebSocketMessage(revision: revision, supportsBinary: supportsBinary) { kind, first, content in
            let bytes = (first.map { [$0] } ?? []) + content.array
            lines.append(kind == .text ? "text " + String(decoding: bytes, as: UTF8.self) : "binary \(bytes)")
        }
        return lines
    }
}
