import Bytes
import Cryptography
import Testing

@testable import Chat

@Suite struct PresenceTests {
    private let room: Room
    private let ann = UserID(trusted: "ann")
    private let bob = UserID(trusted: "bob")

    init() throws {
        let record = RoomRecord(
            key: RoomKey(rawValue: 1), id: RoomID(trusted: "r"), info: RoomInfo(kind: .password, management: .password),
            passwordHash: nil, wrappedKey: [], created: 0)
        let key = FernetKey()
        room = Room(record, fernet: try Fernet(key: key), dataKey: key)
    }

    private func member(_ user: UserID, _ connection: String) -> Membership {
        let person = PersonID(UUID(random: user.text.utf8))
        let name = Name(user: user, shown: nil, person: person, account: nil, role: nil)
        return Membership(room: room, name: name, address: nil, connection: connection)
    }

    @Test func `a name is online from its first connection to its last`() {
        var presence = Presence()
        let first = member(ann, "1")
        let second = member(ann, "2")
        let other = member(bob, "3")
        let isNew = [first, second, other].map { presence.insert($0) }
        #expect(isNew == [true, false, true])
        #expect(presence.count == 2 && presence.connectionCount == 3)
        #expect(presence.names(limit: 9) == [ann, bob])
        let isGone = [first, first, second, second].map { presence.remove($0) }
        #expect(isGone == [false, nil, true, nil])
        #expect(presence.names(limit: 9) == [bob])
        #expect(presence.connectionCount == 1)
        withExtendedLifetime(other) {}
    }

    @Test func `a connection that was dropped without leaving gives its name free`() {
        var presence = Presence()
        let here = member(ann, "1")
        _ = presence.insert(here)
        _ = presence.insert(member(ann, "2"))
        _ = presence.insert(member(bob, "3"))
        _ = presence.setTyping(true, bob)
        if case .admitted = presence.admission(of: bob, claim: nil, connection: nil) {} else { Issue.record("taken") }
        if case .taken = presence.admission(of: ann, claim: nil, connection: nil) {} else { Issue.record("free") }
        #expect(presence.connectionCount == 1 && presence.names(limit: 9) == [ann] && presence.typing(limit: 9) == [])
        withExtendedLifetime(here) {}
    }

    @Test func `of a name with many connections those that were dropped are forgotten in time`() {
        var presence = Presence()
        var here = (0..<100).map { member(ann, "here \($0)") }
        for member in here { _ = presence.insert(member) }
        _ = presence.admission(of: ann, claim: here[0].person, connection: "new")
        for number in 0..<200 {
            _ = presence.insert(member(ann, "dropped \(number)"))
            _ = presence.admission(of: ann, claim: here[0].person, connection: "new")
            #expect(presence.connectionCount <= 200)
        }
        if case .present(let found) = presence.admission(of: ann, claim: nil, connection: "here 7") {
            #expect(found === here[7])
        } else {
            Issue.record("not found")
        }
        if case .taken = presence.admission(of: ann, claim: nil, connection: "new") {} else { Issue.record("free") }
        here = []
        if case .admitted = presence.admission(of: ann, claim: nil, connection: nil) {} else { Issue.record("taken") }
        #expect(presence.connectionCount == 0 && presence.count == 0)
    }

    @Test func `a connection that comes again counts once`() {
        var presence = Presence()
        _ = presence.insert(member(ann, "1"))
        let again = member(ann, "1")
        _ = presence.insert(again)
        #expect(presence.connectionCount == 1)
        #expect(presence.remove(member(ann, "1")) == nil)
        #expect(presence.remove(again) == true && presence.connectionCount == 0)
    }

    @Test func `a list of names has as many as its limit`() {
        var presence = Presence()
        for number in 0..<10 { _ = presence.insert(member(UserID(trusted: "u\(number)"), "\(number)")) }
        #expect(presence.names(limit: 10).count == 10)
        #expect(presence.names(limit: 9).count == 9)
        #expect(presence.count == 10)
    }

    @Test func `the list of who is typing is in the order of beginning and ends at its limit`() {
        var presence = Presence()
        let users = [5, 3, 8, 1].map { UserID(trusted: "u\($0)") }
        for user in users { _ = presence.setTyping(true, user) }
        #expect(presence.typing(limit: 4) == users)
        #expect(presence.typing(limit: 3).count == 3)
        for isTyping in [false, true] { _ = presence.setTyping(isTyping, users[0]) }
        #expect(presence.typing(limit: 4) == [users[1], users[2], users[3], users[0]])
    }

    @Test func `typing is noted once and ends with the last connection`() {
        var presence = Presence()
        let members = [member(ann, "1"), member(ann, "2"), member(bob, "3")]
        for member in members { _ = presence.insert(member) }
        let began = [ann, ann, bob].map { presence.setTyping(true, $0) }
        #expect(began == [true, false, true])
        #expect(presence.typing(limit: 9) == [ann, bob])
        _ = presence.remove(members[0])
        #expect(presence.typing(limit: 9) == [ann, bob])
        _ = presence.remove(members[1])
        #expect(presence.typing(limit: 9) == [bob])
        let ended = [bob, bob].map { presence.setTyping(false, $0) }
        #expect(ended == [true, false])
    }
}
