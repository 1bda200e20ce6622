internal import Bytes
internal import CCurl
public import Network

/// One request to somebody else's server.
public struct FetchRequest: Sendable {
    public enum Method: Sendable { case get, post }

    public var url: FetchURL
    public var method: Method
    /// Names and values, without line breaks.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(
        _ method: Method, _ url: FetchURL, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What came back, whatever its status: a redirect is an answer like others and is not followed.
public struct FetchResponse: Sendable, Equatable {
    public let status: Int
    public let body: [UInt8]
}

/// Makes HTTP requests on behalf of strangers: to addresses that the guard admits and to no other, whatever names and
/// redirects say, through no proxy, and within bounds.
///
/// The address is looked at when the connection is opened, so that a name that stands for another one a moment later leads
/// nowhere else.
public final class Fetcher: Sendable {
    public let addresses: AddressGuard
    public let options: FetchOptions
    private let pool: BlockingPool

    /// - Parameter pool: where requests wait for their answers, one on a thread.
    public init(_ addresses: AddressGuard, options: FetchOptions = FetchOptions(), pool: BlockingPool) {
        self.addresses = addresses
        self.options = options
        self.pool = pool
    }

    /// Makes the request and gives the answer.
    public nonisolated(nonsending) func fetch(_ request: FetchRequest) async throws(FetchError) -> FetchResponse {
        let result: Result<FetchResponse, FetchError>
        do {
            result = try await pool.run { [addresses, options] in
                Result { () throws(FetchError) in
                    try CurlTransfer(request, addresses, options).perform()
                }
            }
        } catch {
            throw .busy
        }
        return try result.get()
    }
}
