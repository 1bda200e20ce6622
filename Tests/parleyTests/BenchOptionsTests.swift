import EngineIO
import SocketIOClient
import Testing

@testable import parley

@Suite struct `The options of parley bench` {
    @Test func `have defaults`() throws {
        let options = try BenchOptions([])
        #expect(options.mode == .echo)
        #expect(options.url == ClientURL(host: "127.0.0.1", port: 3000))
        #expect(options.clients == 100)
        #expect(options.inFlight == 1)
        #expect(options.seconds == 10)
        #expect(options.messages == nil)
        #expect(options.payload == 100)
        #expect(options.client.transports == [.webSocket])
        #expect(try BenchOptions(["rooms"]).rooms == 10)
        #expect(try BenchOptions(["chat"]).clients == 200)
        #expect(try BenchOptions(["chat"]).rooms == 20)
        #expect(try BenchOptions(["people"]).clients == 1_000)
        #expect(try BenchOptions(["people", "--rate", "7"]).rate == 7)
        #expect(try BenchOptions(["polling"]).client.transports == [.polling])
    }

    @Test func `are read with a space or an equals sign`() throws {
        let options = try BenchOptions(
            ["fanout", "--port=4000", "--clients", "7", "--in-flight=2", "--seconds", "3", "--messages", "9", "--json"])
        #expect(options.mode == .fanout)
        #expect(options.url.port == 4000)
        #expect(options.clients == 7)
        #expect(options.inFlight == 2)
        #expect(options.seconds == 3)
        #expect(options.messages == 9)
        #expect(options.asJSON)
        #expect(try BenchOptions(["--url", "http://a:1/ns"]).url.namespace == "/ns")
    }

    @Test(arguments: [
        ["nonsense"], ["--clients"], ["--clients", "0"], ["--clients", "1000001"], ["--clients", "x"], ["--port", "0"],
        ["--port", "65536"], ["--url", "a"], ["--nonsense", "1"], ["rooms", "--rooms", "11", "--clients", "10"],
        ["chat", "--rooms", "201"], ["people", "--rate", "0"], ["people", "--rate", "100001"],
        ["--payload", "-1"], ["--seconds", "86401"],
    ])
    func `are refused with a sentence`(arguments: [String]) {
        do throws(BenchOptions.Refusal) {
            _ = try BenchOptions(arguments)
            Issue.record("taken")
        } catch {
            #expect(error.sentence.hasSuffix("."))
        }
    }
}
