/// What stands on a connection's byte stream at one time: HTTP first, after an upgrade a WebSocket.
///
/// Called on the connection's loop.
protocol StreamHandler: AnyObject {
    /// Plain bytes, lent for the call; may be changed in place.
    func received(_ bytes: UnsafeMutableRawBufferPointer)
    /// The peer will send no more.
    func readEnded()
    /// What was queued has been written, after the queue had been long.
    func drained()
    /// The peer reads too slowly: the stream is aborted after this call.
    func overflowed()
    /// The server stops: finish what is under way, begin nothing.
    func serverStops()
    /// The stream is gone; the last call.
    func closed()
}
