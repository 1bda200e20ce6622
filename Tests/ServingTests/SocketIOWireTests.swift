import EngineIO
import JSON
import ParleyTesting
import Serving
import SocketIO
import Testing

/// Two namespaces that say what they were given.
private func mirror(_ change: (inout ServerOptions) -> Void = { _ in }) -> Server {
    var options = ServerOptions()
    change(&options)
    let server = Server(options: options)
    for name in ["/", "/other"] {
        server.of(name).onConnection { (socket: Socket) in
            socket.emit("joined", socket.handshake.auth)
            socket.on("say") { (event: SocketEvent) in socket.emit("said", event.arguments) }
            socket.on("ask") { (event: SocketEvent) in event.acknowledge(event.arguments) }
        }
    }
    return server
}

private let path = "/socket.io/?EIO=4&transport=websocket"

extension Wire {
    /// A WebSocket whose open packet has been read.
    fileprivate func opened() throws -> WireClient {
        let socket = try webSocket(path)
        _ = try socket.nextFrame()
        return socket
    }

    /// A WebSocket that has joined `/`.
    fileprivate func joined() throws -> WireClient {
        let socket = try opened()
        try socket.frame("40")
        _ = try socket.frames(2)
        return socket
    }
}

extension WireClient {
    /// The next frames; a socket's id, which is random, is shown by its length.
    fileprivate func frames(_ count: Int) throws -> [String] {
        try (0..<count).map { _ in
            let line = try nextFrame()
            guard let start = line.ranges(of: #"{"sid":""#).first, line.hasSuffix("\"}") else { return line }
            return line[..<start.lowerBound] + "{sid of \(line[start.upperBound...].dropLast(2).utf8.count)}"
        }
    }
}

@Suite("Socket.IO over the wire", .timeLimit(.minutes(10)))
struct SocketIOWireTests {
    @Test func `a server whose options make no sense is not served`() {
        let server = mirror { $0.maxAttachments = -1 }
        #expect(throws: ServerOptionsError.attachments) { try WebServer(engines: [server]) }
        let engine = mirror { $0.engine.maxPayload = 0 }
        #expect(throws: EngineOptionsError.limit) { try WebServer(engines: [engine]) }
    }

