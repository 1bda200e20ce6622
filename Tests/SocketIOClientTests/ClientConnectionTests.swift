import EngineIO
import HTTPWire
import Network
import ParleyTesting
import Serving
import Testing
import WebSocketWire

@testable import SocketIOClient

@Suite(.timeLimit(.minutes(10))) struct `An Engine.IO connection of a client` {
    private static func options(_ transports: [EngineTransport], upgrades: Bool = true) -> ClientOptions {
        var options = ClientOptions()
        options.transports = transports
        options.upgrades = upgrades
        return options
    }

    @Test(arguments: [EngineTransport.webSocket, .polling])
    func `text and binary come back in order`(transport: EngineTransport) async throws {
        try await withServer(EchoApplication()) { port in
            let probe = ConnectionProbe(port: port, Self.options([transport], upgrades: false))
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(transport))
            for number in 0..<20 { probe.send("number \(number), κόσμε") }
            probe.send([0, 1, 0xff])
            for number in 0..<20 { #expect(await news.next() == .text("number \(number), κόσμε")) }
            #expect(await news.next() == .binary([0, 1, 0xff]))
            probe.close()
            #expect(await news.next() == .closed(.closedByClient))
            #expect(await news.next() == nil)
        }
    }

    @Test func `polling is upgraded and loses nothing meanwhile`() async throws {
        try await withServer(EchoApplication()) { port in
            let probe = ConnectionProbe(port: port, Self.options([.polling, .webSocket]))
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(.polling))
            var heard: [ConnectionNews] = []
            var sent = 0
            while !heard.contains(.upgraded) || heard.count < 30 {
                probe.send("\(sent)")
                sent += 1
                heard.append(try #require(await news.next()))
            }
            let texts = heard.filter { $0 != .upgraded }
            #expect(texts == (0..<texts.count).map { .text("\($0)") })
        }
    }

    @Test func `a server that allows no upgrade is served by polling`() async throws {
        var engine = EngineOptions()
        engine.allowUpgrades = false
        try await withServer(EchoApplication(engine)) { port in
            let probe = ConnectionProbe(port: port, Self.options([.polling, .webSocket]))
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(.polling))
            probe.send("hello")
            #expect(await news.next() == .text("hello"))
        }
    }

    @Test(arguments: [EngineTransport.webSocket, .polling])
    func `large messages pass, in several payloads where the server's limit asks for that`(
        transport: EngineTransport
    ) async throws {
        var engine = EngineOptions()
        engine.maxPayload = 50_000
        try await withServer(EchoApplication(engine)) { port in
            let probe = ConnectionProbe(port: port, Self.options([transport], upgrades: false))
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(transport))
            let text = String(repeating: "abcdefgh", count: 5_000)
            for _ in 0..<5 { probe.send(text) }
            for _ in 0..<5 { #expect(await news.next() == .text(text)) }
        }
    }

    @Test func `messages are compressed where both sides want that`() async throws {
        var engine = EngineOptions()
        engine.webSocketCompressionThreshold = 100
        var options = Self.options([.webSocket])
        options.deflate = PerMessageDeflate.Options()
        options.deflateThreshold = 100
        try await withServer(EchoApplication(engine)) { [options] port in
            let probe = ConnectionProbe(port: port, options)
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(.webSocket))
            for text in [String(repeating: "again and ", count: 500), "short"] {
                probe.send(text)
                #expect(await news.next() == .text(text))
            }
        }
    }

    @Test func `heartbeats keep a silent connection open`() async throws {
        var engine = EngineOptions()
        engine.pingInterval = .milliseconds(50)
        engine.pingTimeout = TestSize.patience
        try await withServer(EchoApplication(engine)) { port in
            let probe = ConnectionProbe(port: port, Self.options([.webSocket]))
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(.webSocket))
            try await Task.sleep(for: .milliseconds(300))
            probe.send("still here")
            #expect(await news.next() == .text("still here"))
        }
    }

    @Test(arguments: [EngineTransport.webSocket, .polling])
    func `the server's end of the session is told`(transport: EngineTransport) async throws {
        try await withServer(EchoApplication()) { port in
            let probe = ConnectionProbe(port: port, Self.options([transport], upgrades: false))
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(transport))
            probe.send("close")
            guard case .closed(.closedByServer) = await news.next() else {
                Issue.record("the connection goes on")
                return
            }
        }
    }

    @Test(arguments: [EngineTransport.webSocket, .polling])
    func `a server that is not there, or is none, is told`(transport: EngineTransport) async throws {
        let absent = ConnectionProbe(port: 1, Self.options([transport]))
        var news = absent.news.makeAsyncIterator()
        guard case .closed(.network) = await news.next() else {
            Issue.record("something answers on port 1")
            return
        }
        var engine = EngineOptions()
        engine.path = "/elsewhere/"
        try await withServer(EchoApplication(engine)) { port in
            let other = ConnectionProbe(port: port, Self.options([transport]))
            var news = other.news.makeAsyncIterator()
            let end = await news.next()
            switch end {
            case .closed(.refused(status: 404, _)), .closed(.webSocketRefused(.status(404))): break
            default: Issue.record("\(String(describing: end))")
            }
        }
    }

    @Test(arguments: [EngineTransport.webSocket, .polling])
    func `a message of the limit is taken and one byte more is not`(transport: EngineTransport) async throws {
        try await withServer(EchoApplication()) { port in
            var options = Self.options([transport], upgrades: false)
            // Both transports count the packet's type.
            options.maxMessageBytes = 1_001
            let probe = ConnectionProbe(port: port, options)
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(transport))
            let text = String(repeating: "x", count: 1_000)
            probe.send(text)
            #expect(await news.next() == .text(text))
            probe.send(text + "x")
            switch await news.next() {
            case .closed(.webSocket(.messageTooLarge(limit: 1_001))), .closed(.http(.bodyTooLarge)): break
            case let other: Issue.record("\(String(describing: other))")
            }
        }
    }

    @Test func `headers and paths that cannot be sent are refused`() {
        var options = ClientOptions()
        options.headers = [("Authorization", "Bearer x\r\nHost: other")]
        #expect(throws: ClientError.invalidHeader("Authorization")) {
            try ClientEndpoint(url: ClientURL(host: "a", port: 1), options: options)
        }
        options.headers = []
        options.path = "/a b"
        #expect(throws: ClientError.invalidURL("/a b")) {
            try ClientEndpoint(url: ClientURL(host: "a", port: 1), options: options)
        }
    }
}
