import Bytes
import EngineIO
import EventLoops
import JSON
import Logging
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct BinaryTests {
    private let zero = #"{"_placeholder":true,"num":0}"#
    private let one = #"{"_placeholder":true,"num":1}"#

    private func echo(_ configure: (inout ServerOptions) -> Void = { _ in }) -> Harness {
        let harness = Harness(loops: 1, configure)
        harness.io.on("connection") { socket in
            socket.on("echo") { (event: SocketEvent) in event.acknowledge(event.arguments) }
            socket.on("back") { (event: SocketEvent) in socket.emit("back", event.arguments) }
            socket.on("size") { (data: [UInt8]) in data.count }
        }
        return harness
    }

    @Test func `attachments come in, go out and are answered`() {
        let client = echo().join()
        client.receive(#"452-7["echo",\#(one),"x",{"a":\#(zero)}]"#)
        client.receive([1, 2])
        #expect(client.take() == [])
        client.receive([3])
        #expect(client.take() == [#"462-7[\#(one),"x",{"a":\#(zero)}]"#, "<0102>", "<03>"])
        client.receive(#"451-["back",\#(zero)]"#)
        client.receive([255])
        #expect(client.take() == [#"451-["back",\#(zero)]"#, "<ff>"])
        client.receive(#"451-9["size",\#(zero)]"#)
        client.receive([0, 0, 0])
        #expect(client.take() == ["439[3]"])
    }

    @Test func `attachments come in an answer`() {
        let harness = Harness()
        let journal = Journal()
        harness.io.on("connection") { socket in
            socket.emit("q", [7] as [UInt8]) { result in
                journal.add("\((try? result.get().bytes(at: 0)) ?? [])")
            }
        }
        let client = harness.open()
        client.receive("40")
        #expect(client.take().dropFirst() == [#"451-0["q",\#(zero)]"#, "<07>"])
        client.receive("461-0[\(zero)]")
        client.receive([8, 9])
        #expect(journal.take() == ["[8, 9]"])
    }

    @Test func `a binary packet without attachments is complete`() {
        let client = echo().join()
        client.receive(#"450-3["echo",1]"#)
        #expect(client.take() == ["433[1]"])
        client.receive(#"424["echo",2]"#)
        #expect(client.take() == ["434[2]"])
    }

    @Test(arguments: [
        #"{"_placeholder":true,"num":1}"#, #"{"_placeholder":true,"num":-1}"#, #"{"_placeholder":true,"num":"0"}"#,
        #"{"_placeholder":true}"#, #"{"_placeholder":true,"num":0.5}"#, #"{"_placeholder":true,"num":"splice"}"#,
        #"{"_placeholder":true,"num":99999999999999999999}"#, #"[{"x":{"_placeholder":true,"num":7}}]"#,
    ])
    func `an illegal placeholder closes`(placeholder: String) {
        let client = echo().join()
        client.receive(#"451-["echo",\#(placeholder)]"#)
        client.receive([1])
        #expect(client.isClosed)
    }

    @Test func `text while attachments are awaited closes`() {
        let client = echo().join()
        client.receive(#"451-["echo",\#(zero)]"#)
        client.receive(#"42["echo"]"#)
        #expect(client.isClosed)
    }

    @Test func `one attachment beyond the count closes, before any of them comes`() {
        #expect(ServerOptions().maxAttachments == 10)
        let client = echo { $0.maxAttachments = 2 }.join()
        client.receive(#"452-1["echo"]"#)
        client.receive([1])
        client.receive([1])
        #expect(client.take() == ["431[]"])
        client.receive(#"453-2["echo"]"#)
        #expect(client.isClosed)
    }

    @Test func `one byte of attachments beyond maxPayload closes`() {
        let client = echo { $0.engine.maxPayload = 10 }.join()
        client.receive(#"452-1["echo"]"#)
        client.receive([UInt8](repeating: 0, count: 6))
        client.receive([UInt8](repeating: 0, count: 4))
        #expect(client.take() == ["431[]"])
        client.receive(#"453-2["echo"]"#)
        client.receive([UInt8](repeating: 0, count: 6))
        #expect(!client.isClosed)
        client.receive([UInt8](repeating: 0, count: 5))
        #expect(client.isClosed)
    }

    @Test func `attachments have only so much time, all together`() {
        let log = MemorySink()
        let harness = echo { $0.logger = Logger(level: .debug, sink: log) }
        let client = harness.join()
        client.receive(#"452-1["echo"]"#)
        harness.advance(.seconds(6))
        client.receive([1])
        harness.advance(.seconds(3.9))
        #expect(!client.isClosed)
        harness.advance(.seconds(0.2))
        #expect(client.isClosed)
        let reason = LogField("reason", "Send all attachments within 10.0 seconds of their packet.")
        #expect(log.records.map(\.fields.first) == [reason])
        let prompt = harness.join()
        prompt.receive(#"451-1["echo"]"#)
        prompt.receive([1])
        harness.advance(.seconds(20))
        #expect(!prompt.isClosed)
        #expect(harness.loop.timerCount == 0)
    }

    @Test func `attachments for a namespace that was not joined close at once`() {
        let harness = echo()
        _ = harness.io.of("/chat")
        let stranger = harness.open()
        stranger.receive(#"451-["echo",\#(zero)]"#)
        #expect(stranger.isClosed)
        let client = harness.join()
        client.receive(#"451-/chat,["echo",\#(zero)]"#)
        #expect(client.isClosed)
    }

    @Test func `a socket that leaves while its attachments come gets nothing`() {
        let harness = echo()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let client = harness.join()
        client.receive(#"451-1["echo",\#(zero)]"#)
        list.withLock { $0[0] }.disconnect()
        client.receive([1])
        #expect(client.take() == ["41"])
        #expect(!client.isClosed)
    }

    @Test func `a binary message that follows a partial packet's end is announced anew`() {
        let client = echo().join()
        client.receive(#"451-1["echo",\#(zero)]"#)
        client.receive([1])
        client.receive([2])
        #expect(client.isClosed)
    }

    @Test func `a broadcast shares its attachments`() {
        let harness = Harness(loops: 2)
        let clients = [harness.join(on: 0), harness.join(on: 1)]
        harness.io.emit("file", JSONValue.object([.init("data", .bytes([1, 2, 3]))]), "name")
        harness.run()
        for client in clients {
            #expect(client.take() == [#"451-["file",{"data":\#(zero)},"name"]"#, "<010203>"])
        }
    }
}
