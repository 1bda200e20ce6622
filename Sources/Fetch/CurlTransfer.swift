internal import Bytes
internal import CCurl

/// One request by libcurl, from its start to its end on one thread.
final class CurlTransfer {
    private let request: FetchRequest
    private let addresses: AddressGuard
    private let options: FetchOptions
    private let handle: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var headCount = 0
    private var isTooLarge = false
    private var wasRefused = false

    /// Once for the process, before anything else of the library.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init(_ request: FetchRequest, _ addresses: AddressGuard, _ options: FetchOptions) throws(FetchError) {
        guard Self.isReady, let made = curl_easy_init() else { throw .failed }
        self.request = request
        self.addresses = addresses
        self.options = options
        handle = made
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
    }

    func perform() throws(FetchError) -> FetchResponse {
        guard configure(), setRequest(), setCallbacks() else { throw .failed }
        let code = curl_easy_perform(handle)
        guard code == CURLE_OK else { throw failure(code) }
        var status = 0
        guard parley_curl_status(handle, &status) == CURLE_OK, (100...999).contains(status) else {
            throw .invalidAnswer
        }
        return FetchResponse(status: status, body: body)
    }

    /// What holds for every request. Redirects are not followed unless that is asked for.
    private func configure() -> Bool {
        setAll([
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_TIMEOUT_MS, options.timeout),
            (CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1), (CURLOPT_HTTP09_ALLOWED, 0),
            (CURLOPT_FORBID_REUSE, 1), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
        ])
            && set(CURLOPT_PROTOCOLS_STR, "http,https")
            // An empty one is none, whatever the environment says.
            && set(CURLOPT_PROXY, "") && set(CURLOPT_NOPROXY, "*") && set(CURLOPT_USERAGENT, options.agent)
    }

    private func setRequest() -> Bool {
        guard set(CURLOPT_URL, request.url.text) else { return false }
        for header in request.headers + [("Expect", "")] {
            let line = header.value.isEmpty ? "\(header.name):" : "\(header.name): \(header.value)"
            guard !line.utf8.contains(where: { $0 < 0x20 }), let longer = curl_slist_append(headers, line) else {
                return false
            }
            headers = longer
        }
        guard parley_curl_list(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK else { return false }
        guard request.method == .post else { return setAll([(CURLOPT_HTTPGET, 1)]) }
        let code = request.body.withUnsafeBytes { parley_curl_body(handle, $0.baseAddress, $0.count) }
        return code == CURLE_OK
    }

    private func set(_ option: CURLoption, _ text: String) -> Bool {
        parley_curl_text(handle, option, text) == CURLE_OK
    }

    private func setAll(_ numbers: [(CURLoption, Int)]) -> Bool {
        numbers.allSatisfy { parley_curl_number(handle, $0, $1) == CURLE_OK }
    }

    // MARK: What the library calls

    /// The object outlives the transfer, which is over when `perform` returns.
    private func setCallbacks() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let body = parley_curl_on_body(handle, { CurlTransfer.of($3).took($0, $1 * $2) }, context)
        let head = parley_curl_on_head(handle, { CurlTransfer.of($3).tookHead($1 * $2) }, context)
        let open = parley_curl_on_open(handle, { CurlTransfer.of($0).open($2) }, context)
        return body == CURLE_OK && head == CURLE_OK && open == CURLE_OK
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
        guard let context else { preconditionFailure("the library gives back what it was given") }
        return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Less than what came ends the transfer.
    private func took(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes, count <= options.contentBytes - body.count else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func tookHead(_ count: Int) -> Int {
        guard count <= options.headBytes - headCount else {
            isTooLarge = true
            return 0
        }
        headCount += count
        return count
    }

    /// The socket for an address that the guard admits, and none for any other.
    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard let address, parley_curl_address(address, &bytes) == 1, addresses.admits(IPAddress(sixteen: bytes)) else {
            wasRefused = true
            return -1
        }
        return parley_curl_open(address)
    }

    private func failure(_ code: CURLcode) -> FetchError {
        if isTooLarge { return .tooLarge }
        switch code {
        // Of several addresses another may have been tried, and have failed.
        case CURLE_COULDNT_CONNECT where wasRefused: return .addressRefused
        case CURLE_COULDNT_CONNECT: return .cannotConnect
        case CURLE_COULDNT_RESOLVE_HOST: return .unknownHost
        case CURLE_OPERATION_TIMEDOUT: return .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE: return .notSecure
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .invalidURL
        case CURLE_WEIRD_SERVER_REPLY, CURLE_GOT_NOTHING, CURLE_RECV_ERROR:
            return .invalidAnswer
        default: return .failed
        }
    }
}

extension IPAddress {
    /// The address of 16 bytes in network order.
    fileprivate init(sixteen bytes: [UInt8]) {
        func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: half(bytes[..<8]), low: half(bytes[8...]))
    }
}
