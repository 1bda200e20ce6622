internal import Bytes
internal import CCurl

/// A URL that may be called, taken apart as the library that calls it does, so that both see one host.
public struct FetchURL: Sendable, Equatable {
    /// As it is called.
    public let text: String
    /// In lower case; an IPv4 address in dotted decimal however it was written.
    public let host: String
    public let isSecure: Bool

    /// Reads a URL of http or https with a host, without user name and fragment. Looks no name up.
    public init(_ text: String, longest: Int = FetchOptions().urlBytes) throws(FetchError) {
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            let parts = CurlURL(text), let scheme = parts.part(CURLUPART_SCHEME)?.lowercased(),
            scheme == "http" || scheme == "https", let host = parts.part(CURLUPART_HOST), !host.isEmpty,
            parts.part(CURLUPART_USER) == nil, parts.part(CURLUPART_PASSWORD) == nil,
            parts.part(CURLUPART_FRAGMENT) == nil
        else { throw .invalidURL }
        self.text = text
        self.host = host.lowercased()
        isSecure = scheme == "https"
    }

    /// Throws where the host is an address that is refused; of a name only a look-up tells.
    public func check(_ addresses: AddressGuard) throws(FetchError) {
        let literal = host.hasPrefix("[") ? String(host.dropFirst().dropLast().prefix { $0 != "%" }) : host
        guard let address = IPAddress(literal) else { return }
        guard addresses.admits(address) else { throw .addressRefused }
    }
}

/// The library's own reader of URLs.
private final class CurlURL {
    private let handle: OpaquePointer

    init?(_ text: String) {
        guard let made = curl_url() else { return nil }
        handle = made
        guard curl_url_set(made, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK else { return nil }
    }

    deinit { curl_url_cleanup(handle) }

    func part(_ part: CURLUPart) -> String? {
        var found: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &found, 0) == CURLUE_OK, let found else { return nil }
        defer { curl_free(found) }
        return String(cString: found)
    }
}
