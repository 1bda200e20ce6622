import Bytes
import EngineIO
import EventLoops
import Logging

/// What all parts of one server share and nobody changes. For any thread.
final class ServerContext: Sendable {
    let options: ServerOptions
    let random: any RandomSource
    let logger: Logger

    init(options: ServerOptions, random: any RandomSource) {
        self.options = options
        self.random = random
        logger = options.logger
    }

    var usesMessagePack: Bool { options.parser == .messagePack }

    /// A new id: 20 letters for 120 unpredictable bits.
    func makeID() -> String { Base64.urlSafe.encode(random.bytes(15), padding: false) }

    /// Passes on an error that no client is told.
    func report(_ error: any Error, socket: Socket?, event: String?) {
        logger.error(
            "A handler failed",
            [
                "error": .describing(error), "event": "\(event ?? "-")",
                "namespace": "\(socket?.namespace.name ?? "-")", "socket": "\(socket?.id ?? "-")",
            ], source: socket?.connection.handshake.address)
        options.onError?(HandlerFailure(error: error, socket: socket, event: event))
    }

    // MARK: The form on the wire

    /// The messages of a packet under the server's parser.
    func wire(_ packet: EventPacket) -> WireForm {
        guard usesMessagePack else { return WireForm(text: packet.text, binaries: packet.attachments) }
        return messagePack(packet.text.bytes, packet.attachments)
    }

    /// The same for a packet that one session is sent.
    func message(_ writer: borrowing PacketWriter, _ flags: BroadcastFlags) -> OutgoingMessage {
        let text = unsafe writer.text.span.bytes
        if usesMessagePack { return messagePack(text, writer.attachments).message(.init(flags)) }
        return OutgoingMessage(text: SharedBytes(text), binaries: writer.attachments, flags: .init(flags))
    }

    private func messagePack(_ text: RawSpan, _ attachments: [SharedBytes]) -> WireForm {
        guard let bytes = MessagePackPacket.encode(text, attachments: attachments) else {
            return WireForm(text: nil, binaries: [])
        }
        return WireForm(text: nil, binaries: [SharedBytes(bytes)])
    }
}

/// The messages that a packet is on the wire.
struct WireForm: Sendable {
    let text: SharedBytes?
    let binaries: [SharedBytes]

    /// For the loop at work.
    func message(_ flags: OutgoingMessage.Flags) -> OutgoingMessage {
        OutgoingMessage(text: text, binaries: binaries, flags: flags)
    }

    /// For a loop that this form was posted to: bytes with an owner count of its own.
    func copy(_ flags: OutgoingMessage.Flags) -> OutgoingMessage {
        OutgoingMessage.copy(text: text, binaries: binaries, flags: flags)
    }
}

extension OutgoingMessage.Flags {
    init(_ flags: BroadcastFlags) {
        self.init()
        isVolatile = flags.isVolatile
        mayCompress = flags.mayCompress
    }
}
