extension Chat {
    /// Removes what is over the limits of its room: in small steps, between which others write.
    public func sweepMessages() async throws(ChatError) {
        var place: RoomKey?
        repeat {
            do { place = try await environment.store.sweepMessages(after: place) } catch { throw ChatError(error) }
        } while place != nil
    }
}
