import Bytes
import Testing

@Suite struct `The calendar` {
    @Test(
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (58, 1970, 2, 28), (59, 1970, 3, 1),
            (789, 1972, 2, 29), (790, 1972, 3, 1),
            (11_016, 2000, 2, 29), (11_017, 2000, 3, 1),
            (-25_509, 1900, 2, 28), (-25_508, 1900, 3, 1), (47_540, 2100, 2, 28), (47_541, 2100, 3, 1),
            (2_932_896, 9999, 12, 31), (2_932_897, 10_000, 1, 1),
            (-719_468, 0, 3, 1), (-719_469, 0, 2, 29), (-719_528, 0, 1, 1), (-719_529, -1, 12, 31),
        ])
    func `counts days to dates and back`(days: Int, year: Int, month: Int, day: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(date == CivilDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
    }

    @Test func `has every day of eight hundred years once and in order`() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var days = CivilDate(year: 1600, month: 1, day: 1).daysSinceEpoch
        for year in 1600..<2400 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for month in 1...12 {
                for day in 1...(lengths[month - 1] + (isLeap && month == 2 ? 1 : 0)) {
                    guard CivilDate(daysSinceEpoch: days) == CivilDate(year: year, month: month, day: day) else {
                        Issue.record("The day \(days) is not \(year)-\(month)-\(day).")
                        return
                    }
                    days += 1
                }
            }
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (1_798_761_599_001, "2026-12-31T23:59:59.001Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (253_402_300_800_000, "10000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `writes times as RFC 3339 has them`(milliseconds: Int64, text: String) {
        #expect(UTCTime(epochMilliseconds: milliseconds).rfc3339 == text)
    }

    @Test(arguments: [Int64.min, .max])
    func `takes any number of milliseconds`(milliseconds: Int64) {
        let time = UTCTime(epochMilliseconds: milliseconds)
        #expect(time.date.daysSinceEpoch == time.day)
        #expect((1...12).contains(time.date.month) && (0..<24).contains(time.hour))
    }
}
