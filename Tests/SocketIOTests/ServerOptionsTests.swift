import EngineIO
import JSON
import Testing

@testable import SocketIO

@Suite struct ServerOptionsTests {
    private func refusal(_ change: (inout ServerOptions) -> Void) -> String? {
        var options = ServerOptions()
        options.connectionStateRecovery = RecoveryOptions()
        change(&options)
        do {
            try Server(options: options).checkOptions()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `the defaults can be served, with recovery and without`() throws {
        try ServerOptions().check()
        #expect(refusal { _ in } == nil)
    }

    @Test func `times have to be longer than nothing`() {
        let text = "Make every time of the server longer than nothing."
        #expect(refusal { $0.connectTimeout = .zero } == text)
        #expect(refusal { $0.attachmentTimeout = .zero } == text)
        #expect(refusal { $0.ackTimeout = .seconds(-1) } == text)
        #expect(refusal { $0.connectionStateRecovery?.maxDisconnectionDuration = .zero } == text)
        #expect(refusal { $0.ackTimeout = nil } == nil)
        #expect(refusal { $0.connectTimeout = .nanoseconds(1) } == nil)
    }

    @Test func `limits have to be at least 1`() {
        let limits: [WritableKeyPath<ServerOptions, Int>] = [
            \.maxNamespacesPerConnection, \.maxNamespaceNameLength, \.maxUnfinishedEvents, \.jsonLimits.maxBytes,
            \.jsonLimits.maxValues,
        ]
        for limit in limits {
            #expect(refusal { $0[keyPath: limit] = 1 } == nil)
            #expect(refusal { $0[keyPath: limit] = 0 } == "Make every limit of the server at least 1.")
        }
        let kept: [WritableKeyPath<RecoveryOptions, Int>] = [\.maxEvents, \.maxBytes, \.maxSessions]
        for limit in kept {
            #expect(refusal { $0.connectionStateRecovery?[keyPath: limit] = 1 } == nil)
            #expect(
                refusal { $0.connectionStateRecovery?[keyPath: limit] = 0 }
                    == "Make every limit of the server at least 1.")
        }
    }

    @Test func `there may be no attachments, but not fewer`() {
        #expect(refusal { $0.maxAttachments = 0 } == nil)
        #expect(refusal { $0.maxAttachments = -1 } == "Make maxAttachments 0 or more.")
    }

    @Test func `the event of the first offset has a name that is free`() {
        #expect(refusal { $0.connectionStateRecovery?.offsetEvent = nil } == nil)
        #expect(
            refusal { $0.connectionStateRecovery?.offsetEvent = "connect" }
                == "Give offsetEvent another name than \"connect\", which is reserved.")
    }

    @Test func `the engine's options are checked too`() {
        #expect(refusal { $0.engine.maxPayload = 0 } == EngineOptionsError.limit.description)
    }
}
