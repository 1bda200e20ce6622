import Testing

@testable import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A pipe of the system, closed at the end.
final class Pipe {
    let reader: Int32
    private(set) var writer: Int32

    init() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        (reader, writer) = (ends[0], ends[1])
    }

    func readAll() -> String {
        close(writer)
        writer = -1
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(reader, &piece, piece.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text.append(contentsOf: piece[..<count])
        }
    }

    deinit {
        close(reader)
        if writer >= 0 { close(writer) }
    }
}

@Suite struct LogWriterTests {
    private func record(_ message: String) -> LogRecord {
        LogRecord(epochMilliseconds: 0, level: .info, message: message)
    }

    @Test func `every accepted line is written in order`() {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: pipe.writer)
        for index in 0..<100 { writer.write(record("line \(index)")) }
        writer.close(seconds: 60)
        let lines = pipe.readAll().split(separator: "\n")
        #expect(lines.count == 100)
        #expect(lines.enumerated().allSatisfy { $1.hasSuffix("line \($0)") })
    }

    @Test func `what nobody reads is dropped, counted, and holds nobody up`() {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: pipe.writer, capacity: 1000)
        let long = String(repeating: "x", count: 900)
        for _ in 0..<1000 { writer.write(record(long)) }
        // A pipe holds 64 KiB; the thread is stuck in a write of at most 1,000 bytes, so most lines were dropped.
        var piece = [UInt8](repeating: 0, count: 65_536)
        var text: [UInt8] = []
        while !String(decoding: text, as: UTF8.self).contains("Lines were dropped") {
            let count = read(pipe.reader, &piece, piece.count)
            guard count > 0 else { break }
            text.append(contentsOf: piece[..<count])
        }
        writer.close(seconds: 60)
        let lines = (String(decoding: text, as: UTF8.self) + pipe.readAll()).split(separator: "\n")
        let written = lines.filter { $0.hasSuffix(long) }.count
        let dropped = lines.compactMap { $0.split(separator: "count=").last.flatMap { Int($0) } }.reduce(0, +)
        #expect(written + dropped == 1000)
        #expect(dropped > 0)
    }

    @Test func `records after the end are dropped`() {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: pipe.writer)
        writer.write(record("first"))
        writer.close(seconds: 60)
        writer.write(record("second"))
        #expect(pipe.readAll().split(separator: "\n").count == 1)
    }

    @Test func `a full descriptor that does not block loses no accepted line`() {
        let pipe = Pipe()
        #expect(fcntl(pipe.writer, F_SETFL, O_NONBLOCK) == 0)
        let writer = LogWriter(descriptor: pipe.writer)
        for _ in 0..<200 { writer.write(record(String(repeating: "y", count: 1000))) }
        var received = 0
        var piece = [UInt8](repeating: 0, count: 65_536)
        while received < 200 {
            let count = read(pipe.reader, &piece, piece.count)
            guard count > 0 else { break }
            received += piece[..<count].count { $0 == 0x0a }
        }
        #expect(received == 200)
        writer.close(seconds: 60)
    }

    @Test func `a descriptor that cannot be written holds nobody up`() {
        let writer = LogWriter(descriptor: -1)
        writer.write(record("lost"))
        writer.close(seconds: 60)
    }
}
