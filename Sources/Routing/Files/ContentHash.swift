/// FNV-1a with 128 bits: names content so that a change of it changes the name. It keeps nobody out who makes files to
/// collide, and need not: the files are the operator's.
struct ContentHash {
    private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
    }

    /// 20 characters of the alphabet 0–9 a–v: the lower 100 bits.
    var text: String {
        var rest = state
        var digits: [UInt8] = []
        for _ in 0..<20 {
            let digit = UInt8(truncatingIfNeeded: rest & 31)
            digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            rest >>= 5
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
