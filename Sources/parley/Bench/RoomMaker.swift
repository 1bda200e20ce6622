import Bytes
import HTTPWire
import Network
import SocketIOClient

/// Makes rooms on a chat server, one after the other over one connection, and tells in the end why it could not.
final class RoomMaker: TCPConnectionDelegate {
    private var rooms: ArraySlice<(id: String, password: String)>
    private let url: ClientURL
    private let loop: UVLoop
    private var connection: TCPConnection?
    private var parser = HTTPResponseParser()
    private var done: ((String?) -> Void)?

    /// - Parameter done: called once, on the loop, with one sentence where a room could not be made.
    init(
        _ rooms: [(id: String, password: String)], url: ClientURL, loop: UVLoop, _ done: @escaping (String?) -> Void
    ) {
        self.rooms = rooms[...]
        self.url = url
        self.loop = loop
        self.done = done
    }

    func start() {
        loop.connect(host: url.host, port: url.port) { [self] result in
            switch result {
            case .success(let made):
                connection = made
                made.delegate = self
                makeNext()
            case .failure(let error): finish("\(error)")
            }
        }
    }

    private func makeNext() {
        guard let room = rooms.popFirst() else { return finish(nil) }
        var request: [UInt8] = []
        let body = Array(#"{"room_id":"\#(room.id)","password":"\#(room.password)"}"#.utf8)
        do throws(HTTPError) {
            try HTTPRequestEncoder.append(
                .post, target: "/room/create", host: "\(url.host):\(url.port)", ["Content-Type": "application/json"],
                body: body, to: &request)
        } catch {
            return finish("\(error)")
        }
        connection?.write(request)
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        let span = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes))
        var position = 0
        do throws(HTTPError) {
            while done != nil {
                switch try parser.next(span, at: &position) {
                case .needMore: return
                case .head(let head):
                    guard head.status.code == 200 else {
                        return finish("The server made no room: it answered \(head.status.code) to POST /room/create.")
                    }
                case .body: break
                case .end: makeNext()
                }
            }
        } catch {
            finish("\(error)")
        }
    }

    func closed(_ error: NetworkError?) { finish("The server closed the connection that rooms are made over.") }

    private func finish(_ failure: String?) {
        guard let done else { return }
        self.done = nil
        connection?.close()
        done(failure)
    }
}
