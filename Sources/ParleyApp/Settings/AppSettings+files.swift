import Chat
public import Settings

extension AppSettings {
    static let files: [any SettingDeclaration] = [
        fileSize, roomSpace, serverSpace, fileTypes, uploads, uploadsPerPerson, filesPerMessage, pendingFiles,
        pendingFileTime, listedFiles,
    ]

    public static let fileSize = Setting(
        "files.size", key: "file-size", .bytes(1...(1 << 40)), default: 25_000_000, "The size of one file.",
        atLimit: "The upload is refused with 413, and nothing of it stays.")

    public static let roomSpace = Setting(
        "files.room-space", key: "room-space", .bytes(0...(1 << 50)), default: 1_000_000_000,
        "The size of all files of one room.", atLimit: "The upload is refused with 507.")

    public static let serverSpace = Setting(
        "files.server-space", key: "server-space", .bytes(0...(1 << 50)), default: 10_000_000_000,
        "The size of all files.", atLimit: "The upload is refused with 507.")

    public static let fileTypes = Setting(
        "files.types", key: "file-types",
        .list("content types such as `image/png`, or `image`, `audio`, `video`, `text` and `other`", of: .fileType),
        default: [], "Which files are taken, by what their content is; all of them unless given.")

    public static let uploads = Setting(
        "files.uploads", key: "uploads", .integer(1...100_000), default: 64, "Uploads under way at a time.",
        atLimit: "503 with `Retry-After`.")

    public static let uploadsPerPerson = Setting(
        "files.uploads-per-person", key: "uploads-per-person", .integer(1...100_000), default: 3,
        "Uploads of one account, or of the guests of one address, under way at a time.",
        atLimit: "429 with `Retry-After`.")

    public static let filesPerMessage = Setting(
        "files.per-message", key: "files-per-message", .integer(0...1000), default: 10,
        "Files that one message brings which were uploaded before it.", atLimit: "The message is refused.")

    public static let pendingFiles = Setting(
        "files.pending", key: "pending-files", .integer(0...100_000), default: 20,
        "Files of one person that wait for their messages.", atLimit: "The upload is refused with 409.")

    public static let pendingFileTime = Setting(
        "files.pending-time", key: "pending-file-time", .duration(.seconds(1) ... .seconds(30 * 86_400)),
        default: .seconds(3600), "How long an uploaded file waits for its message.",
        atLimit: "The file is deleted, within a minute.")

    public static let listedFiles = Setting(
        "files.listed", key: "listed-files", .integer(1...10_000), default: 100,
        "Files in a list of a room's files.", atLimit: "The list has the newest; `next` leads to the others.")
}

extension SettingType where Value == String {
    /// What a file is, by its content: a content type, or a family of them.
    fileprivate static var fileType: Self {
        SettingType(
            "a content type or family",
            parse: { FileTypes.kinds(named: $0.lowercased()) == nil ? nil : $0.lowercased() },
            format: { $0 })
    }
}
