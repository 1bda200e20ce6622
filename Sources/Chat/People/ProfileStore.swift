/// Keeps what people show beside their names.
public protocol ProfileStore: AnyObject, Sendable {
    /// Takes the place of what its owner had. Throws `nameTaken` where another has the name, `tooManyProfiles`.
    func save(_ profile: Profile, most: Int) async throws(StoreError) -> Profile

    /// Notes that guests whose names look so are there.
    func keepProfiles(of looks: [String], at time: Int64) async throws(StoreError)

    /// Removes profiles of guests that were not seen after a time, `most` of them at once; whether there may be more.
    func removeProfiles(unusedSince time: Int64, most: Int) async throws(StoreError) -> Bool

    /// Those that there are, by what their names look like.
    func profiles(of looks: [String]) async throws(StoreError) -> [String: Profile]
}
