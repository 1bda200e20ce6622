/// Why the server does not start: one sentence for the person who starts it.
public struct StartError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ sentence: String) { description = sentence }

    /// Any error whose description is such a sentence.
    init(_ error: any Error) { description = String(describing: error) }
}
