import JSON
import Testing

@testable import SocketIO

/// What a client may send, and what ends its connection.
@Suite struct ClosingTests {
    @Test(arguments: [
        "47", "48[]", "4x", "42", "42{}", "42[]", "42[null]", "42[true]", "42[{}]", "42[[]]", #"42"a""#, "42[",
        #"42["a""#,
        #"42["a"]x"#, #"42["a",]"#, #"42["a",01]"#, #"42["a",NaN]"#, #"42['a']"#, #"42["connect"]"#,
        #"42["connect_error"]"#, #"42["disconnect"]"#, #"42["disconnecting"]"#, #"42["newListener"]"#,
        #"42["removeListener"]"#, #"42["conn\u0065ct"]"#, "43[", "431{}", #"431"a""#, "41[]", "41{}",
        #"44{"message":"x"}"#, "44", "40", "40{}", #"42abc["a"]"#, #"42-1["a"]"#, #"421.5["a"]"#, "40/chat,[]",
        "40/chat,null", #"40/chat,"x""#, "40/chat,{", #"42/none,["a"]"#, "41/none,", "43/none,1[]",
        #"451-/none,["a",{"_placeholder":true,"num":0}]"#, "45", "451", #"45-["a"]"#, #"451.0-["a"]"#, #"4511-["a"]"#,
        #"46["a"]"#, "4",
    ])
    func `closes the whole connection`(packet: String) {
        let harness = Harness()
        _ = harness.io.of("/chat")
        let client = harness.join()
        client.receive(packet)
        #expect(client.isClosed)
        #expect(harness.io.sockets.socketCount == 0)
        // Whatever still comes is left aside.
        client.receive("40")
        #expect(client.take() == [])
    }

    @Test(arguments: [
        #"42["error"]"#, #"42["error",{"message":"x"}]"#, "42[1]", "42[-1.5,2]", #"4299999999999999999999["a"]"#,
        #"429007199254740993["a"]"#, "43123[]", "43123", #"4399999999999999999999["a"]"#, "43[]", "43", #"42 ["a"]"#,
        #"42["a" , 1 ]"#, #"42["",1]"#, #"42["toString"]"#, #"42["__proto__",{"__proto__":1}]"#,
        #"42["a",{"_placeholder":true,"num":9}]"#, #"450-["a"]"#, "460-1[]", "40/unknown", "40/chat,", "40/chat",
        "40/chat,1",
        #"42/,["a"]"#,
    ])
    func `does not close the connection`(packet: String) {
        let harness = Harness()
        _ = harness.io.of("/chat")
        let client = harness.join()
        client.receive(packet)
        #expect(!client.isClosed)
        _ = client.take()
        client.receive("40/chat2")
        #expect(client.take() == [#"44/chat2,{"message":"Invalid namespace"}"#])
    }

    @Test(arguments: [#"42["a"]"#, "41", "431[]", #"451-["a"]"#, "44{}", "45"])
    func `nothing but CONNECT may come first`(packet: String) {
        let harness = Harness()
        let client = harness.open()
        client.receive(packet)
        #expect(client.isClosed)
    }

    @Test func `a binary message that nothing announced closes`() {
        let harness = Harness()
        let client = harness.join()
        client.receive([1, 2, 3] as [UInt8])
        #expect(client.isClosed)
        let early = harness.open()
        early.receive([1] as [UInt8])
        #expect(early.isClosed)
    }

    @Test func `malformed packets are a parse error, misplaced ones a forced server close`() {
        let harness = Harness()
        let journal = Journal()
        harness.io.sockets.onDisconnect { _, reason in journal.add(reason.rawValue) }
        harness.join().receive("42[")
        harness.join().receive("40")
        harness.join().receive(#"42/x,["a"]"#)
        #expect(journal.take() == ["parse error", "forced server close", "forced server close"])
    }

    @Test func `JSON nests only so deep`() {
        let harness = Harness { $0.jsonLimits.maxDepth = 8 }
        func packet(_ depth: Int) -> String {
            #"42["a","# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "]"
        }
        let client = harness.join()
        client.receive(packet(8))
        #expect(!client.isClosed)
        client.receive(packet(9))
        #expect(client.isClosed)
    }

    @Test func `JSON has only so many values`() {
        let harness = Harness { $0.jsonLimits.maxValues = 5 }
        let client = harness.join()
        client.receive(#"42["a",1,2,3]"#)
        #expect(!client.isClosed)
        client.receive(#"42["a",1,2,3,4]"#)
        #expect(client.isClosed)
    }

    @Test func `one client's fault leaves the others alone`() {
        let harness = Harness()
        let good = harness.join()
        let bad = harness.join()
        bad.receive("42[[[")
        #expect(bad.isClosed && !good.isClosed)
        harness.io.emit("still", "here")
        #expect(good.take() == [#"42["still","here"]"#])
        #expect(bad.take() == [])
    }
}
