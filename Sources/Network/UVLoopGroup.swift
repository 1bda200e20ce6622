public import Bytes
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The loops of one server, each on a thread of its own.
public final class UVLoopGroup: Sendable {
    /// The loops, each at the place of its index.
    public let loops: [UVLoop]
    private let turn = Atomic<Int>(0)

    /// Starts `count` loops; the default is one a core.
    ///
    /// - Parameter backlogBudget: see `UVLoop.init`.
    public init(count: Int = UVLoopGroup.coreCount, backlogBudget: MemoryBudget = .unlimited) {
        loops = (0..<max(1, count)).map { UVLoop(index: $0, backlogBudget: backlogBudget) }
    }

    /// How many cores the system lets this process use.
    public static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The loops one after the other, from the first again after the last. From any thread.
    public func next() -> UVLoop {
        let count = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: count) % UInt(loops.count))]
    }

    /// Stops every loop and returns when all threads have ended. Not from a loop's thread.
    public func stopAndWait() {
        for loop in loops { loop.stop() }
        for loop in loops { loop.join() }
    }

    /// Stops every loop and returns when all threads have ended. Not from a task that runs on one of the loops.
    public func stop() async {
        for loop in loops { loop.stop() }
        for loop in loops {
            await withCheckedContinuation { continuation in
                loop.whenEnded { continuation.resume() }
            }
        }
    }
}
