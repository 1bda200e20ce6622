import EngineIO
import Network
import ParleyTesting
import Serving
import TLS
import Testing

@testable import SocketIOClient

@Suite(.timeLimit(.minutes(10))) struct `An encrypted connection of a client` {
    private func withSecureServer(
        _ certificate: TestCertificate, threads: Int = 1, body: nonisolated(nonsending) (UInt16) async throws -> Void
    ) async throws {
        let context = try TLSContext(certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
        try await withServer(EchoApplication(), tls: context, threads: threads, body: body)
    }

    @Test(arguments: [[EngineTransport.webSocket], [.polling], [.polling, .webSocket]])
    func `carries messages of any size`(transports: [EngineTransport]) async throws {
        let certificate = try TestCertificate()
        var options = ClientOptions()
        options.transports = transports
        options.tls = try TLSContext(clientTrusting: certificate.certificatePath)
        try await withSecureServer(certificate) { [options] port in
            let probe = ConnectionProbe(port: port, isSecure: true, options)
            var news = probe.news.makeAsyncIterator()
            #expect(await news.next() == .opened(transports[0]))
            let long = String(repeating: "long ", count: TestSize.count(20_000, sanitized: 4000))
            probe.send(long)
            probe.send("short")
            var texts: [ConnectionNews] = []
            while texts.count < 2, let next = await news.next() {
                if next != .upgraded { texts.append(next) }
            }
            #expect(texts == [.text(long), .text("short")])
            probe.close()
            while let next = await news.next() {
                if next != .upgraded { #expect(next == .closed(.closedByClient)) }
            }
        }
    }

    @Test func `may be for a session of another loop`() async throws {
        let certificate = try TestCertificate()
        var options = ClientOptions()
        options.transports = [.polling]
        options.tls = try TLSContext(clientTrusting: certificate.certificatePath)
        try await withSecureServer(certificate, threads: 2) { [options] port in
            for _ in 0..<8 {
                let probe = ConnectionProbe(port: port, isSecure: true, options)
                var news = probe.news.makeAsyncIterator()
                #expect(await news.next() == .opened(.polling))
                for number in 0..<5 {
                    let text = String(repeating: "\(number)", count: 1 << (number * 4))
                    probe.send(text)
                    #expect(await news.next() == .text(text))
                }
                probe.close()
            }
        }
    }

    @Test func `is refused where nobody vouches for the server`() async throws {
        let certificate = try TestCertificate()
        var options = ClientOptions()
        options.transports = [.webSocket]
        try await withSecureServer(certificate) { [options] port in
            let probe = ConnectionProbe(port: port, isSecure: true, options)
            var news = probe.news.makeAsyncIterator()
            guard case .closed(.tls) = await news.next() else {
                Issue.record("a stranger is trusted")
                return
            }
        }
    }
}
