/// IP addresses between text and bytes (RFC 4291 section 2.2, RFC 5952 on output); IPv4 in its four-part form only.
enum IPAddressText {
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        text.contains(":") ? version6(text).map(unmapped) : version4(text)
    }

    /// The IPv4 address inside one that is mapped into IPv6 (RFC 4291 section 2.5.5.2); any other as it is.
    static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        let mapping: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return bytes.count == 16 && bytes.starts(with: mapping) ? Array(bytes[12...]) : bytes
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // No leading zero: some read `010` as eight.
            guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), part.count == 1 || part.first != "0",
                let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: some StringProtocol) -> [UInt8]? {
        let halves = splitAtGap(text)
        guard halves.count <= 2 else { return nil }
        var groups: [[UInt8]] = []
        for (index, half) in halves.enumerated() {
            guard let bytes = groupBytes(half, isLast: index == halves.count - 1) else { return nil }
            groups.append(bytes)
        }
        let count = groups.reduce(0) { $0 + $1.count }
        if groups.count == 1 { return count == 16 ? groups[0] : nil }
        // The gap stands for one group at least.
        guard count <= 14 else { return nil }
        return groups[0] + [UInt8](repeating: 0, count: 16 - count) + groups[1]
    }

    private static func splitAtGap(_ text: some StringProtocol) -> [String] {
        var halves = [""]
        var rest = String(text)[...]
        while let character = rest.first {
            if rest.hasPrefix("::") {
                halves.append("")
                rest = rest.dropFirst(2)
            } else {
                halves[halves.count - 1].append(character)
                rest = rest.dropFirst()
            }
        }
        return halves
    }

    private static func groupBytes(_ text: String, isLast: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, group) in groups.enumerated() {
            if isLast, index == groups.count - 1, group.contains(".") {
                guard let tail = version4(group) else { return nil }
                bytes += tail
            } else {
                guard (1...4).contains(group.utf8.count), group.first != "+", group.first != "-",
                    let value = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
            }
        }
        return bytes
    }

    static func text(_ bytes: [UInt8]) -> String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let gap = longestRunOfZeros(groups)
        let words = groups.map { String($0, radix: 16) }
        guard gap.count > 1 else { return words.joined(separator: ":") }
        return words[..<gap.lowerBound].joined(separator: ":") + "::" + words[gap.upperBound...].joined(separator: ":")
    }

    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest
    }
}
