public import Settings

extension AppSettings {
    // MARK: Operations

    static let operations: [any SettingDeclaration] = [metricsToken, freeSpace]

    public static let metricsToken = Setting(
        "metrics.token", key: "metrics-token", .optional(.secret(minimumBytes: 16)), default: nil,
        "The bearer token with which `/metrics` may be read from elsewhere; without one only this machine may read it.")

    public static let freeSpace = Setting(
        "data.free-space", key: "free-space", .bytes(0...(1 << 40)), default: 16 << 20,
        "How much room there must be on the disk of the data directory.",
        atLimit: "`/readyz` says that the server is not ready; what still fits is stored.")
}
