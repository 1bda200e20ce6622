import Bytes
import Media
import Testing

@Suite("Sizes of images")
struct ImageSizeTests {
    private static func size(_ bytes: [UInt8], _ kind: MediaKind) -> ImageSize? {
        ImageSize.read(bytes.span.bytes, of: kind)
    }

    private static let png: [UInt8] =
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 2, 128, 0, 0, 1, 224, 8, 6, 0, 0, 0]
    private static let gif = Array("GIF89a".utf8) + [0x80, 2, 0xe0, 1, 0, 0, 0]
    private static let extended = webP("VP8X", [0x10, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0])
    private static let lossless = webP("VP8L", [0x2f, 0x7f, 0xc2, 0x77, 0])
    private static let lossy = webP("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1])

    private static func webP(_ chunk: String, _ content: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP\(chunk)".utf8) + [UInt8(content.count), 0, 0, 0] + content
    }

    /// A JPEG of 640 by 480 with these segments in front of its frame.
    private static func jpeg(_ segments: [UInt8] = [], frame: UInt8 = 0xc0) -> [UInt8] {
        [0xff, 0xd8] + segments + [0xff, 0xdb, 0, 4, 1, 2]
            + [0xff, frame, 0, 11, 8, 1, 224, 2, 128, 1, 1, 0x11, 0]
    }

    private static func exif(_ orientation: UInt8, isLittle: Bool, type: UInt8 = 3) -> [UInt8] {
        let tiff: [UInt8] =
            isLittle
            ? [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 2, 0]
                + [0x0f, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0] + [0x12, 1, type, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
            : [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1] + [1, 0x12, 0, type, 0, 0, 0, 1, 0, orientation, 0, 0]
        let content = Array("Exif\0\0".utf8) + tiff
        return [0xff, 0xe1, 0, UInt8(content.count + 2)] + content
    }

    @Test func `the heads of PNG, GIF, WebP and JPEG are read`() {
        let expected = ImageSize(width: 640, height: 480)
        #expect(Self.size(Self.png, .png) == expected)
        #expect(Self.size(Self.gif, .gif) == expected)
        #expect(Self.size(Self.extended, .webP) == expected)
        #expect(Self.size(Self.lossless, .webP) == expected)
        #expect(Self.size(Self.lossy, .webP) == expected)
        #expect(Self.size(Self.jpeg(), .jpeg) == expected)
        #expect(Self.size(Self.jpeg([0xff, 0xff, 0xff, 0xe0, 0, 2], frame: 0xc2), .jpeg) == expected)
    }

    @Test func `a photograph is turned as its camera says`() {
        for orientation in UInt8(0)...9 {
            let isTurned = (5...8).contains(orientation)
            let expected = isTurned ? ImageSize(width: 480, height: 640) : ImageSize(width: 640, height: 480)
            #expect(Self.size(Self.jpeg(Self.exif(orientation, isLittle: true)), .jpeg) == expected)
            #expect(Self.size(Self.jpeg(Self.exif(orientation, isLittle: false)), .jpeg) == expected)
        }
        #expect(Self.size(Self.jpeg(Self.exif(6, isLittle: true, type: 4)), .jpeg)?.width == 640)
    }

    @Test func `a head that was cut off tells no size, and none traps`() {
        let files: [([UInt8], MediaKind)] = [
            (Self.png, .png), (Self.gif, .gif), (Self.extended, .webP), (Self.lossless, .webP), (Self.lossy, .webP),
            (Self.jpeg(Self.exif(6, isLittle: true)), .jpeg), (Self.jpeg(Self.exif(6, isLittle: false)), .jpeg),
        ]
        for (bytes, kind) in files {
            for cut in 0..<bytes.count {
                for other in MediaKind.allCases { _ = Self.size(Array(bytes[..<cut]), other) }
            }
            #expect(Self.size(Array(bytes[..<10]).dropLast(2) + [], kind) == nil)
        }
    }

    @Test func `no number in a head leads outside of it`() {
        for bytes in [Self.png, Self.gif, Self.extended, Self.jpeg(Self.exif(6, isLittle: true))] {
            for place in bytes.indices {
                for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                    var changed = bytes
                    changed[place] = value
                    for kind in MediaKind.allCases {
                        guard let size = Self.size(changed, kind) else { continue }
                        #expect(size.width > 0 && size.height > 0)
                    }
                }
            }
        }
    }

    @Test func `an empty image and one of another kind have no size`() {
        var empty = Self.gif
        (empty[6], empty[7]) = (0, 0)
        #expect(Self.size(empty, .gif) == nil)
        #expect(Self.size(Self.png, .pdf) == nil)
        var huge = Self.png
        huge[16] = 0x80
        #expect(Self.size(huge, .png) == nil)
    }

    @Test func `a size behind the first bytes is not looked for`() {
        let segment = [0xff, 0xe2, 0xff, 0xff] + [UInt8](repeating: 0, count: 0xfffd)
        #expect(Self.size(Self.jpeg(segment + segment), .jpeg) != nil)
        #expect(Self.size(Self.jpeg(segment + segment + segment + segment), .jpeg) == nil)
    }
}
