import JSON

/// Hands out an event's arguments one after the other.
struct ArgumentReader {
    let event: SocketEvent
    var index = 0

    mutating func next<T: Decodable>(_ type: T.Type) throws -> T {
        defer { index += 1 }
        do {
            return try event.decode(type, at: index)
        } catch let error as DecodingError {
            throw EventArgumentError(event: event.name, index: index, error)
        }
    }
}

extension EventHandler {
    static func typed<each Argument: EventArgument>(
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            try body(repeat try reader.next((each Argument).self))
        }
    }

    static func typed<each Argument: EventArgument, Answer: EventAnswer>(
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            event.acknowledge(try body(repeat try reader.next((each Argument).self)))
        }
    }
}

// MARK: - With the socket in front, for handlers that sockets share

extension EventHandler {
    static func shared<First: EventArgument, each Argument: EventArgument>(
        _ body: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Void
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            let first = try reader.next(First.self)
            try body(event.socket, first, repeat try reader.next((each Argument).self))
        }
    }

    static func shared<
        First: EventArgument, each Argument: EventArgument,
        Answer: EventAnswer
    >(
        _ body: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Answer
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            let first = try reader.next(First.self)
            event.acknowledge(try body(event.socket, first, repeat try reader.next((each Argument).self)))
        }
    }
}
