import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Calls a handler on a loop for each signal that the process is sent, instead of the signal's default action.
public final class SignalSource: @unchecked Sendable {
    // Sendable because all but the `let`s is touched on `loop`'s thread only.

    /// The signals that can be listened to.
    public enum Signal: CaseIterable, Sendable {
        /// SIGTERM: stop.
        case terminate
        /// SIGINT: stop, from the keyboard.
        case interrupt
        /// SIGHUP: read files again.
        case hangUp

        var number: Int32 {
            switch self {
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            }
        }
    }

    private let loop: UVLoop
    private let handler: @Sendable (Signal) -> Void
    private var handles: [UnsafeMutablePointer<uv_signal_t>] = []

    /// Listens from the return of this call on.
    public init(_ signals: [Signal], on loop: UVLoop, _ handler: @escaping @Sendable (Signal) -> Void) {
        self.loop = loop
        self.handler = handler
        if loop.isCurrent {
            listen(to: signals)
        } else {
            let ready = Completion()
            loop.execute {
                self.listen(to: signals)
                ready.complete()
            }
            ready.wait()
        }
    }

    /// Gives the signals their default action back. From any thread.
    public func stop() {
        loop.execute { self.close() }
    }

    private func listen(to signals: [Signal]) {
        guard !loop.isStopping else { return }
        for signal in signals {
            let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
            guard uv_signal_init(loop.handle, handle) == 0 else {
                handle.deallocate()
                continue
            }
            // Retained for the handle until its close callback.
            handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
            loop.openHandles += 1
            handles.append(handle)
            uv_signal_start(
                handle,
                { handle, number in
                    guard let data = handle?.pointee.data else { return }
                    Unmanaged<SignalSource>.fromOpaque(data).takeUnretainedValue().came(number)
                }, signal.number)
        }
    }

    private func came(_ number: Int32) {
        if let signal = Signal.allCases.first(where: { $0.number == number }) { handler(signal) }
    }

    private func close() {
        for handle in handles {
            uv_close(Handle.of(handle)) { handle in
                guard let handle, let data = handle.pointee.data else { return }
                UnsafeMutableRawPointer(handle).deallocate()
                Unmanaged<SignalSource>.fromOpaque(data).takeRetainedValue().loop.openHandles -= 1
            }
        }
        handles = []
    }
}

extension SignalSource: LoopBound {
    func loopStopped() { close() }
}
