import Bytes
import Chat
import HTTPWire
import JSON

extension MessageMedia {
    /// What clients of the Socket.IO dialect send inside a message: `{type, name, data}`, the data as a data URL in base 64
    /// (RFC 2397). What it says of its type counts for nothing.
    init(_ value: JSONValue?) throws(ChatError) {
        guard let url = value?["data"]?.stringValue, url.hasPrefix("data:"), let comma = url.utf8.firstIndex(of: 0x2c),
            url[..<comma].lowercased().hasSuffix(";base64")
        else { throw .invalidMedia }
        let data = String(url[url.utf8.index(after: comma)...])
        guard let content = Base64.standard.decode(data, padding: .optional), !content.isEmpty else {
            throw .invalidMedia
        }
        self.init(name: value?["name"]?.stringValue ?? "", content: content)
    }
}

extension Chat {
    /// The messages with the data of their media, up to so many bytes together; others keep the address.
    nonisolated(nonsending) func withMedia(_ messages: [Message], in room: Room, upTo most: Int) async -> [Message] {
        var (messages, left) = (messages, most)
        for index in messages.indices.reversed() {
            for place in messages[index].attachments.indices {
                let file = messages[index].attachments[place]
                guard file.facts.isMedia, file.facts.size <= left / 4 * 3,
                    let content = await content(of: file, in: room)
                else { continue }
                left -= content.count / 3 * 4
                messages[index].attachments[place].content = content
            }
        }
        return messages
    }
}
