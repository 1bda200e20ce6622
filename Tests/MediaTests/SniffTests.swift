import Bytes
import Media
import Testing

@Suite("Kinds of files by their content")
struct SniffTests {
    private static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private static func kind(_ bytes: [UInt8], isWhole: Bool = true) -> MediaKind {
        MediaKind.sniff(bytes.span.bytes, isWhole: isWhole)
    }

    @Test(arguments: [
        ("\u{89}PNG\r\n\u{1a}\n....", MediaKind.png), ("\u{ff}\u{d8}\u{ff}\u{e0}", .jpeg), ("GIF89a..", .gif),
        ("GIF87a..", .gif), ("RIFF\0\0\0\0WEBPVP8X", .webP), ("RIFF\0\0\0\0WAVEfmt ", .wav), ("OggS\0\u{2}", .ogg),
        ("fLaC\0\0\0", .flac), ("ID3\u{4}\0", .mp3), ("\u{ff}\u{fb}\u{90}\u{64}", .mp3),
        ("BM............\u{28}\0\0\0", .bmp), ("\0\0\u{1}\0\u{1}\0\u{10}\u{10}\0\0", .icon),
        ("\0\0\0\u{18}ftypavif\0\0\0\0avifmif1", .avif), ("\0\0\0\u{18}ftypmif1\0\0\0\0mif1avif", .avif),
        ("\0\0\0\u{18}ftypheic\0\0\0\0mif1heic", .heic), ("\0\0\0\u{18}ftypmp42\0\0\0\0isommp42", .mp4),
        ("\0\0\0\u{14}ftypqt  \0\0\0\0qt  ", .quickTime), ("\0\0\0\u{14}ftypM4A \0\0\0\0M4A ", .mp4Audio),
        ("\u{1a}\u{45}\u{df}\u{a3}....\u{42}\u{82}\u{84}webm", .webM),
        ("\u{1a}\u{45}\u{df}\u{a3}....\u{42}\u{82}\u{88}matroska", .matroska), ("%PDF-1.7\n", .pdf),
        ("PK\u{3}\u{4}..........................hello.txt", .zip), ("PK\u{5}\u{6}\0\0", .zip),
        ("PK\u{3}\u{4}..........................[Content_Types].xml....word/document.xml", .wordDocument),
        ("PK\u{3}\u{4}..........................[Content_Types].xml....xl/workbook.xml", .spreadsheet),
        ("PK\u{3}\u{4}.........................._rels/.rels....ppt/slides", .presentation),
        ("PK\u{3}\u{4}..........................mimetypeapplication/vnd.oasis.opendocument.text", .openDocument),
        ("\u{1f}\u{8b}\u{8}\0", .gzip), ("plain text\r\n\twith lines", .plainText), ("", .plainText),
        ("\u{0}\u{1}", .unknown), ("\u{ff}\u{fe}a\0", .unknown), ("a\u{1b}[31m", .unknown),
        ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", .markup), ("  \n<?xml version=\"1.0\"?>", .markup),
        ("\u{ef}\u{bb}\u{bf}<!DOCTYPE html>", .markup), ("<p>hi", .markup), ("text <ScRiPt>alert(1)", .markup),
        ("1 < 2 and <3", .plainText), ("{\"a\": \"<b>\"}", .plainText),
        // Signatures that are not all there, or that say what cannot be.
        ("\u{89}PNG\r\n", .unknown), ("RIFF\0\0\0\0", .unknown), ("BM and text", .plainText),
        ("\0\0\0\u{18}ftypxxxx\0\0\0\0yyyyzzzz", .unknown), ("\0\0\0\u{7}ftypavif", .unknown),
        ("\u{ff}\u{fb}\u{f0}\u{64}", .unknown), ("\u{1a}\u{45}\u{df}\u{a3}", .unknown),
    ])
    func `a file is what it begins as`(content: String, kind: MediaKind) {
        #expect(Self.kind(Self.bytes(content)) == kind)
    }

    @Test func `text may be cut inside a character where there is more of it`() {
        for text in ["é", "€", "🙂"] {
            let bytes = Array(("abc" + text).utf8)
            for cut in 1..<text.utf8.count {
                #expect(Self.kind(Array(bytes.dropLast(cut)), isWhole: false) == .plainText)
                #expect(Self.kind(Array(bytes.dropLast(cut))) == .unknown)
            }
        }
        #expect(Self.kind([0x61, 0x80], isWhole: false) == .unknown)
    }

    @Test func `no more than the first bytes count`() {
        let text = [UInt8](repeating: 0x61, count: MediaKind.prefixBytes)
        #expect(Self.kind(text + [0]) == .plainText)
        #expect(Self.kind(text.dropLast() + [0]) == .unknown)
    }

    @Test func `raster images, sound, video and plain text may be shown, and nothing else`() {
        let inline = MediaKind.allCases.filter(\.mayBeInline)
        #expect(
            inline == [
                .png, .jpeg, .gif, .webP, .avif, .heic, .bmp, .icon, .mp4, .quickTime, .mp4Audio, .webM, .matroska,
                .ogg, .mp3, .wav, .flac, .plainText,
            ])
        #expect(MediaKind.markup.contentType == "application/octet-stream")
        #expect(MediaKind.allCases.allSatisfy { !$0.contentType.contains("html") && !$0.contentType.contains("svg") })
        #expect(Set(MediaKind.allCases.map(\.fileExtension)).count == MediaKind.allCases.count)
    }
}
