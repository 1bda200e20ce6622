import Bytes
import Media

/// First bytes of files: any are of some kind, sizes are none or more than nothing, and names are clean.
func fuzzMedia(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    for isWhole in [false, true] {
        let kind = MediaKind.sniff(input.span.bytes, isWhole: isWhole)
        precondition(!kind.contentType.hasPrefix("text/html") && !kind.contentType.contains("xml;"))
        precondition(kind != .markup || !kind.mayBeInline)
    }
    for kind in MediaKind.allCases {
        guard let size = ImageSize.read(input.span.bytes, of: kind) else { continue }
        precondition(size.width > 0 && size.height > 0)
        precondition(size.width <= Int(Int32.max) && size.height <= Int(Int32.max))
    }
    let name = FileName.clean(String(decoding: input, as: UTF8.self), longest: 40)
    precondition(!name.isEmpty && name.utf8.count <= 40 && !name.contains("/") && !name.contains("\\"))
    precondition(!name.utf8.contains { $0 < 0x20 || $0 == 0x7f } && name != "..")
}
