/// A date of the proleptic Gregorian calendar: the leap years' rule holds for all time, and the year 0 is there.
public struct CivilDate: Equatable, Sendable {
    /// 0 is the year before 1.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// From 1.
    public let day: Int

    /// The date of the day that many days after 1970-01-01.
    public init(daysSinceEpoch days: Int) {
        // Eras of 400 years, whose years begin in March so that the leap day comes last.
        let (era, dayOfEra) = (days + Self.daysToEpoch).dividedDown(by: Self.daysOfEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    }

    /// That date as it stands, whether there is such a day or not.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01; 31 February counts as the third day after the 28th, or the second after the 29th.
    public var daysSinceEpoch: Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * Self.daysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.daysToEpoch
    }

    private static let daysOfEra = 146_097
    /// From 0000-03-01, where an era begins, to 1970-01-01.
    private static let daysToEpoch = 719_468
}

extension Int {
    /// The quotient rounded down, also below zero, and the remainder to it, which is never negative.
    func dividedDown(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
