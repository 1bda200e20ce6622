import HTTPWire
import ParleyTesting
import Testing

@Suite struct `Mutated requests` {
    /// Steps of a linear congruential generator: the same mutations on every run.
    struct Dice {
        var generator: SeededGenerator

        mutating func roll(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }
    }

    static let telling: [UInt8] = [0, 9, 10, 11, 13, 32, 44, 48, 58, 59, 0x7f, 0x80, 0xff]

    static func mutate(_ stream: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = stream
        for _ in 0...dice.roll(3) {
            let place = dice.roll(bytes.count)
            switch dice.roll(4) {
            case 0: bytes[place] = telling[dice.roll(telling.count)]
            case 1: bytes.insert(telling[dice.roll(telling.count)], at: place)
            case 2 where bytes.count > 1: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: dice.roll(bytes.count))
            }
        }
        return bytes
    }

    @Test(arguments: RequestCorpus.all)
    func `are read or refused the same however they are cut`(_ example: RequestExample) {
        var dice = Dice(generator: SeededGenerator(seed: UInt64(example.stream.utf8.count)))
        for _ in 0..<40 {
            let stream = Self.mutate(Array(example.stream.utf8), &dice)
            let whole = RequestTranscript.lines(of: stream)
            #expect(RequestTranscript.lines(of: stream, cutAt: Array(0..<stream.count)) == whole)
            #expect(RequestTranscript.lines(of: stream, cutAt: [dice.roll(stream.count + 1)]) == whole)
        }
    }
}
