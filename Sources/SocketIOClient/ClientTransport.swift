import Bytes
import EngineIO

/// One way of carrying packets; lives on one loop.
protocol ClientTransport: AnyObject {
    /// Let go of by the transport when it tells that it is closed.
    var owner: (any ClientTransportOwner)? { get set }

    func open()
    /// Sends a packet of text.
    func send(_ type: EnginePacketType, _ content: RawSpan)
    /// Sends a binary message.
    func send(binary: RawSpan)
    /// Sends what is queued and closes as the protocol wants it.
    func close()
    /// Closes at once, and tells no owner.
    func abort()
}

/// Who hears what a transport has received.
protocol ClientTransportOwner: AnyObject {
    /// The transport can carry packets.
    func transportOpened(_ transport: any ClientTransport)
    /// A packet of text; the bytes are lent for the call.
    func received(_ type: EnginePacketType, _ content: RawSpan, from transport: any ClientTransport)
    /// A binary message; the bytes are lent for the call.
    func received(binary: RawSpan, from transport: any ClientTransport)
    /// The last call.
    func transportClosed(_ transport: any ClientTransport, _ error: ClientError)
}
