// Async handlers with decoded arguments, for up to five of them; more are within reach through `SocketEvent`. Written
// out because the compiler cannot yet make closures of a parameter pack that stay on their caller's executor.

extension EventHandler {
    static func typedAsync(
        _ body: nonisolated(nonsending) @escaping @Sendable () async throws -> Void
    ) -> EventHandler {
        .async { _ in
            try await body()
        }
    }

    static func typedAsync<Answer: EventAnswer>(
        _ body: nonisolated(nonsending) @escaping @Sendable () async throws -> Answer
    ) -> EventHandler {
        .async { event in
            event.acknowledge(try await body())
        }
    }

    static func typedAsync<A: EventArgument>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            try await body(a)
        }
    }

    static func typedAsync<A: EventArgument, Answer: EventAnswer>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            event.acknowledge(try await body(a))
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            try await body(a, b)
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument, Answer: EventAnswer>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            event.acknowledge(try await body(a, b))
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument, C: EventArgument>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B, C) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            let c = try arguments.next(C.self)
            try await body(a, b, c)
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument, C: EventArgument, Answer: EventAnswer>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B, C) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            let c = try arguments.next(C.self)
            event.acknowledge(try await body(a, b, c))
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B, C, D) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            let c = try arguments.next(C.self)
            let d = try arguments.next(D.self)
            try await body(a, b, c, d)
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, Answer: EventAnswer>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B, C, D) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            let c = try arguments.next(C.self)
            let d = try arguments.next(D.self)
            event.acknowledge(try await body(a, b, c, d))
        }
    }

    static func typedAsync<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument>(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B, C, D, E) async throws -> Void
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            let c = try arguments.next(C.self)
            let d = try arguments.next(D.self)
            let e = try arguments.next(E.self)
            try await body(a, b, c, d, e)
        }
    }

    static func typedAsync<
        A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument, Answer: EventAnswer
    >(
        _ body: nonisolated(nonsending) @escaping @Sendable (A, B, C, D, E) async throws -> Answer
    ) -> EventHandler {
        .async { event in
            var arguments = ArgumentReader(event: event)
            let a = try arguments.next(A.self)
            let b = try arguments.next(B.self)
            let c = try arguments.next(C.self)
            let d = try arguments.next(D.self)
            let e = try arguments.next(E.self)
            event.acknowledge(try await body(a, b, c, d, e))
        }
    }
}
