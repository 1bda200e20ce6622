/// What a connection tells its owner, on the connection's loop.
///
/// Any method of the connection may be called from any of these, and none of them is called from inside such a method.
public protocol TCPConnectionDelegate: AnyObject {
    /// Bytes have arrived. They are lent for the call and may be changed in place.
    func received(_ bytes: UnsafeMutableRawBufferPointer)

    /// The peer sends no more; what this side writes may still reach it. Closes by default.
    func readEnded(_ connection: TCPConnection)

    /// All that was written has been handed to the system, after so much had waited that the connection was over its
    /// low-water mark, or after `notifyWhenDrained()`.
    func drained()

    /// The peer reads so slowly that more than `maxPendingBytes` would wait. What was written past the bound is lost, so
    /// the connection cannot go on. Aborts by default.
    func overflowed(_ connection: TCPConnection)

    /// The last call, exactly once unless the connection was detached; `nil` where an end came as it should.
    func closed(_ error: NetworkError?)
}

extension TCPConnectionDelegate {
    public func readEnded(_ connection: TCPConnection) { connection.close() }
    public func drained() {}
    public func overflowed(_ connection: TCPConnection) { connection.abort() }
}
