import Bytes

extension MediaKind {
    /// How many first bytes of a file say what it is.
    public static let prefixBytes = 4096

    /// What a file that begins so is.
    ///
    /// - Parameters:
    ///   - prefix: the first bytes; more than `prefixBytes` are not looked at.
    ///   - isWhole: whether the file has no more, so that text may not end inside a character.
    public static func sniff(_ prefix: RawSpan, isWhole: Bool) -> MediaKind {
        let isAll = isWhole && prefix.byteCount <= prefixBytes
        let bytes = Prefix(prefix.extracting(0..<min(prefix.byteCount, prefixBytes)))
        return image(bytes) ?? container(bytes) ?? sound(bytes) ?? document(bytes) ?? text(bytes, isWhole: isAll)
    }

    private static func image(_ bytes: borrowing Prefix) -> MediaKind? {
        if bytes.begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return .png }
        if bytes.begins([0xff, 0xd8, 0xff]) { return .jpeg }
        if bytes.begins("GIF87a") || bytes.begins("GIF89a") { return .gif }
        if bytes.begins("RIFF"), bytes.has("WEBPVP8", at: 8) { return .webP }
        // Two letters say little: the size of the second header must be one that there is.
        if bytes.begins("BM"), let size = bytes.littleEndian(4, at: 14), [12, 40, 52, 56, 64, 108, 124].contains(size) {
            return .bmp
        }
        if bytes.begins([0, 0, 1, 0]), let count = bytes.littleEndian(2, at: 4), count > 0, bytes.byte(at: 9) == 0 {
            return .icon
        }
        return nil
    }

    /// Kinds that share a form of boxes, of elements or of chunks.
    private static func container(_ bytes: borrowing Prefix) -> MediaKind? {
        if bytes.has("ftyp", at: 4) { return isoMedia(bytes) }
        if bytes.begins([0x1a, 0x45, 0xdf, 0xa3]) {
            return bytes.contains("webm", before: 64) ? .webM : bytes.contains("matroska", before: 64) ? .matroska : nil
        }
        if bytes.begins("RIFF"), bytes.has("WAVE", at: 8) { return .wav }
        return bytes.begins("OggS\0") ? .ogg : nil
    }

    /// By the brands that the file's first box lists (ISO/IEC 14496-12 section 4.3).
    private static func isoMedia(_ bytes: borrowing Prefix) -> MediaKind? {
        guard let size = bytes.bigEndian(4, at: 0), size >= 16, size % 4 == 0 else { return nil }
        var brands: [String] = []
        for place in stride(from: 8, to: min(size, 256), by: 4) where place != 12 {
            if let brand = bytes.text(4, at: place) { brands.append(brand) }
        }
        guard let major = brands.first else { return nil }
        if brands.contains("avif") || brands.contains("avis") { return .avif }
        let isImage = ["mif1", "msf1"].contains(major) || major.hasPrefix("hei") || major.hasPrefix("hev")
        if isImage { return brands.contains { $0.hasPrefix("he") } ? .heic : nil }
        switch major {
        case "qt  ": return .quickTime
        case "M4A ", "M4B ": return .mp4Audio
        default: return brands.contains { mp4Brands.contains($0) } ? .mp4 : nil
        }
    }

    private static let mp4Brands: Set<String> = [
        "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "dash", "M4V ", "MSNV", "3gp4", "3gp5",
        "3gp6",
    ]

    private static func sound(_ bytes: borrowing Prefix) -> MediaKind? {
        if bytes.begins("fLaC") { return .flac }
        if bytes.begins("ID3") { return .mp3 }
        // A frame's head: layer III, and neither bit rate nor sampling rate of a reserved value.
        guard let head = bytes.bigEndian(4, at: 0), head >> 21 == 0x7ff, head >> 17 & 3 == 1, head >> 19 & 3 != 1,
            head >> 12 & 15 != 15, head >> 12 & 15 != 0, head >> 10 & 3 != 3
        else { return nil }
        return .mp3
    }

    private static func document(_ bytes: borrowing Prefix) -> MediaKind? {
        if bytes.begins("%PDF-") { return .pdf }
        if bytes.begins([0x1f, 0x8b, 8]) { return .gzip }
        if bytes.begins([0x50, 0x4b, 5, 6]) { return .zip }
        guard bytes.begins([0x50, 0x4b, 3, 4]) else { return nil }
        if bytes.has("mimetypeapplication/vnd.oasis.opendocument", at: 30) { return .openDocument }
        // What office programs write: a first file of this name, and the folder of the program among the next ones.
        guard bytes.has("[Content_Types].xml", at: 30) || bytes.has("_rels/", at: 30) else { return .zip }
        if bytes.contains("word/", before: prefixBytes) { return .wordDocument }
        if bytes.contains("xl/", before: prefixBytes) { return .spreadsheet }
        return bytes.contains("ppt/", before: prefixBytes) ? .presentation : .zip
    }

    // MARK: Text

    private static func text(_ bytes: borrowing Prefix, isWhole: Bool) -> MediaKind {
        guard bytes.isText(isWhole: isWhole) else { return .unknown }
        return bytes.looksLikeMarkup ? .markup : .plainText
    }
}
