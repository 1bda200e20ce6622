import Bytes
import Testing

@Suite struct `A memory budget` {
    @Test func `has room up to its limit, and no byte more`() {
        let budget = MemoryBudget(limit: 10)
        #expect(budget.take(4))
        #expect(budget.take(6))
        #expect(!budget.take(1))
        #expect(budget.count == 10)
        budget.give(6)
        #expect(budget.take(1))
    }

    @Test func `counts what each owner keeps beyond its free part`() {
        let budget = MemoryBudget(limit: 100)
        var share = MemoryShare()
        let answer1 = share.keep(MemoryShare.free, of: budget)
        #expect(answer1)
        #expect(budget.count == 0)
        let answer2 = share.keep(MemoryShare.free + 100, of: budget)
        #expect(answer2)
        #expect(budget.count == 100)
        let answer3 = share.keep(MemoryShare.free + 30, of: budget)
        #expect(answer3)
        #expect(budget.count == 30)
        share.release(to: budget)
        #expect(budget.count == 0)
    }

    @Test func `leaves an owner as it was where there is no room for more`() {
        let budget = MemoryBudget(limit: 100)
        var (first, second) = (MemoryShare(), MemoryShare())
        let answer4 = first.keep(MemoryShare.free + 60, of: budget)
        #expect(answer4)
        let answer5 = second.keep(MemoryShare.free + 41, of: budget)
        #expect(!answer5)
        let answer6 = second.keep(MemoryShare.free + 40, of: budget)
        #expect(answer6)
        // What is free stays free.
        var third = MemoryShare()
        let answer7 = third.keep(MemoryShare.free, of: budget)
        #expect(answer7)
        #expect(budget.count == 100)
    }
}
