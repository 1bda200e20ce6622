/// Whom limits count for: one customer of a network, as far as the address tells.
public struct Subscriber: Hashable, Sendable {
    private let address: IPAddress?
    private let text: String

    /// - Parameter address: an IP address, or whatever else stands for a peer.
    public init(_ address: String) {
        self.address = IPAddress(address)?.subscriber
        text = self.address == nil ? address : ""
    }
}
