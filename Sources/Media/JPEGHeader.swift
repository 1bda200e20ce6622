/// The segments in front of a JPEG's picture (ITU-T T.81 annex B).
enum JPEGHeader {
    /// The size that the frame's header tells, turned as the Exif segment says.
    static func size(in bytes: borrowing Prefix) -> ImageSize? {
        var place = 2
        var isTurned = false
        while let marker = nextMarker(in: bytes, at: &place) {
            guard let length = bytes.bigEndian(2, at: place), length >= 2 else { return nil }
            if isFrame(marker) {
                guard let height = bytes.bigEndian(2, at: place + 3), let width = bytes.bigEndian(2, at: place + 5)
                else {
                    return nil
                }
                return isTurned
                    ? ImageSize(width: height, height: width) : ImageSize(width: width, height: height)
            }
            if marker == 0xe1, bytes.has("Exif\0\0", at: place + 2) {
                isTurned = orientation(in: bytes, at: place + 8, end: place + length).map { $0 >= 5 } ?? false
            }
            place += length
        }
        return nil
    }

    /// The marker at `place`, which moves behind it. The picture itself and the end have no segments behind them.
    private static func nextMarker(in bytes: borrowing Prefix, at place: inout Int) -> UInt8? {
        guard bytes.byte(at: place) == 0xff else { return nil }
        // Any number of fill bytes.
        while bytes.byte(at: place) == 0xff { place += 1 }
        guard let marker = bytes.byte(at: place), marker >= 0xc0, marker != 0xd9, marker != 0xda,
            !(0xd0...0xd8).contains(marker)
        else { return nil }
        place += 1
        return marker
    }

    /// SOF0 to SOF15, but for the tables between them.
    private static func isFrame(_ marker: UInt8) -> Bool {
        (0xc0...0xcf).contains(marker) && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
    }

    /// The tag 0x0112 of the first directory (Exif 2.32 section 4.6.4), 1 to 8; 5 to 8 are turned by a quarter.
    private static func orientation(in bytes: borrowing Prefix, at start: Int, end: Int) -> Int? {
        let isLittle = bytes.has("II*\0", at: start)
        guard isLittle || bytes.has([0x4d, 0x4d, 0, 0x2a], at: start) else { return nil }
        func number(_ size: Int, _ place: Int, _ bytes: borrowing Prefix) -> Int? {
            guard place <= end - size else { return nil }
            return isLittle ? bytes.littleEndian(size, at: place) : bytes.bigEndian(size, at: place)
        }
        guard let offset = number(4, start + 4, bytes), let count = number(2, start + offset, bytes) else { return nil }
        for index in 0..<count {
            let entry = start + offset + 2 + index * 12
            guard let tag = number(2, entry, bytes) else { return nil }
            guard tag == 0x0112 else { continue }
            guard number(2, entry + 2, bytes) == 3, let value = number(2, entry + 8, bytes), (1...8).contains(value)
            else {
                return nil
            }
            return value
        }
        return nil
    }
}
