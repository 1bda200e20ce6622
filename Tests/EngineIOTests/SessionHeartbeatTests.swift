import EngineIO
import EventLoops
import Testing

@Suite("Engine.IO sessions: heartbeat")
struct SessionHeartbeatTests {
    private var options: EngineOptions {
        var options = EngineOptions()
        options.pingInterval = .milliseconds(300)
        options.pingTimeout = .milliseconds(200)
        return options
    }

    @Test func `the server pings, and an answered ping puts the next one off`() {
        var session = SessionTranscript.opened(.v4, .webSocket, options: options)
        #expect(session.time(299) == [])
        #expect(session.time(300) == ["frame 2"])
        #expect(session.time(450) == [])
        #expect(session.frame("3") == [])
        #expect(session.time(749) == [])
        #expect(session.time(750) == ["frame 2"])
        #expect(session.frame("3with data") == [])
        #expect(session.time(1049) == [])
    }

    @Test func `an unanswered ping ends the session after the time-out`() {
        var session = SessionTranscript.opened(.v4, .webSocket, options: options)
        #expect(session.time(300) == ["frame 2"])
        #expect(session.frame("4message") == ["text message"])
        #expect(session.time(499) == [])
        #expect(session.time(500) == ["end pingTimeout"])
        #expect(session.machine.nextDeadline == nil)
        #expect(session.frame("4late") == [])
        #expect(session.time(9000) == [])
    }

    @Test func `while polling the ping goes through the poll`() {
        var session = SessionTranscript.opened(options: options)
        #expect(session.get() == ["waits"])
        #expect(session.time(300) == ["poll 200 2"])
        #expect(session.post("3") == ["200 ok"])
        #expect(session.time(600) == [])
        #expect(session.get() == ["200 2"])
        #expect(session.get() == ["waits"])
        #expect(session.time(800) == ["poll 200 1", "end pingTimeout"])
    }

    @Test func `a timer that fires late misses nothing and pings once`() {
        var session = SessionTranscript.opened(.v4, .webSocket, options: options)
        session.now = .init(nanoseconds: 2_000_000_000)
        #expect(session.machine.deadlineReached(now: session.now) == .write([0x32]))
        #expect(session.machine.deadlineReached(now: session.now) == .nothing)
    }

    @Test func `a ping that is sent a little late has the same time-out, one much later a full one`() {
        for (late, timeout) in [(20, 500), (21, 521)] {
            var session = SessionTranscript.opened(.v4, .webSocket, options: options)
            session.now = MonotonicTime(nanoseconds: UInt64(300 + late) * 1_000_000)
            #expect(session.machine.deadlineReached(now: session.now) == .write([0x32]))
            #expect(session.machine.nextDeadline == MonotonicTime(nanoseconds: UInt64(timeout) * 1_000_000))
        }
    }

    @Test(arguments: [EngineRevision.v4, .v3])
    func `a request that comes when the time is up, but before the timer, finds no session`(revision: EngineRevision) {
        var polling = SessionTranscript.opened(revision, options: options)
        #expect(polling.time(300) == [])
        var posting = polling
        polling.now = MonotonicTime(nanoseconds: 500_000_000)
        posting.now = polling.now
        let refusal = #"400 {"code":1,"message":"Session ID unknown"}"#
        #expect(polling.get() == [refusal, "end pingTimeout"])
        #expect(posting.post("3") == [refusal, "end pingTimeout"])
    }

    @Test(arguments: [EngineTransport.polling, .webSocket])
    func `a ping of a client is an error in revision 4`(transport: EngineTransport) {
        var session = SessionTranscript.opened(.v4, transport, options: options)
        let lines = transport == .polling ? session.post("2") : session.frame("2")
        #expect(lines.first == "end transportError")
    }

    @Test(arguments: [EngineTransport.polling, .webSocket])
    func `a pong of a client is an error in revision 3`(transport: EngineTransport) {
        var session = SessionTranscript.opened(.v3, transport, options: options)
        let lines = transport == .polling ? session.post("1:3") : session.frame("3")
        #expect(lines.first == "end transportError")
    }

    @Test func `in revision 3 the client pings and is answered with the same data`() {
        var session = SessionTranscript.opened(.v3, .webSocket, options: options)
        #expect(session.time(400) == [])
        #expect(session.frame("2") == ["frame 3"])
        #expect(session.time(800) == [])
        #expect(session.frame("2data") == ["frame 3data"])
        #expect(session.time(1299) == [])
        #expect(session.time(1300) == ["end pingTimeout"])
    }

    @Test func `in revision 3 a pong while polling waits for the poll`() {
        var session = SessionTranscript.opened(.v3, options: options)
        #expect(session.post("1:2") == ["200 ok"])
        #expect(session.get() == ["200 1:3"])
        #expect(session.get() == ["waits"])
        #expect(session.post("6:2hello") == ["poll 200 6:3hello", "200 ok"])
        #expect(session.time(500) == ["end pingTimeout"])
    }
}
