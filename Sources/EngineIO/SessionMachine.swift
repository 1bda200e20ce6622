public import Bytes
public import EventLoops
import JSON

/// One Engine.IO session, without its sockets: what has happened goes in, what is to be done comes out.
///
/// A value that a driver keeps for each session, on one loop. The driver owns the sockets and the requests: at most one
/// poll that waits, at most one POST that is being read, the session's WebSocket, and at most one *candidate*, a
/// WebSocket that wants to take over from polling. It tells the machine what happened and does what the returned action
/// says, before it tells the next. Calling the `EngineSessionDelegate` is such a doing: no machine method calls out, so
/// a delegate may send and close from inside its callbacks.
///
/// **Opening.** `EngineGate.decide` says `.open`. Make a machine. For polling, hand the request to `pollBegan`: the
/// machine holds the open packet, so the poll is answered with it at once, and with what the application has sent by
/// then. For a WebSocket, write `openPacket` as a text frame before anything else.
///
/// **Polling.** Each GET goes to `pollBegan`; `.wait` means keep the request until an action or an `EngineSessionEnd`
/// carries its answer, and say `pollClosed` if its connection dies first. Messages go to `send`; at the end of each
/// turn in which something was queued, `takePollAnswer` gives the answer to the poll that waits, if one does. Each POST
/// goes to `postBegan`; when its body is there, read it like this:
///
///     let body = try machine.postBody(received)        // JSONP: the form's field
///     var packets = machine.payloadReader()
///     while let packet = try packets.next(in: body) { … machine.packetReceived(packet, in: body, now: now) … }
///     answer(machine.postEnded())
///
/// and on an error answer and end with `machine.postFailed(error)`.
///
/// **WebSocket.** Each message goes to `webSocketReceived(text:now:)` or `webSocketReceived(binary:)`. `send` says
/// `.write`: the frames and their bounded queue are the driver's; when its queue passes `maxBufferedBytes`, it says
/// `failed(.bufferOverflow)`.
///
/// **Upgrade.** Accept the candidate (101), ask `candidateOpened`, then bring its messages to `candidateReceived`.
///
/// **Time.** Keep one timer at `nextDeadline`; when it fires, call `deadlineReached` until it says `.nothing`. The
/// deadline may come nearer with `candidateOpened`, `postEnded`, `closeRequested`, and a WebSocket message that asks
/// for `.nothing` (a pong); a message never moves it.
///
/// **The end.** An `EngineSessionEnd` comes exactly once. Answer the poll that waits with what it carries, close the
/// session's WebSocket and the candidate, forget the id, tell the delegate. A request for an id that is forgotten is
/// refused with `.unknownSession`.
public struct SessionMachine {
    /// What names the session, and is known to its client only.
    public let id: String
    /// The revision of the protocol that the client speaks.
    public let revision: EngineRevision
    /// The transport in use; an upgrade changes it.
    public internal(set) var transport: EngineTransport
    /// Whether binary content goes out as it is; else as base64 in text, over WebSockets of revision 3 too.
    public let supportsBinary: Bool

    /// How many bytes a POST may have now. Begins as the option that the client was told, and may be set lower for as
    /// long as the client is not known.
    public var maxPayload: Int

    /// By reference: every session has them.
    let shared: SharedEngineOptions
    var phase = Phase.open
    /// The poll that waits for an answer.
    var poll: Poll?
    /// The POST whose body is being read.
    var post: EnginePost?
    /// Whether a packet of the last POST has been received by the open session.
    var isPostTaken = false
    var candidate: Candidate?
    var queue: OutboundQueue
    var heartbeat: Heartbeat

    enum Phase: Equatable {
        case open
        /// Closed while no poll waited: the next one is answered, then the session ends.
        case closing(Closing)
        case ended
    }

    struct Closing: Equatable {
        var reason: EngineCloseReason
        var until: MonotonicTime
        /// The client has closed: it wants nothing more than its poll freed.
        var isByClient = false
    }

    struct Poll: Equatable {
        var jsonp: String?
    }

    /// A WebSocket that wants to take over.
    struct Candidate: Equatable {
        var isProbed = false
        var deadline: MonotonicTime
    }

    enum Heartbeat: Equatable {
        /// Revision 4: when the next ping is to be sent.
        case pingDue(MonotonicTime)
        /// Revision 4: when the answer to the last ping must be there.
        case pongDue(MonotonicTime)
        /// Revision 3: when the client's next ping must be there.
        case pingExpected(MonotonicTime)

        var deadline: MonotonicTime {
            switch self {
            case .pingDue(let time), .pongDue(let time), .pingExpected(let time): time
            }
        }
    }

    /// A session that is open from `now` on.
    ///
    /// - Parameter waiting: counts what waits for the polls of all sessions together; a message that many wait for counts
    ///   once. While it is used up, a session for which more than 16 KiB wait is closed when it is sent more.
    public init(
        id: String, opening: EngineOpening, options: SharedEngineOptions, waiting: MemoryBudget = .unlimited,
        now: MonotonicTime
    ) {
        shared = options
        let options = options.options
        self.id = id
        maxPayload = options.maxPayload
        revision = opening.revision
        transport = opening.transport
        supportsBinary = opening.supportsBinary || opening.revision == .v4
        queue = OutboundQueue(limit: options.maxBufferedBytes, budget: waiting)
        heartbeat =
            opening.revision == .v4
            ? .pingDue(now + options.pingInterval)
            : .pingExpected(now + options.pingInterval + options.pingTimeout)
        if transport == .polling { _ = queue.append(.control(openPacket)) }
    }

    /// `0` and the five facts that a client must know.
    public var openPacket: [UInt8] {
        let canUpgrade =
            transport == .polling && shared.options.allowUpgrades && shared.options.transports.contains(.webSocket)
        // Written as text: a tree of values made only to be printed costs as much as the rest of the opening.
        var packet: [UInt8] = []
        packet.reserveCapacity(128)
        packet.append(contentsOf: #"0{"sid":"#.utf8)
        JSONPrinter.append(string: id, to: &packet)
        packet.append(contentsOf: (canUpgrade ? #","upgrades":["websocket"],"# : #","upgrades":[],"#).utf8)
        packet.append(contentsOf: #""pingInterval":"#.utf8)
        packet.append(decimal: Int(shared.options.pingInterval.milliseconds))
        packet.append(contentsOf: #","pingTimeout":"#.utf8)
        packet.append(decimal: Int(shared.options.pingTimeout.milliseconds))
        packet.append(contentsOf: #","maxPayload":"#.utf8)
        packet.append(decimal: shared.options.maxPayload)
        packet.append(UInt8(ascii: "}"))
        return packet
    }

    /// Whether an `EngineSessionEnd` has been given.
    public var isEnded: Bool { phase == .ended }
}

/// The end of a session.
public struct EngineSessionEnd: Equatable, Sendable {
    /// Why, for the delegate.
    public var reason: EngineCloseReason
    /// The answer to the poll that waits, where one does.
    public var pollAnswer: EngineResponse?
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1000).partialValue &+ attoseconds / 1_000_000_000_000_000
    }
}
