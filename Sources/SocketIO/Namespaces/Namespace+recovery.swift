import EventLoops

/// What an application says of a client that recovers its connection.
public struct RecoveryVerdict: Sendable {
    /// Whether the client is still to be in a room of its session. Called on the socket's loop when what it missed is at
    /// hand and before any of it is sent: of a room that it is not kept in, it is told nothing.
    public var keeps: @Sendable (_ room: String) -> Bool
    /// Called on the socket's loop where the client has gone again, in place of the handlers of `connection`.
    public var abandoned: @Sendable () -> Void

    /// - Parameters:
    ///   - keeps: default: all rooms.
    ///   - abandoned: default: nothing is to be done.
    public init(
        keeps: @escaping @Sendable (_ room: String) -> Bool = { _ in true },
        abandoned: @escaping @Sendable () -> Void = {}
    ) {
        self.keeps = keeps
        self.abandoned = abandoned
    }
}

/// Judges a client that recovers its connection, in a task on its loop.
struct RecoveryJudge: Sendable {
    let ask: nonisolated(nonsending) @Sendable (Socket, [String]) async -> RecoveryVerdict
}

extension Namespace {
    /// Asks `judge`, in a task on the socket's loop, which rooms a client that recovers its connection is still to be in:
    /// rights may have changed while it was away. Without one it is in all that it was in.
    ///
    /// - Parameter judge: given the socket, which is not connected yet, and the rooms of its session.
    public func onRecovery(
        _ judge: nonisolated(nonsending) @escaping @Sendable (Socket, [String]) async -> RecoveryVerdict
    ) {
        change { $0.recoveryJudge = RecoveryJudge(ask: judge) }
    }

    /// Asks about a session that is to be recovered, and connects the socket.
    func judge(_ session: RecoveredSession, of socket: Socket) {
        guard let judge = socket.shard.shared.content.recoveryJudge else {
            join(socket, recovering: session)
            return
        }
        let loop = socket.shard.loop
        loop.start {
            let verdict = await judge.ask(socket, session.rooms)
            loop.perform {
                var session = session
                session.keeps = verdict.keeps
                guard socket.state == .connecting, self.join(socket, recovering: session) else {
                    return verdict.abandoned()
                }
            }
        }
    }
}
