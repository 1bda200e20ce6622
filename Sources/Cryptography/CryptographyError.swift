/// The cryptographic library refused to work: out of memory, or built without a needed algorithm.
public struct CryptographyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was being done.
    public let operation: String

    public var description: String {
        "The cryptographic library failed while \(operation); restart the server and check its memory."
    }
}
