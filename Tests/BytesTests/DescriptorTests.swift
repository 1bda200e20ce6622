import Bytes
import ParleyTesting
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `Descriptors` {
    private let folder = TemporaryFolder()

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func `a file is read to its end, or as far as is asked`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        folder.put(bytes, in: "file")
        for most in [count + 1, count, count - 1] where most >= 0 {
            let descriptor = open(folder.file("file"), O_RDONLY)
            defer { close(descriptor) }
            #expect(Descriptor.readAll(descriptor, atMost: most) == Array(bytes.prefix(most)))
        }
    }

    @Test func `what cannot be read or written is told`() {
        #expect(Descriptor.readAll(-1, atMost: 10) == nil)
        #expect(!Descriptor.writeAll([1], to: -1))
        #expect(Descriptor.writeAll([], to: -1))
    }

    @Test func `all is written to a pipe that takes a part at a time`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        try #require(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
        let bytes = [UInt8](repeating: 7, count: 300_000)
        async let isWritten = offLoops {
            defer { close(writing) }
            return Descriptor.writeAll(bytes, to: writing)
        }
        let read = try await offLoops {
            defer { close(reading) }
            return Descriptor.readAll(reading, atMost: .max)
        }
        #expect(try await isWritten && read == bytes)
    }
}
