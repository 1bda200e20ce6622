/// What is wrong with a template, and where.
public struct TemplateError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1 on.
    public let line: Int
    /// One plain sentence that tells what to do.
    public let message: String

    public var description: String { "\(file):\(line): \(message)" }
}
