import Bytes
import ParleyTesting
import Testing

@testable import SQLite

@Suite struct GatheringTests {
    private static let commit: UInt64 = 4_000_000

    @Test func `one caller alone is never kept waiting`() {
        var gathering = Gathering()
        #expect(gathering.patience == 0)
        gathering.note(1, waiting: 0, took: Self.commit)
        #expect(gathering.expected == 1 && gathering.patience == 0)
    }

    @Test func `two halves that take turns are expected together, for a part of a commit's time`() {
        var gathering = Gathering()
        gathering.note(100, waiting: 100, took: Self.commit)
        #expect(gathering.expected == 175 && gathering.patience == 1_000_000)
        gathering.note(200, waiting: 0, took: 1_000_000_000)
        #expect(gathering.expected == 175 && gathering.patience == 2_000_000)
        gathering.note(1, waiting: 0, took: Self.commit)
        #expect(gathering.patience == 0)
    }

    @Test func `a queue hands out what is expected at once, and less when patience is over`() {
        let queue = WorkQueue<Int>(limit: 10)
        for number in 1...3 { _ = queue.push(number) }
        #expect(queue.take(most: 10, expecting: 3, patience: .max / 4) == [1, 2, 3])
        _ = queue.push(4)
        #expect(queue.take(most: 10, expecting: 3, patience: 1_000_000) == [4])
        for number in 5...7 { _ = queue.push(number) }
        #expect(queue.take(most: 2, expecting: 9, patience: .max / 4) == [5, 6])
        queue.close()
        #expect(queue.take(most: 10, expecting: 9, patience: .max / 4) == [7])
        #expect(queue.take(most: 10) == nil)
    }

    @Test func `the last of the expected wakes the one who waits for them`() async {
        let queue = WorkQueue<Int>(limit: 10)
        let gate = Gate()
        SystemThread.start {
            // An hour: the test ends because of the third element, or not at all.
            if queue.take(most: 10, expecting: 3, patience: 3_600_000_000_000) == [1, 2, 3] { gate.open() }
        }
        for number in 1...3 {
            _ = queue.push(number)
            await Task.yield()
        }
        gate.waitUntilOpen()
    }
}
