import Bytes
import EngineIO
import EventLoops
import JSON

// CONNECT, and what the server answers to it.
extension Connection {
    /// Revision 4: the payload is the client's `auth`, an object. Revision 3: the name may have a query, and that is
    /// it.
    func receiveConnect(_ name: RawSpan, _ payload: RawSpan) throws(PacketError) {
        var auth = JSONValue.object([])
        if payload.byteCount > 0 {
            do {
                auth = try JSONParser.parse(payload, limits: state.jsonLimits)
            } catch {
                throw .malformedJSON(error)
            }
            guard auth.objectMembers != nil else { throw .invalidPayload }
        }
        let text = name.string ?? ""
        guard revision == .v3, let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            return connect(text.isEmpty ? "/" : text, auth: auth)
        }
        connect(String(text[..<mark]), auth: QueryText.object(text[text.index(after: mark)...]))
    }

    /// Finds or makes the namespace and joins it.
    func connect(_ name: String, auth: JSONValue) {
        // A second CONNECT on a namespace is out of place.
        guard socket(name) == nil, !busy.contains(name) else { return close(.forcedServerClose) }
        guard namespaceCount < options.maxNamespacesPerConnection else {
            return refuse(name, ConnectError("Leave a namespace before you join another one."))
        }
        if let namespace = server.claim(name) { return namespace.connect(self, auth: auth) }
        guard name.utf8.count <= options.maxNamespaceNameLength else { return refuseUnknown(name) }
        ask(rule: 0, name, auth)
    }

    /// Asks one rule after the other whether it knows the name; from the first async one on, in a task.
    private func ask(rule first: Int, _ name: String, _ auth: JSONValue) {
        let request = NamespaceRequest(name: name, handshake: Handshake(request: handshake, auth: auth))
        var index = first
        while let rule = server.rule(index) {
            switch rule {
            case .sync(let matches):
                if matches(request) { return joinChild(name, auth, rule: index) }
            case .async(let matches):
                let index = index
                busy.append(name)
                return state.loop.start {
                    let isMatch = await matches(request)
                    self.state.loop.perform { self.ruled(isMatch, name, auth, rule: index) }
                }
            }
            index += 1
        }
        refuseUnknown(name)
    }

    private func ruled(_ isMatch: Bool, _ name: String, _ auth: JSONValue, rule index: Int) {
        busy.removeAll { $0 == name }
        guard isOpen else { return }
        if isMatch { joinChild(name, auth, rule: index) } else { ask(rule: index + 1, name, auth) }
    }

    private func joinChild(_ name: String, _ auth: JSONValue, rule: Int) {
        guard let child = server.claimChild(name, ofRule: rule) else { return refuseUnknown(name) }
        child.connect(self, auth: auth)
    }

    private func refuseUnknown(_ name: String) { refuse(name, ConnectError("Invalid namespace")) }

    // MARK: Answers

    /// Sends CONNECT_ERROR. Revision 3 has no object around the data or the message.
    func refuse(_ name: String, _ error: ConnectError) {
        var payload = JSONValue.object([.init("message", .string(error.message))])
        if revision == .v3 {
            payload = error.data ?? .string(error.message)
        } else if let data = error.data {
            payload = .object([.init("message", .string(error.message)), .init("data", data)])
        }
        send(.connectError, prefix: name == "/" ? [] : Array("\(name),".utf8), payload: payload)
    }

    func send(_ type: PacketType, namespace: Namespace, payload: JSONValue?) {
        send(type, prefix: namespace.prefix, payload: payload)
    }

    private func send(_ type: PacketType, prefix: [UInt8], payload: JSONValue?) {
        guard let session else { return }
        var text = state.takeScratch()
        text.removeAll(keepingCapacity: true)
        text.append(type.digit)
        text.append(contentsOf: prefix)
        if let payload { JSONPrinter.append(payload, to: &text) }
        if state.usesMessagePack {
            if let bytes = unsafe MessagePackPacket.encode(text.span.bytes, attachments: []) {
                session.send(OutgoingMessage(text: nil, binaries: [SharedBytes(bytes)]))
            }
        } else {
            unsafe session.send(text: text.span.bytes)
        }
        state.giveBack(text)
    }
}

/// Query strings, as revision 3 clients put them behind a namespace's name.
enum QueryText {
    /// `a=1&b=2` as an object of strings.
    static func object(_ text: Substring) -> JSONValue {
        var members: [JSONValue.Member] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            members.append(.init(decoded(parts[0]), .string(parts.count > 1 ? decoded(parts[1]) : "")))
        }
        return .object(members)
    }

    /// Resolves `+` and `%41`; what is no escape stays as it is.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        let source = Array(text)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let high = Hex.value(of: source[index + 1]), let low = Hex.value(of: source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
