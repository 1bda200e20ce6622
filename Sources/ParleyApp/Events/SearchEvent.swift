import Accounts
import Bytes
import Chat
import EventLoops
import JSON
import SocketIO

extension ChatEvents {
    /// `search {room?, query, limit?, before?}`: the messages of a room that the connection is in, or of all rooms of its
    /// account, as the acknowledgement `{status, query, results, result_count, before}`.
    nonisolated(nonsending) func search(_ event: SocketEvent) async {
        guard let session = session(of: event.socket) else { return }
        guard let text = event.string(member: "query", of: 0) else {
            return refuse(event, "Send the words to search for as `query`.")
        }
        do throws(ChatError) {
            var request = SearchRequest(text)
            request.limit = event.integer(member: "limit", of: 0)
            if let before = MessageSpelling(event.value(member: "before", of: 0)) {
                guard case .id(let id) = try before.reference else { throw .invalid(.messageReference) }
                request.before = id
            }
            let payload = ChatPayload(event)
            if payload.isGiven(.room) {
                guard let membership = await membership(for: event, payload) else { return }
                let page = try await chat.search(request, for: membership)
                return acknowledge(event, text, page, reader: membership.user.text)
            }
            guard let account = session.identity?.account else {
                return refuse(event, "Name the room: send an object with `room`.")
            }
            let proof = Proof(address: IPAddress(event.socket.handshake.address))
            let page = try await chat.search(request, for: account, proof: proof)
            acknowledge(event, text, page, reader: account.handle.text)
        } catch {
            refuse(event, error)
        }
    }

    private func acknowledge(_ event: SocketEvent, _ query: String, _ page: SearchPage, reader: String) {
        guard let results = try? SearchJSON.plain(page, reader: reader) else {
            return refuse(event, ChatError.internalFailure)
        }
        event.acknowledge(
            [
                "status": "success", "query": .string(query), "results": results,
                "result_count": JSONValue(page.hits.count), "before": SearchJSON.next(page),
            ] as JSONValue)
    }
}
