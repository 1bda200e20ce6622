/// What a file is by its content: never by its name, and never by what its sender says.
public enum MediaKind: String, Sendable, CaseIterable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case gif = "image/gif"
    case webP = "image/webp"
    case avif = "image/avif"
    case heic = "image/heic"
    case bmp = "image/bmp"
    case icon = "image/vnd.microsoft.icon"
    case mp4 = "video/mp4"
    case quickTime = "video/quicktime"
    case mp4Audio = "audio/mp4"
    case webM = "video/webm"
    case matroska = "video/x-matroska"
    case ogg = "application/ogg"
    case mp3 = "audio/mpeg"
    case wav = "audio/wav"
    case flac = "audio/flac"
    case pdf = "application/pdf"
    case zip = "application/zip"
    case wordDocument = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case presentation = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    case openDocument = "application/vnd.oasis.opendocument"
    case gzip = "application/gzip"
    /// HTML, SVG and other markup: what a browser could run.
    case markup = "text/xml"
    case plainText = "text/plain"
    case unknown = "application/octet-stream"

    /// What a client may do with a file of a kind.
    public enum Family: String, Sendable {
        case image
        case audio
        case video
        case text
        case other
    }

    /// The `Content-Type` to send it with; to be sent with `nosniff` always.
    public var contentType: String {
        switch self {
        case .plainText: "text/plain; charset=utf-8"
        // As text a browser would draw it, as XML it would run it.
        case .markup: "application/octet-stream"
        case .openDocument: "application/zip"
        default: rawValue
        }
    }

    public var family: Family {
        switch self {
        case .png, .jpeg, .gif, .webP, .avif, .heic, .bmp, .icon: .image
        case .mp4, .quickTime, .webM, .matroska: .video
        case .mp4Audio, .ogg, .mp3, .wav, .flac: .audio
        case .plainText: .text
        default: .other
        }
    }

    /// Whether a browser may show it where it is: raster images, sound, video and plain text. All else is only ever sent
    /// as an attachment.
    public var mayBeInline: Bool { family != .other }

    /// What a file of this kind is called when its name has no ending that says more.
    public var fileExtension: String {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        case .gif: "gif"
        case .webP: "webp"
        case .avif: "avif"
        case .heic: "heic"
        case .bmp: "bmp"
        case .icon: "ico"
        case .mp4: "mp4"
        case .quickTime: "mov"
        case .mp4Audio: "m4a"
        case .webM: "webm"
        case .matroska: "mkv"
        case .ogg: "ogg"
        case .mp3: "mp3"
        case .wav: "wav"
        case .flac: "flac"
        case .pdf: "pdf"
        case .zip: "zip"
        case .wordDocument: "docx"
        case .spreadsheet: "xlsx"
        case .presentation: "pptx"
        case .openDocument: "odf"
        case .gzip: "gz"
        case .markup: "xml"
        case .plainText: "txt"
        case .unknown: "bin"
        }
    }
}
