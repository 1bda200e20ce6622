extension SettingType where Value == Int {
    /// A whole number of the range.
    public static func integer(_ range: ClosedRange<Int>) -> Self {
        SettingType(
            range.upperBound == .max
                ? "a whole number from \(range.lowerBound) on"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Quantity.wholeNumber(text).flatMap { range.contains($0) ? $0 : nil } },
            format: { String($0) })
    }

    /// A number of bytes of the range, such as `64KiB`, `8MB` or `100000`.
    public static func bytes(_ range: ClosedRange<Int>) -> Self {
        SettingType(
            "a number of bytes from \(Quantity.byteText(range.lowerBound)) to \(Quantity.byteText(range.upperBound))"
                + " (units: KB, MB, GB, KiB, MiB, GiB)",
            parse: { text in Quantity.bytes(text).flatMap { range.contains($0) ? $0 : nil } },
            format: Quantity.byteText)
    }
}

extension SettingType where Value == Duration {
    /// A time of the range, such as `500ms`, `10s`, `5m`, `1h` or `7d`.
    public static func duration(_ range: ClosedRange<Duration>) -> Self {
        SettingType(
            "a time from \(Quantity.durationText(range.lowerBound)) to \(Quantity.durationText(range.upperBound))"
                + " (units: ms, s, m, h, d)",
            parse: { text in Quantity.duration(text).flatMap { range.contains($0) ? $0 : nil } },
            format: Quantity.durationText)
    }
}

/// Numbers with a unit.
enum Quantity {
    private static let byteUnits = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ]

    private static let durationUnits = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]

    /// Digits, and nothing else but one minus before them.
    static func wholeNumber(_ text: some StringProtocol) -> Int? {
        text.first == "+" ? nil : Int(text)
    }

    static func bytes(_ text: String) -> Int? {
        let number = scaled(text, by: byteUnits, ignoringCase: true) ?? wholeNumber(text)
        return number.flatMap { $0 >= 0 ? $0 : nil }
    }

    static func duration(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        guard let milliseconds = scaled(text, by: durationUnits, ignoringCase: false), milliseconds >= 0 else {
            return nil
        }
        return .milliseconds(milliseconds)
    }

    static func byteText(_ bytes: Int) -> String {
        written(bytes, in: byteUnits.sorted { $0.1 < $1.1 }) ?? String(bytes)
    }

    static func durationText(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        return written(milliseconds, in: durationUnits) ?? "0s"
    }

    private static func scaled(_ text: String, by units: [(String, Int)], ignoringCase: Bool) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[digits.endIndex...].trimmed
        guard let number = Int(digits) else { return nil }
        for (name, factor) in units where name == unit || (ignoringCase && name.lowercased() == unit.lowercased()) {
            let product = number.multipliedReportingOverflow(by: factor)
            return product.overflow ? nil : product.partialValue
        }
        return nil
    }

    /// In the largest unit that needs no fraction.
    private static func written(_ number: Int, in units: [(String, Int)]) -> String? {
        guard number > 0, let unit = units.last(where: { number.isMultiple(of: $0.1) }) else { return nil }
        return "\(number / unit.1)\(unit.0)"
    }
}
