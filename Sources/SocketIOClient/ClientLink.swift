import Bytes
import EventLoops

/// Turns what a connection tells on the loop into calls of the client's actor, whose executor that loop is.
final class ClientLink: ClientConnectionDelegate {
    private let core: ClientCore
    private var reader: SocketPacketReader

    init(core: ClientCore) {
        self.core = core
        reader = SocketPacketReader(
            maxAttachments: core.options.maxAttachments, maxBytes: core.options.maxMessageBytes)
    }

    func opened(_ connection: ClientConnection) {
        core.assumeIsolated { $0.connectionOpened() }
    }

    func received(text: RawSpan, from connection: ClientConnection) {
        do throws(ClientError) {
            guard let packet = try reader.read(text: text) else { return }
            core.assumeIsolated { $0.received(packet) }
        } catch {
            connection.fail(error)
        }
    }

    func received(binary: RawSpan, from connection: ClientConnection) {
        do throws(ClientError) {
            guard let packet = try reader.read(binary: binary) else { return }
            core.assumeIsolated { $0.received(packet) }
        } catch {
            connection.fail(error)
        }
    }

    func closed(_ connection: ClientConnection, _ error: ClientError) {
        let ended = ObjectIdentifier(connection)
        core.assumeIsolated { core in
            // One that was closed before may end while its successor opens, and is no longer the client's.
            if core.connection.map(ObjectIdentifier.init) == ended {
                core.connectionClosed(error)
            } else if core.connection == nil, core.reconnectTimer == nil {
                core.link = nil
            }
        }
    }
}

/// Hands the timers of the loop to the client's actor.
final class ClientTimers: TimerTarget {
    private weak let core: ClientCore?

    init(core: ClientCore) { self.core = core }

    func timerFired(_ token: TimerToken) {
        core?.assumeIsolated { $0.timerFired(token) }
    }
}
