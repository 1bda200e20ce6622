import JSON

/// Hands out an event's arguments one after the other.
private struct ArgumentReader {
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
    static func typed<each Argument: Decodable & SendableMetatype>(
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            try body(repeat try reader.next((each Argument).self))
        }
    }

    static func typed<each Argument: Decodable & SendableMetatype, Answer: Encodable & SendableMetatype>(
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            event.acknowledge(try body(repeat try reader.next((each Argument).self)))
        }
    }

    static func typed<each Argument: Decodable & SendableMetatype>(
        _ body: nonisolated(nonsending) @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var reader = ArgumentReader(event: event)
            try await body(repeat try reader.next((each Argument).self))
        }
    }

    static func typed<each Argument: Decodable & SendableMetatype, Answer: Encodable & SendableMetatype>(
        _ body: nonisolated(nonsending) @escaping @Sendable (repeat each Argument) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var reader = ArgumentReader(event: event)
            event.acknowledge(try await body(repeat try reader.next((each Argument).self)))
        }
    }
}

// MARK: - With the socket in front, for handlers that sockets share

extension EventHandler {
    static func shared<First: Decodable & SendableMetatype, each Argument: Decodable & SendableMetatype>(
        _ body: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Void
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            let first = try reader.next(First.self)
            try body(event.socket, first, repeat try reader.next((each Argument).self))
        }
    }

    static func shared<First: Decodable & SendableMetatype, each Argument: Decodable & SendableMetatype, Answer: Encodable & SendableMetatype>(
        _ body: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Answer
    ) -> EventHandler {
        .sync { event in
            var reader = ArgumentReader(event: event)
            let first = try reader.next(First.self)
            event.acknowledge(try body(event.socket, first, repeat try reader.next((each Argument).self)))
        }
    }

    static func shared<First: Decodable & SendableMetatype, each Argument: Decodable & SendableMetatype>(
        _ body: nonisolated(nonsending) @escaping @Sendable (Socket, First, repeat each Argument) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var reader = ArgumentReader(event: event)
            let first = try reader.next(First.self)
            try await body(event.socket, first, repeat try reader.next((each Argument).self))
        }
    }

    static func shared<First: Decodable & SendableMetatype, each Argument: Decodable & SendableMetatype, Answer: Encodable & SendableMetatype>(
        _ body: nonisolated(nonsending) @escaping @Sendable (Socket, First, repeat each Argument) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var reader = ArgumentReader(event: event)
            let first = try reader.next(First.self)
            event.acknowledge(try await body(event.socket, first, repeat try reader.next((each Argument).self)))
        }
    }
}
