import Bytes

/// Event names as bytes: hashed once for each packet, so that handlers are found without building a `String`.
enum EventName {
    /// FNV-1a, 32 bits: only a first comparison, the bytes decide.
    @inline(__always)
    static func hash(_ bytes: RawSpan) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for index in 0..<bytes.byteCount { hash = (hash ^ UInt32(bytes.byte(at: index))) &* 0x0100_0193 }
        return hash
    }

    static func hash(_ name: String) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return hash
    }

    /// Whether two names are the same bytes (not merely the same characters).
    @inline(__always)
    static func matches(_ name: String, _ bytes: RawSpan) -> Bool {
        guard name.utf8.count == bytes.byteCount else { return false }
        return unsafe bytes.withUnsafeBytes { bytes in
            let isEqual = unsafe name.utf8.withContiguousStorageIfAvailable { unsafe bytes.elementsEqual($0) }
            return unsafe isEqual ?? name.utf8.elementsEqual(bytes)
        }
    }

    /// The names that only the library may fire (Socket.IO protocol 5; the list of the official parser).
    static func isReserved(_ name: RawSpan) -> Bool {
        switch name.byteCount {
        case 7: name.elementsEqual("connect")
        case 10: name.elementsEqual("disconnect")
        case 11: name.elementsEqual("newListener")
        case 13: name.elementsEqual("connect_error") || name.elementsEqual("disconnecting")
        case 14: name.elementsEqual("removeListener")
        default: false
        }
    }

    static func isReserved(_ name: String) -> Bool {
        switch name {
        case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener": true
        default: false
        }
    }
}
