import Testing

@testable import WebSocketWire

/// Autobahn group 7: the closing handshake.
@Suite struct Closing {
    private static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        clientFrame(8, [UInt8(code >> 8), UInt8(code & 0xff)] + reason)
    }

    @Test func `nothing after the close frame is read (7.1)`() {
        expect(clientFrame(1, "a") + Self.close(1000), [.text("a"), .close(1000, "")])
        expect(Self.close(1000) + Self.close(1000), [.close(1000, "")])
        expect(Self.close(1000) + clientFrame(9, "late") + clientFrame(1, "late"), [.close(1000, "")])
        expect(Self.close(1000) + clientFrame(15, "late"), [.close(1000, "")])
        expect(clientFrame(1, "a", fin: false) + Self.close(1000) + clientFrame(0, "b"), [.close(1000, "")])
    }

    @Test func `a close frame is empty or has a code and a reason of 123 bytes (7.3)`() {
        let reason = [UInt8](repeating: 0x2a, count: 123)
        expect(clientFrame(8), [.close(nil, "")])
        expect(clientFrame(8, [3]), [.fault(.closePayloadTooShort)])
        expect(Self.close(1000, Array("Hello World!".utf8)), [.close(1000, "Hello World!")])
        expect(Self.close(1000, reason), [.close(1000, String(decoding: reason, as: UTF8.self))])
        expect(Self.close(1000, reason + [0x2a]), [.fault(.controlTooLong)])
    }

    @Test func `a reason that is not UTF-8 is refused (7.5)`() {
        expect(Self.close(1000, Array("κόσμε".utf8) + [0xed, 0xa0, 0x80]), [.fault(.invalidCloseReason)])
        #expect(WebSocketError.invalidCloseReason.closeCode == .invalidPayload)
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func `defined and private codes are taken and sent (7.7)`(code: UInt16) {
        expect(Self.close(code), [.close(code, "")])
        #expect(WebSocketEncoder.closePayload(.init(rawValue: code)) == [UInt8(code >> 8), UInt8(code & 0xff)])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func `other codes are refused and never sent (7.9, 7.13)`(code: UInt16) {
        expect(Self.close(code), [.fault(.closeCodeForbidden)])
        #expect(WebSocketEncoder.closePayload(.init(rawValue: code)) == [])
    }

    @Test func `a reason is cut between two characters at 123 bytes`() {
        let payload = WebSocketEncoder.closePayload(.normal, reason: String(repeating: "ä", count: 100))
        #expect(payload.count == 124)
        #expect(String(validating: payload.dropFirst(2), as: UTF8.self) == String(repeating: "ä", count: 61))
        let exact = WebSocketEncoder.closePayload(.normal, reason: String(repeating: "a", count: 123))
        #expect(exact.count == 125)
    }

    @Test func `every refusal's reason fits a close frame`() {
        let errors: [WebSocketError] = [
            .maskMissing, .maskForbidden, .reservedBits, .reservedOpcode, .lengthNotMinimal, .lengthOutOfRange,
            .controlTooLong, .controlFragmented, .continuationExpected, .continuationUnexpected,
            .messageTooLarge(limit: .max), .tooManyFragments(limit: .max), .invalidText, .damagedCompression,
            .outOfMemory, .closePayloadTooShort, .closeCodeForbidden, .invalidCloseReason,
        ]
        for error in errors {
            #expect(error.closeCode.mayBeSent)
            #expect(error.reason.utf8.count <= 123)
        }
    }

    @Test func `the end that closes first waits; the other echoes`() {
        var first = WebSocketCloseHandshake()
        #expect(first.maySend)
        #expect(first.closeRequested() == true)
        #expect(first.closeRequested() == false)
        #expect(first.state == .awaitingPeer)
        #expect(!first.maySend)
        #expect(first.closeReceived(.normal) == .nothing)
        #expect(first.state == .complete)

        var second = WebSocketCloseHandshake()
        #expect(second.closeReceived(.goingAway) == .reply(.goingAway))
        #expect(second.peerCode == .goingAway)
        #expect(second.state == .complete)
        #expect(second.closeRequested() == false)
        #expect(second.closeReceived(.normal) == .nothing)
    }
}