    @Test(arguments: [
        ("40", ["40{sid of 20}", #"42["joined",{}]"#]),
        (#"40{"token":"x"}"#, ["40{sid of 20}", #"42["joined",{"token":"x"}]"#]),
        ("40/other,", ["40/other,{sid of 20}", #"42/other,["joined",{}]"#]),
        ("40/other", ["40/other,{sid of 20}", #"42/other,["joined",{}]"#]),
        (#"40/other,{"a":[1]}"#, ["40/other,{sid of 20}", #"42/other,["joined",{"a":[1]}]"#]),
    ])
    func `a namespace is joined, with or without a payload`(packet: String, expected: [String]) async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.opened()
            try socket.frame(packet)
            return try socket.frames(2)
        }
        #expect(lines == expected)
    }

    @Test func `an unknown namespace is refused, and the connection stays`() async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.opened()
            try socket.frame("40/nowhere")
            try socket.frame("40")
            return try socket.frames(2)
        }
        #expect(lines == [#"44/nowhere,{"message":"Invalid namespace"}"#, "40{sid of 20}"])
    }

    @Test func `a namespace that is left takes nothing more, another goes on`() async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.joined()
            try socket.frame("40/other")
            _ = try socket.frames(2)
            try socket.frame("41/other,")
            try socket.frame(#"42["say","still here"]"#)
            let lines = try socket.frames(1)
            try socket.frame("40/other")
            return lines + (try socket.frames(1))
        }
        #expect(lines == [#"42["said","still here"]"#, "40/other,{sid of 20}"])
    }

    @Test func `events come back with the same arguments, and so do answers`() async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.joined()
            try socket.frame(#"42["say",1,"zwei ä",{"3":[true,null]}]"#)
            try socket.frame(#"42456["ask",1,"2",{"3":[false]}]"#)
            try socket.frame(#"427["ask"]"#)
            return try socket.frames(3)
        }
        #expect(lines == [#"42["said",1,"zwei ä",{"3":[true,null]}]"#, #"43456[1,"2",{"3":[false]}]"#, "437[]"])
    }

    @Test func `attachments come back in their places, in events and answers`() async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.joined()
            for head in ["452-[\"say\",", "452-789[\"ask\","] {
                try socket.frame(head + #"{"_placeholder":true,"num":0},{"k":{"_placeholder":true,"num":1}}]"#)
                try socket.frame([1, 2, 3])
                try socket.frame([4, 5] as [UInt8])
            }
            return try socket.frames(6)
        }
        let arguments = #"{"_placeholder":true,"num":0},{"k":{"_placeholder":true,"num":1}}]"#
        #expect(
            lines == [
                #"452-["said","# + arguments, "[1, 2, 3]", "[4, 5]", "462-789[" + arguments, "[1, 2, 3]", "[4, 5]",
            ])
    }

    @Test(arguments: [
        "4abc", "42{}", "42", "42[]", "42[null]", #"42abc["ask"]"#, #"42["connect"]"#, "40", "44{}", "4", "45",
        "451-[]",
        #"42["say""#, #"451-["say",{"_placeholder":true,"num":1}]"#, "47",
    ])
    func `a packet that is none closes the connection`(packet: String) async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.joined()
            try socket.frame(packet)
            // What awaits attachments must not get text.
            try socket.frame(#"42["say",1]"#)
            return try socket.framesUntilClose()
        }
        #expect(lines == ["closed"])
    }

    @Test(arguments: [#"42["say"]"#, "41", #"431[]"#])
    func `nothing but CONNECT comes first`(packet: String) async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.opened()
            try socket.frame(packet)
            return try socket.framesUntilClose()
        }
        #expect(lines == ["closed"])
    }

    @Test func `a connection that joins nothing is closed`() async throws {
        let server = mirror { $0.connectTimeout = .milliseconds(20) }
        let lines = try await conversation(with: server) { wire in try wire.opened().framesUntilClose() }
        #expect(lines == ["closed"])
    }

    @Test func `the same goes by polling and after an upgrade`() async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let session = try wire.openPolling("/socket.io/?EIO=4&transport=polling")
            var lines = [try wire.post(session, "40/other,{\"by\":\"polling\"}")]
            lines.append(String(try wire.get(session).drop { $0 != "|" }))
            lines.append(try wire.post(session, #"42/other,1["ask","x"]"#))
            lines.append(try wire.get(session))
            let socket = try wire.webSocket(session.replacing("transport=polling", with: "transport=websocket"))
            try socket.frame("2probe")
            lines += try socket.frames(1)
            try socket.frame("5")
            try socket.frame(#"42/other,["say","upgraded"]"#)
            return lines + (try socket.frames(1))
        }
        #expect(
            lines == [
                "200 ok", #"|42/other,["joined",{"by":"polling"}]"#, "200 ok", #"200 43/other,1["x"]"#, "3probe",
                #"42/other,["said","upgraded"]"#,
            ])
    }

    @Test func `a client of revision 3 is in the first namespace without asking`() async throws {
        let lines = try await conversation(with: mirror()) { wire in
            let socket = try wire.webSocket("/socket.io/?EIO=3&transport=websocket")
            _ = try socket.nextFrame()
            var lines = try socket.frames(2)
            try socket.frame("40/other?token=abc,")
            lines += try socket.frames(2)
            try socket.frame(#"42/other,5["ask",1]"#)
            return lines + (try socket.frames(1))
        }
        #expect(
            lines == [
                "40", #"42["joined",{}]"#, "40/other,", #"42/other,["joined",{"token":"abc"}]"#, #"43/other,5[1]"#,
            ])
    }

    @Test func `the first answer to a polling client of revision 3 tells that it has joined`() async throws {
        let line = try await conversation(with: mirror()) { wire in
            try wire.get("/socket.io/?EIO=3&transport=polling&b64=1")
        }
        #expect(line.hasSuffix(#"}2:4015:42["joined",{}]"#), "\(line)")
    }
}
