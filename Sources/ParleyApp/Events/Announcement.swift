import Chat
import SocketIO

/// Something about those who are in a room, which the others are to hear.
enum Announcement: Sendable {
    /// - Parameters:
    ///   - isNew: whether the name was not there before.
    ///   - connection: the one that came.
    case joined(UserID, isNew: Bool, connection: String)
    case departed(UserID, Departure, verb: String)
    case typing(UserID, Bool)
    /// Somebody is to be seen in the list of who is online from now on, or no longer.
    case listed
}

/// What a room has yet to be told.
///
/// Bounded, however many come and go: of more than a few the names are left out.
struct GatheredNews {
    /// One line of the chat, and who has been told already.
    private struct Line {
        let user: UserID
        let text: String
        let isJoin: Bool
        let except: String?
    }

    private struct TypingChange {
        let user: UserID
        let isTyping: Bool
    }

    private var lines: [Line] = []
    private var joinedCount = 0
    private var departedCount = 0
    private var isOnlineDue = false
    private var typing: [TypingChange] = []
    private var hasTooManyTyping = false

    /// How many lines, and how many changes of who is typing, are told one by one.
    private static let most = 5

    /// - Parameter isTold: whether a connection that came has been told itself.
    mutating func add(_ news: Announcement, isTold: Bool = false) {
        switch news {
        case .joined(let user, let isNew, let connection):
            isOnlineDue = true
            guard isNew else { return }
            joinedCount += 1
            add(Line(user: user, text: "has joined the room", isJoin: true, except: isTold ? connection : nil))
        case .departed(let user, let departure, let verb):
            isOnlineDue = true
            if departure.typing != nil { add(TypingChange(user: user, isTyping: false)) }
            guard departure.isGone else { return }
            departedCount += 1
            add(Line(user: user, text: "has \(verb)", isJoin: false, except: nil))
        case .typing(let user, let isTyping): add(TypingChange(user: user, isTyping: isTyping))
        case .listed: isOnlineDue = true
        }
    }

    private mutating func add(_ line: Line) {
        if lines.count <= Self.most { lines.append(line) }
    }

    private mutating func add(_ change: TypingChange) {
        typing.removeAll { $0.user == change.user }
        if typing.count == Self.most {
            hasTooManyTyping = true
            typing.removeFirst()
        }
        typing.append(change)
    }
}

// MARK: - Telling

extension GatheredNews {
    /// Writes the events that tell a room.
    func write(_ room: Room, _ chat: Chat, to batch: inout EventBatch) {
        let channel = ChatEvents.channel(room)
        for change in hasTooManyTyping ? typing.suffix(1) : typing[...] {
            let content = ChatEvents.typing(chat.typing(in: room), change.user, change.isTyping, in: room)
            batch.emit(to: channel, "typing_status", content)
        }
        writeLines(room, to: &batch)
        if isOnlineDue { batch.emit(to: channel, "online_count", ChatEvents.online(chat.online(in: room), in: room)) }
    }

    private func writeLines(_ room: Room, to batch: inout EventBatch) {
        guard lines.count > Self.most else {
            for line in lines {
                var target = BroadcastTarget(rooms: RoomList(ChatEvents.channel(room)))
                if let except = line.except { target.except.append(RoomList(except)) }
                batch.emit(to: target, "status", ChatEvents.status("👋 \(line.user.text) \(line.text)", in: room))
            }
            return
        }
        for (isJoin, count, verb) in [(true, joinedCount, "joined"), (false, departedCount, "left")] where count > 0 {
            let names = lines.filter { $0.isJoin == isJoin }.prefix(3).map(\.user.text)
            let sentence = "👋 \(Self.list(names, of: count)) \(count == 1 ? "has" : "have") \(verb) the room"
            batch.emit(to: ChatEvents.channel(room), "status", ChatEvents.status(sentence, in: room))
        }
    }

    /// `ann, bob and 5 others`; where no name was kept, `5 others`.
    private static func list(_ names: [String], of count: Int) -> String {
        let others = count - names.count
        let parts = others > 0 ? names + [others == 1 ? "1 other" : "\(others) others"] : names
        guard parts.count > 1 else { return parts.joined() }
        return parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1]
    }
}
