/// Keeps what people show beside their names.
public protocol ProfileStore: AnyObject, Sendable {
    /// Takes the place of what its owner had. Throws `nameTaken` where another has the name, `tooManyProfiles`.
    func save(_ profile: Profile, most: Int) async throws(StoreError) -> Profile

    /// Those that there are, by what their names look like.
    func profiles(of looks: [String]) async throws(StoreError) -> [String: Profile]
}
