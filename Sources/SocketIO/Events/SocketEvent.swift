import Bytes
import EventLoops
public import JSON

/// One event that a client sent (or, for `onAnyOutgoing`, that is sent to it), with what is needed to answer it.
///
/// May be kept and handed to other threads; reading it never waits.
public struct SocketEvent: Sendable {
    let storage: EventStorage
    /// The socket that the event came on.
    public let socket: Socket

    init(storage: EventStorage, socket: Socket) {
        self.storage = storage
        self.socket = socket
    }

    /// The event's name; a number's digits where the client sent a number.
    public var name: String { storage.name }

    /// What the client sent behind the name.
    public var arguments: EventArguments {
        EventArguments(storage: storage, indices: 1..<max(storage.elements.count, 1))
    }

    /// How many arguments there are.
    public var count: Int { max(storage.elements.count - 1, 0) }

    /// The length of the event's JSON text and its attachments together.
    public var byteCount: Int { storage.byteCount }

    /// The value of an argument, built now; `.null` where there is none.
    public subscript(index: Int) -> JSONValue { arguments[index] }

    /// The bytes of an argument's JSON, lent; empty where there is none.
    @_lifetime(borrow self)
    public func json(_ index: Int) -> RawSpan {
        let range = index >= 0 && index < count ? storage.elements[index + 1] : 0..<0
        let bytes = unsafe storage.text.withUnsafeBytes { unsafe UnsafeRawBufferPointer(rebasing: $0[range]) }
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// An argument that is a string; `nil` for any other.
    public func string(at index: Int) -> String? { arguments.string(at: index) }

    /// A member of an argument that is an object, where it is a string, found without building the object.
    public func string(member name: String, of index: Int) -> String? { arguments.string(member: name, of: index) }

    /// A member of an argument that is an object.
    public func value(member name: String, of index: Int) -> JSONValue? { arguments.value(member: name, of: index) }

    /// A whole number in a member of an argument that is an object.
    public func integer(member name: String, of index: Int) -> Int? { arguments.integer(member: name, of: index) }

    /// Several members of an argument that is an object, found in one pass over its text, however large it is.
    public func members(_ names: JSONMemberNames, of index: Int) -> EventMembers {
        EventMembers(names, of: index, in: arguments)
    }

    /// The content of an argument that is an attachment.
    public func bytes(at index: Int) -> [UInt8]? { arguments.bytes(at: index) }

    /// An argument as a type of yours; an absent one is decoded from `null`.
    ///
    /// - Throws: `DecodingError`.
    public func decode<T: Decodable>(_ type: T.Type = T.self, at index: Int) throws -> T {
        try arguments.decode(type, at: index)
    }

    /// Whether the client waits for an answer.
    public var wantsAcknowledgement: Bool { storage.id != nil }
}

// MARK: - Answers

extension SocketEvent {
    /// Answers the event with these arguments; `EventArguments` stand side by side, as they came.
    ///
    /// From any thread. Nothing happens where the client asked for no answer, got one already, or is gone.
    public func acknowledge<each Argument: Encodable>(_ arguments: repeat each Argument) {
        answer { writer in repeat try writer.append(encoding: each arguments) }
    }

    /// Answers with JSON values, which may be written as literals: `acknowledge(["ok": false, "code": 7])`.
    public func acknowledge(_ first: JSONValue, _ more: JSONValue...) {
        answer { writer in
            writer.append(first)
            for value in more { writer.append(value) }
        }
    }

    /// The same without the way over generics: for arguments passed on.
    public func acknowledge(_ arguments: EventArguments) {
        answer { $0.append(arguments) }
    }

    private func answer(_ body: (inout PacketWriter) throws -> Void) {
        guard let id = storage.id else { return }
        let shard = socket.shard
        guard shard.loop.isCurrent else { return answerFromElsewhere(id, body) }
        guard !storage.isAnswered, socket.output != nil else { return }
        storage.isAnswered = true
        var writer = PacketWriter(scratch: shard.state.takeScratch())
        if write(id, body, to: &writer) { socket.transmit(writer) }
        shard.state.giveBack(writer.takeText())
    }

    private func answerFromElsewhere(_ id: UInt64, _ body: (inout PacketWriter) throws -> Void) {
        var writer = PacketWriter()
        guard write(id, body, to: &writer) else { return }
        let (storage, socket) = (storage, socket)
        socket.shard.loop.execute { [writer] in
            guard !storage.isAnswered, socket.output != nil else { return }
            storage.isAnswered = true
            socket.transmit(writer)
        }
    }

    private func write(
        _ id: UInt64, _ body: (inout PacketWriter) throws -> Void, to writer: inout PacketWriter
    ) -> Bool {
        writer.begin(.ack, prefix: socket.namespace.prefix, id: id)
        do {
            try writer.writeArray(rebuildable: body)
        } catch {
            socket.namespace.context.report(error, socket: socket, event: name)
            return false
        }
        writer.finish()
        return true
    }
}
