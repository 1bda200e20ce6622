public import JSON

/// An error that a handler throws for the client to see: it is sent as the event's acknowledgement.
///
/// Any other error that a handler throws goes to `ServerOptions.onError` and the log, and the client hears nothing.
public protocol AcknowledgedError: Error {
    /// The one argument of the answer.
    var acknowledgement: JSONValue { get }
}

/// An argument that a typed handler cannot take. The client hears `{"error":"..."}`, where it asked for an answer.
public struct EventArgumentError: AcknowledgedError, Equatable, CustomStringConvertible {
    /// The event's name.
    public let event: String
    /// The place of the argument, from 0.
    public let index: Int
    /// What to send instead.
    public let reason: String

    init(event: String, index: Int, _ error: DecodingError) {
        self.event = event
        self.index = index
        let context: DecodingError.Context? =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: nil
            }
        let path = (context?.codingPath ?? []).map(\.stringValue).joined(separator: ".")
        let advice = context?.debugDescription ?? "Send another value."
        reason = path.isEmpty ? advice : "At \"\(path)\": \(advice)"
    }

    /// One sentence that says what to send instead.
    public var description: String { "Argument \(index + 1) of \"\(event)\" cannot be used. \(reason)" }

    /// `{"error": description}`.
    public var acknowledgement: JSONValue { .object([.init("error", .string(description))]) }
}

/// Why no acknowledgement came.
public enum AckError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The answer did not come in time.
    case timedOut
    /// The client left before it answered.
    case disconnected
    /// The event could not be encoded, so it was not sent.
    case notSent

    /// The texts of the official server.
    public var description: String {
        switch self {
        case .timedOut: "operation has timed out"
        case .disconnected: "socket has been disconnected"
        case .notSent: "the event could not be encoded"
        }
    }
}

/// Not every client answered a broadcast.
public struct BroadcastAckError: Error, Sendable, CustomStringConvertible {
    /// The answers that did come.
    public let responses: [EventArguments]
    /// How many clients the broadcast reached.
    public let expected: Int

    /// The text of the official server.
    public var description: String { AckError.timedOut.description }
}

/// The refusal of a middleware, as the client hears it: `{"message":"...","data":...}` in `connect_error`.
public struct ConnectError: Error, Equatable, Sendable {
    /// What a person is told.
    public var message: String
    /// Left out of the packet where it is `nil`.
    public var data: JSONValue?

    /// A refusal with this message and, where a program should know more, this data.
    public init(_ message: String, data: JSONValue? = nil) {
        self.message = message
        self.data = data
    }
}
