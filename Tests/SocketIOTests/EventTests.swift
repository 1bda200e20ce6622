import EngineIO
import JSON
import Testing

@testable import SocketIO

@Suite struct EventTests {
    @Test func `an event reaches its handler and the answer goes back`() {
        let harness = Harness()
        harness.io.on("connection") { socket in
            socket.on("echo") { (event: SocketEvent) in event.acknowledge(event.arguments) }
        }
        let client = harness.open()
        client.receive("40")
        #expect(client.take().first?.hasPrefix(#"40{"sid":""#) == true)
        client.receive(#"421["echo",{"a":[1,2.50]},"x"]"#)
        #expect(client.take() == [#"431[{"a":[1,2.50]},"x"]"#])
        client.receive(#"42["echo",1]"#)
        #expect(client.take() == [])
    }

    @Test func `untyped closures choose the raw form`() {
        let harness = Harness()
        harness.io.on("connection") { socket in
            socket.on("a") { event in event.acknowledge("got", event.count) }
            socket.on("b") { socket.emit("seen") }
            socket.on("c") { (text: String, number: Int?) in "\(text) \(number ?? -1)" }
            socket.on("d") { (text: String, value: JSONValue) async throws in [text: value] }
            socket.on("e") { event async in event.acknowledge() }
        }
        let client = harness.join()
        client.receive(#"420["a",1,2]"#)
        client.receive(#"42["b"]"#)
        client.receive(#"421["c","x"]"#)
        client.receive(#"422["c","x",7]"#)
        client.receive(#"423["d","x",[1]]"#)
        client.receive(#"424["e"]"#)
        #expect(client.take() == [#"430["got",2]"#, #"42["seen"]"#, #"431["x -1"]"#, #"432["x 7"]"#])
        harness.run()
        #expect(client.take() == [#"433[{"x":[1]}]"#, "434[]"])
    }
}
