import EventLoops
import JSON
import Network

extension ClientCore {
    func open() {
        do throws(ClientError) {
            let made = try ClientConnection(url: url, options: options, loop: loop)
            let link = ClientLink(core: self)
            self.link = link
            made.delegate = link
            connection = made
            made.open()
        } catch {
            // The address and the options were checked when the client was made.
            connectionClosed(error)
        }
    }

    func connectionOpened() {
        wasConnected = true
        attempts = 0
        for (name, namespace) in namespaces where namespace.isWanted { join(name) }
    }

    func connectionClosed(_ error: ClientError) {
        connection = nil
        let reason = Self.reason(error)
        for name in namespaces.keys {
            if namespaces[name]?.id == nil, namespaces[name]?.isWanted == true {
                call("connect_error", [.string(error.description)], of: name)
            }
            left(name, reason: reason, error: error)
        }
        guard wasConnected, reconnection.isEnabled, namespaces.values.contains(where: \.isWanted) else {
            return giveUp()
        }
        scheduleReconnection()
    }

    private func scheduleReconnection() {
        if let most = reconnection.maxAttempts, attempts >= most {
            for (name, namespace) in namespaces where namespace.isWanted { call("reconnect_failed", [], of: name) }
            return giveUp()
        }
        let random = options.random.bytes(1).first.map { Double($0) / 255 } ?? 0.5
        reconnectTimer = schedule(after: reconnection.wait(before: attempts, random: random))
        attempts += 1
    }

    private func giveUp() {
        wasConnected = false
        attempts = 0
        for name in namespaces.keys {
            namespaces[name]?.isWanted = false
            namespaces[name]?.buffer = []
        }
        link = nil
    }

    func timerFired(_ token: TimerToken) {
        if token == reconnectTimer {
            reconnectTimer = nil
            for (name, namespace) in namespaces where namespace.isWanted {
                call("reconnect_attempt", [.integer(Int64(attempts))], of: name)
            }
            return open()
        }
        if let name = namespaces.first(where: { $0.value.joinTimer == token })?.key { return joinTimedOut(name) }
        guard let (name, id) = ackTimers.removeValue(forKey: token) else { return }
        namespaces[name]?.acks.removeValue(forKey: id)?.continuation.resume(throwing: ClientError.timeout)
    }

    private func joinTimedOut(_ name: String) {
        namespaces[name]?.isWanted = false
        left(name, reason: "", error: .timeout)
        closeIfUnused()
    }

    /// The reasons of the official client.
    private static func reason(_ error: ClientError) -> String {
        switch error {
        case .pingTimeout: "ping timeout"
        case .closedByClient: "io client disconnect"
        case .closedByServer: "transport close"
        case .protocolViolation: "parse error"
        default: "transport error"
        }
    }

    // MARK: Packets

    func received(_ packet: SocketPacket) {
        let name = packet.namespace
        guard namespaces[name] != nil else { return }
        switch packet.kind {
        case .connect: joined(name, packet.values.first)
        case .disconnect:
            namespaces[name]?.isWanted = false
            left(name, reason: "io server disconnect", error: .disconnectedByServer)
            closeIfUnused()
        case .connectError:
            namespaces[name]?.isWanted = false
            let refusal = packet.values.first
            // Some servers send the message alone.
            let message = refusal?["message"]?.stringValue ?? refusal?.stringValue ?? "no reason given"
            let data = refusal?["data"]
            call("connect_error", [.string(message)] + (data.map { [$0] } ?? []), of: name)
            left(name, reason: "", error: .namespaceRefused(message: message, data: data))
            closeIfUnused()
        case .event: event(packet)
        case .ack:
            guard let id = packet.id, let ack = namespaces[name]?.acks.removeValue(forKey: id) else { return }
            loop.cancel(ack.timer)
            ackTimers[ack.timer] = nil
            ack.continuation.resume(returning: packet.values)
        }
    }

    private func joined(_ name: String, _ values: JSONValue?) {
        guard let namespace = namespaces[name], namespace.isWanted, namespace.id == nil else { return }
        namespaces[name]?.id = values?["sid"]?.stringValue ?? ""
        namespaces[name]?.privateID = values?["pid"]?.stringValue
        namespaces[name]?.buffer = []
        namespaces[name]?.connecting = []
        cancelJoinTimer(of: name)
        for packet in namespace.buffer { send(packet) }
        for continuation in namespace.connecting { continuation.resume() }
        call("connect", [], of: name)
    }

    private func event(_ packet: SocketPacket) {
        let name = packet.namespace
        guard let namespace = namespaces[name], namespace.id != nil, let event = packet.values.first?.stringValue else {
            return
        }
        if namespace.privateID != nil, let offset = packet.values.last?.stringValue, packet.values.count > 1 {
            namespaces[name]?.offset = offset
        }
        var reply: ClientReply?
        if let id = packet.id {
            namespaces[name]?.unanswered.insert(id)
            reply = ClientReply(core: self, namespace: name, id: id)
        }
        call(event, Array(packet.values.dropFirst()), of: name, reply: reply)
    }
}
