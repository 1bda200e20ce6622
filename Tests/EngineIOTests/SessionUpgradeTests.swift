import EngineIO
import Testing

private let badRequest = #"400 {"code":3,"message":"Bad request"}"#

@Suite("Engine.IO sessions: upgrade")
struct SessionUpgradeTests {
    @Test(arguments: [EngineRevision.v4, .v3])
    func `the probe frees the poll, and the upgrade packet moves the session`(revision: EngineRevision) {
        var session = SessionTranscript.opened(revision)
        #expect(session.get() == ["waits"])
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.machine.transport == .polling)
        #expect(session.candidate("2probe") == ["frame 3probe", revision == .v4 ? "poll 200 6" : "poll 200 1:6"])
        #expect(session.candidate("5") == ["upgraded"])
        #expect(session.machine.transport == .webSocket)
        #expect(session.frame("4hello") == ["text hello"])
        #expect(session.send("hello") == ["write"])
    }

    @Test func `a poll that comes after the probe is freed at once`() {
        var session = SessionTranscript.opened()
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.get() == ["200 6"])
        #expect(session.get() == ["200 6"])
        #expect(session.candidate("5") == ["upgraded"])
    }

    @Test func `messages sent during the upgrade arrive once and in order`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.send("1") == ["queued"])
        #expect(session.turnEnds() == ["poll 200 41"])
        #expect(session.get() == ["waits"])
        #expect(session.send("2") == ["queued"])
        // In the same turn, before its end.
        #expect(session.candidate("2probe") == ["frame 3probe", "poll 200 42"])
        #expect(session.send("3") == ["queued"])
        #expect(session.turnEnds() == [])
        #expect(session.sendAlone("4") == ["queued"])
        #expect(session.candidate("5") == ["upgraded", "frame 43", "frame 44"])
        #expect(session.send("5") == ["write"])
        #expect(session.turnEnds() == [])
    }

    @Test func `a poll during the upgrade takes what is queued instead of a noop`() {
        var session = SessionTranscript.opened()
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.send("1") == ["queued"])
        #expect(session.get() == ["200 41"])
        #expect(session.candidate("5") == ["upgraded"])
    }

    @Test func `after the upgrade polling is refused and the session goes on`() {
        var session = SessionTranscript.upgraded()
        #expect(session.get() == [badRequest])
        #expect(session.post("4x") == [badRequest])
        #expect(session.frame("4hello") == ["text hello"])
    }

    @Test func `after the upgrade a further WebSocket is accepted and closed`() {
        var session = SessionTranscript.upgraded()
        #expect(session.candidateOpens() == ["candidate closed"])
        #expect(session.candidate("2probe") == ["candidate closed"])
        #expect(session.frame("4hello") == ["text hello"])
    }

    @Test func `a second candidate is closed, the first goes on`() {
        var session = SessionTranscript.opened()
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidateOpens() == ["candidate closed"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.candidate("5") == ["upgraded"])
    }

    @Test(arguments: ["5", "2", "2probe ", "3probe", "4hello", "1", "", "probe", "6"])
    func `anything but the probe closes the candidate only`(text: String) {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate(text) == ["candidate closed"])
        #expect(session.candidate("2probe") == ["candidate closed"])
        #expect(session.send("still here") == ["queued"])
        #expect(session.turnEnds() == ["poll 200 4still here"])
        #expect(session.candidateOpens() == ["accepted"])
    }

    @Test func `binary content and the end of the candidate leave the session on polling`() {
        var session = SessionTranscript.opened()
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        session.machine.candidateReceivedBinary()
        #expect(session.candidate("5") == ["candidate closed"])
        #expect(session.candidateOpens() == ["accepted"])
        session.machine.candidateClosed()
        #expect(session.get() == ["waits"])
        #expect(session.candidateOpens() == ["accepted"])
    }

    @Test func `an upgrade that takes too long closes the candidate only`() {
        var options = EngineOptions()
        options.upgradeTimeout = .milliseconds(100)
        var session = SessionTranscript.opened(options: options)
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.time(50) == [])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.time(99) == [])
        #expect(session.time(100) == ["candidate closed"])
        #expect(session.get() == ["waits"])
        #expect(session.send("x") == ["queued"])
        #expect(session.turnEnds() == ["poll 200 4x"])
    }

    @Test func `where upgrades are off the candidate is closed`() {
        var options = EngineOptions()
        options.allowUpgrades = false
        var session = SessionTranscript.opened(options: options)
        #expect(session.candidateOpens() == ["candidate closed"])
    }

    @Test func `the heartbeat goes on over the WebSocket, and a ping that waits is not lost`() {
        var options = EngineOptions()
        options.pingInterval = .milliseconds(300)
        options.pingTimeout = .milliseconds(200)
        var session = SessionTranscript.opened(options: options)
        #expect(session.time(290) == [])
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.time(300) == [])
        #expect(session.candidate("5") == ["upgraded", "frame 2"])
        #expect(session.frame("3") == [])
        #expect(session.time(600) == ["frame 2"])
        #expect(session.time(800) == ["end pingTimeout"])
    }

    @Test func `a POST that the upgrade overtakes is still delivered`() {
        var session = SessionTranscript.opened(.v3)
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.postHead() == ["read up to 1000000"])
        #expect(session.candidate("5") == ["upgraded"])
        #expect(session.postBody("2:4a1:2") == ["text a", "frame 3", "200 ok"])
    }

    @Test func `a session that is closed during the upgrade sends its last messages over the WebSocket`() {
        var session = SessionTranscript.opened()
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.candidate("2probe") == ["frame 3probe"])
        #expect(session.send("last") == ["queued"])
        #expect(session.close() == ["waits for a poll"])
        #expect(session.candidate("5") == ["upgraded", "frame 4last", "end serverClose"])
        #expect(session.candidateOpens() == ["candidate closed"])
    }

    @Test func `the end of the session is the end of the upgrade`() {
        var session = SessionTranscript.opened()
        #expect(session.candidateOpens() == ["accepted"])
        #expect(session.get() == ["waits"])
        #expect(session.post("1") == ["poll 200 6", "end transportClose", "200 ok"])
        #expect(session.candidate("2probe") == ["candidate closed"])
    }
}
