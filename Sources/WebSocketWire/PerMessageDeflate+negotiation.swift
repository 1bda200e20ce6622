extension PerMessageDeflate {
    /// The four parameters (RFC 7692 section 7.1), as one side wrote them.
    struct Parameters: Equatable {
        var serverNoContextTakeover = false
        var clientNoContextTakeover = false
        var serverMaxWindowBits: Int?
        /// `.some(nil)`: the parameter without a value, which only an offer may have.
        var clientMaxWindowBits: Int??

        /// `nil` for a parameter that is unknown, comes twice, or has a value that it must not have.
        init?(_ element: WebSocketExtension) {
            var seen: Set<String> = []
            for parameter in element.parameters {
                let name = Self.lowercased(parameter.name)
                guard seen.insert(name).inserted else { return nil }
                switch (name, parameter.value) {
                case ("server_no_context_takeover", nil): serverNoContextTakeover = true
                case ("client_no_context_takeover", nil): clientNoContextTakeover = true
                case ("server_max_window_bits", let value?):
                    guard let bits = Self.windowBits(value) else { return nil }
                    serverMaxWindowBits = bits
                case ("client_max_window_bits", nil): clientMaxWindowBits = .some(nil)
                case ("client_max_window_bits", let value?):
                    guard let bits = Self.windowBits(value) else { return nil }
                    clientMaxWindowBits = .some(bits)
                default: return nil
                }
            }
        }

        /// 8 to 15, without leading zeros (section 7.1.2.1).
        private static func windowBits(_ text: String) -> Int? {
            guard let bits = Int(text), (8...15).contains(bits), String(bits) == text else { return nil }
            return bits
        }

        private static func lowercased(_ text: String) -> String { text.lowercased() }
    }

    /// The server's answer to the client's offers: the first one that it can keep; `nil` declines them all.
    ///
    /// - Returns: the agreement and the element for the response's `Sec-WebSocket-Extensions`.
    public static func answer(
        _ offers: [WebSocketExtension], options: Options
    ) -> (agreement: Agreement, response: WebSocketExtension)? {
        for offer in offers where offer.name.lowercased() == name {
            guard let wanted = Parameters(offer) else { continue }
            if let answer = answer(wanted, options: options) { return answer }
        }
        return nil
    }

    private static func answer(
        _ wanted: Parameters, options: Options
    ) -> (agreement: Agreement, response: WebSocketExtension)? {
        var agreement = Agreement(client: options.client, server: options.server)
        if wanted.serverNoContextTakeover { agreement.server.keepsContext = false }
        if wanted.clientNoContextTakeover { agreement.client.keepsContext = false }
        agreement.server.windowBits = min(options.server.windowBits, wanted.serverMaxWindowBits ?? 15)
        // zlib makes no raw data with a window of 8 bits, so such an offer cannot be kept.
        guard agreement.server.windowBits >= 9 else { return nil }
        // A client that does not say so cannot limit its window (section 7.1.2.2).
        agreement.client.windowBits = 15
        if let offered = wanted.clientMaxWindowBits {
            agreement.client.windowBits = min(options.client.windowBits, offered ?? 15)
        }
        var response = WebSocketExtension(name)
        if !agreement.server.keepsContext { response.parameters.append(.init("server_no_context_takeover")) }
        if !agreement.client.keepsContext { response.parameters.append(.init("client_no_context_takeover")) }
        if wanted.serverMaxWindowBits != nil || agreement.server.windowBits < 15 {
            response.parameters.append(.init("server_max_window_bits", "\(agreement.server.windowBits)"))
        }
        if wanted.clientMaxWindowBits != nil, agreement.client.windowBits < 15 {
            response.parameters.append(.init("client_max_window_bits", "\(agreement.client.windowBits)"))
        }
        return (agreement, response)
    }

    /// What a client offers.
    public static func offer(_ options: Options) -> WebSocketExtension {
        var offer = WebSocketExtension(name)
        if !options.server.keepsContext { offer.parameters.append(.init("server_no_context_takeover")) }
        if !options.client.keepsContext { offer.parameters.append(.init("client_no_context_takeover")) }
        if options.server.windowBits < 15 {
            offer.parameters.append(.init("server_max_window_bits", "\(options.server.windowBits)"))
        }
        let bits = options.client.windowBits < 15 ? "\(options.client.windowBits)" : nil
        offer.parameters.append(.init("client_max_window_bits", bits))
        return offer
    }

    /// What the server's answer to `offer(options)` means; `nil` where it does not fit the offer.
    public static func agreement(in response: WebSocketExtension, options: Options) -> Agreement? {
        guard response.name.lowercased() == name, let granted = Parameters(response) else { return nil }
        if options.server.windowBits < 15 {
            guard let bits = granted.serverMaxWindowBits, bits <= options.server.windowBits else { return nil }
        }
        guard options.server.keepsContext || granted.serverNoContextTakeover else { return nil }
        var agreement = Agreement(client: options.client, server: options.server)
        if granted.serverNoContextTakeover { agreement.server.keepsContext = false }
        if granted.clientNoContextTakeover { agreement.client.keepsContext = false }
        agreement.server.windowBits = granted.serverMaxWindowBits ?? 15
        if let clientBits = granted.clientMaxWindowBits {
            // In a response the parameter has a value, and zlib cannot write with a window of 8 bits.
            guard let bits = clientBits, bits >= 9 else { return nil }
            agreement.client.windowBits = min(options.client.windowBits, bits)
        }
        return agreement
    }
}
