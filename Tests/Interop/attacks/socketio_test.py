"""Socket.IO: packets that break the rules, and those that only seem to."""

from __future__ import annotations

import base64

from attacks.arena import HASHING, MAX_GROWTH, Arena, Group, publish
from attacks.socketio_client import Polling, SocketIO
from attacks.wire import BINARY, CLOSE, TEXT, Gone, frame

PART = "attack"
group = Group()


def assert_closes(arena: Arena, messages: list[str | bytes], joins: bool) -> None:
    """The messages end the connection, over both transports."""
    with SocketIO(arena.port) as socket:
        if joins:
            socket.connect()
        for message in messages:
            if isinstance(message, str):
                socket.send_text(b"4" + message.encode("utf-8", "surrogatepass"))
            else:
                socket.send_frame(BINARY, message)
        socket.end_of_stream()
    session = Polling(arena.port)
    if joins:
        assert session.post("40").status == 200
    for message in messages:
        packet = ("4" + message).encode("utf-8", "surrogatepass") if isinstance(message, str) \
            else b"b" + base64.b64encode(message)
        if session.post(packet).status == 400:
            break
    session.expect_end()


def assert_survives(arena: Arena, messages: list[str | bytes]) -> None:
    """The messages do not end the connection, which serves on."""
    with SocketIO(arena.port) as socket:
        socket.connect()
        for message in messages:
            if isinstance(message, str):
                socket.send_text("4" + message)
            else:
                socket.send_frame(BINARY, message)
        answer = socket.call("typing", {"room": "nowhere", "user_id": "a", "is_typing": True})
        assert answer["status"] == "error", answer


DEEP = "[" * 49_000 + "]" * 49_000
PLACEHOLDER = '{"_placeholder":true,"num":%s}'

BEFORE_CONNECT: dict[str, list[str | bytes]] = {
    "nothing": [""],
    "an event": ['2["join",{"room":"lobby","user_id":"early"}]'],
    "an answer": ["30[]"],
    "an event with an attachment": [f'51-["a",{PLACEHOLDER % 0}]'],
    "an answer with an attachment": [f"61-0[{PLACEHOLDER % 0}]"],
    "CVE-2026-48804: an attachment": [b"attachment"],
    "CVE-2026-48804: 200 attachments": [b"attachment" * 1000] * 200,
    "a refusal": ['4{"message":"no"}'],
    "a disconnection": ["1"],
    "an event for another namespace": ['2/admin,["a"]'],
    "type 7": ["7"],
    "type 9": ["9[]"],
    "a letter": ["x"],
    "a minus": ["-1"],
    "NUL": ["\0"],
    "a connection with an array": ["0[]"],
    "a connection with a text": ['0"a"'],
    "a connection with JSON that is cut": ['0{"token":'],
    "a connection with a depth of 49,000": ['0{"a":' + DEEP + "}"],
    "a connection with two values": ["0{}{}"],
    "a connection with an invalid number": ['0{"a":1e400}'],
}
for name, messages in BEFORE_CONNECT.items():
    group.add(f"closes before CONNECT: {name}", lambda arena, messages=messages: assert_closes(arena, messages, False))

AFTER_CONNECT: dict[str, list[str | bytes]] = {
    "a second connection": ["0"],
    "a second connection with another proof": ['0{"token":"a"}'],
    "an event without a name": ["2[]"],
    "CVE-2023-32695: a name that is an object": ['2[{"toString":"a"}]'],
    "CVE-2023-32695: a name that is an array": ['2[["a"]]'],
    "a name that is null": ["2[null]"],
    "a name that is true": ["2[true]"],
    "an event that is an object": ["2{}"],
    "an event that is a text": ['2"join"'],
    "an event that is a number": ["2 5"],
    "an event that is nothing": ["2"],
    "an event with an id and nothing": ["212"],
    "an answer that is an object": ["30{}"],
    "a refusal": ['4{"message":"no"}'],
    "a refusal without words": ["4"],
    "the name connect": ['2["connect"]'],
    "the name connect_error": ['2["connect_error"]'],
    "the name disconnect": ['2["disconnect"]'],
    "the name disconnecting": ['2["disconnecting"]'],
    "the name newListener": ['2["newListener"]'],
    "the name removeListener": ['2["removeListener"]'],
    "a reserved name with an escape": ['2["dis\\u0063onnect"]'],
    "JSON that is cut": ['2["a"'],
    "JSON with a comma too many": ['2["a",]'],
    "JSON with a comment": ['2["a"/**/]'],
    "JSON with NaN": ['2["a",NaN]'],
    "JSON with two values": ['2["a"]["b"]'],
    "JSON with a control character": ['2["a\x01"]'],
    "JSON with an unknown escape": ['2["\\x41"]'],
    "JSON with half an escape": ['2["\\u12"]'],
    "JSON with a zero before a number": ['2["a",01]'],
    "JSON with a plus": ['2["a",+1]'],
    "JSON with a byte order mark": ['2\ufeff["a"]'],
    "an id that is not digits": ['21a["b"]'],
    "an id below nothing": ['2-1["b"]'],
    "an id in fullwidth digits": ['2１["b"]'],
    "a depth of 49,000": [f'2["a",{DEEP}]'],
    "a depth of 49,000 that does not end": ['2["a",' + "[" * 49_000],
    "a depth of 49,000 objects": ['2["a",' + '{"a":' * 16_000],
    "CVE-2026-33151: 10^8 attachments": [f'5100000000-["a",{PLACEHOLDER % 0}]'],
    "eleven attachments": ['511-["a",' + ",".join(PLACEHOLDER % number for number in range(11)) + "]"],
    "a count of 40,000 digits": ["5" + "9" * 40_000 + '-["a"]'],
    "a count of 2^64": ['518446744073709551616-["a"]'],
    "a count below nothing": ['5-1-["a"]'],
    "a count with a point": ['51.0-["a"]'],
    "a count without a hyphen": ['51["a"]'],
    "no count": ['5["a"]'],
    "no count and a hyphen": ['5-["a"]'],
    "a count in hexadecimal": ['50x1-["a"]'],
    "text while an attachment is awaited": [f'51-["a",{PLACEHOLDER % 0}]', '2["a"]'],
    "a connection while an attachment is awaited": [f'51-["a",{PLACEHOLDER % 0}]', "0/other,"],
    "an attachment that nobody announced": [b"attachment"],
    "an attachment too many": [f'51-["a",{PLACEHOLDER % 0}]', b"one", b"two"],
    **{f"CVE-2022-2421: the placeholder {number[:20]}": [f'51-["a",{PLACEHOLDER % number}]', b"one"]
       for number in ("1", "-1", "0.5", "1e9", "9" * 400, '"0"', "null", "true", "[]", "{}", '"__proto__"', '"length"',
                      '"constructor"', "99999999999999999999")},
    "a placeholder without a number": ['51-["a",{"_placeholder":true}]', b"one"],
    "a placeholder deep inside": [f'51-["a",[[{{"b":{PLACEHOLDER % 7}}}]]]', b"one"],
    "a placeholder as the name": [f"51-[{PLACEHOLDER % 0}]", b"one"],
    "a reserved name with an attachment": [f'51-["disconnect",{PLACEHOLDER % 0}]', b"one"],
    "an answer with a wrong placeholder": [f"61-0[{PLACEHOLDER % 3}]", b"one"],
    "an event for a namespace that was not joined": ['2/other,["a"]'],
    "an event for a namespace of 90,000 letters": ["2/" + "a" * 90_000 + ',["a"]'],
    "a disconnection with words": ['1{"a":1}'],
}
for name, messages in AFTER_CONNECT.items():
    group.add(f"closes after CONNECT: {name}", lambda arena, messages=messages: assert_closes(arena, messages, True))

SURVIVED: dict[str, list[str | bytes]] = {
    "CVE-2024-38355: the event error": ['2["error"]', '2["error",{"message":"no"}]', '20["error"]'],
    "events of other libraries' names": [f'2["{name}"]' for name in (
        "message", "open", "close", "ping", "pong", "packet", "upgrade", "reconnect", "connection", "__proto__",
        "constructor",
        "toString", "hasOwnProperty", "*", "", " ", "\\u0000", "\U0001f600")],
    "a name that is a number": ["2[5]", "2[-1.5]", "2[1e300]"],
    "a name of 90,000 letters": ['2["' + "a" * 90_000 + '"]'],
    "an id beyond 2^53": ['29007199254740993["nothing"]'],
    "an id of 40,000 digits": ["2" + "9" * 40_000 + '["nothing"]'],
    "an answer to nothing": ["30[]", "3999999[1]", "3" + "9" * 400 + "[1]"],
    "an answer without an id": ["3[]"],
    "lone surrogates": ['2["\\ud800"]', '2["nothing","\\udfff\\ud800"]'],
    "numbers without end": ['2["nothing",' + "9" * 90_000 + "]", '2["nothing",0.' + "9" * 90_000 + "]",
                            '2["nothing",-0,1e-400]'],
    "the same member many times": ['2["nothing",{' + ",".join(['"a":1'] * 10_000) + "}]"],
    "the member __proto__": ['2["nothing",{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}]'],
    "a placeholder in a packet without attachments": [f'2["nothing",{PLACEHOLDER % 0}]',
                                                      f'2["nothing",{PLACEHOLDER % 99}]'],
    "no attachments, announced": ['50-["nothing"]', '50-["nothing"]', '2["nothing"]'],
    "an attachment that no placeholder names": ['51-["nothing"]', b"one"],
    "the same attachment twice": [f'51-["nothing",{PLACEHOLDER % 0},{PLACEHOLDER % 0}]', b"one"],
    "ten attachments": ['510-["nothing",' + ",".join(PLACEHOLDER % number for number in range(10)) + "]", *[b"a"] * 10],
    "an empty attachment": [f'51-["nothing",{PLACEHOLDER % 0}]', b""],
    "a namespace that nobody has": ["0/nothing,", "0/nothing", "0/__proto__,", "0/constructor,", "0/nothing?a=b,"],
    "a namespace of 90,000 letters": ["0/" + "a" * 90_000 + ","],
    "a depth of 60": ['2["nothing",' + "[" * 60 + "]" * 60 + "]"],
    "50,000 elements": ['2["nothing"' + ",1" * 45_000 + "]"],
}
for name, messages in SURVIVED.items():
    group.add(f"does not close: {name}", lambda arena, messages=messages: assert_survives(arena, messages))


def assert_harmless(arena: Arena, messages: list[str | bytes], joins: bool = True) -> None:
    """The connection may go on or end; the server does, and everybody else is served."""
    with SocketIO(arena.port) as socket:
        if joins:
            socket.connect()
        for message in messages:
            socket.send_frame(TEXT if isinstance(message, str) else BINARY,
                              ("4" + message).encode() if isinstance(message, str) else message)
        socket.send_frame(CLOSE)
        socket.end_of_stream()


HARMLESS: dict[str, list[list[str | bytes]]] = {
    "events of wrong shapes": [[f"2{text}"] for text in (
        '["message",1e400]', '["join",{"room":["a"],"user_id":"x","password":true}]', '["message",[]]', '["leave",{}]',
        '["join",{"room":"\\u0000","user_id":"\\ud800","password":"x"}]',
        '["reaction",{"message_id":{},"reaction":[]}]',
        '["join",{"room":"..\\/..","user_id":"x","password":"x"}]', '["typing",{"room":"x","is_typing":"maybe"}]',
        '["x"]]', '["x"] ', '["x"],', "['x']", '["x",-]', '["x",1.]', '["x",0e]', "[1e999]", "[" * 99_000,
        '["x",{"' + "k" * 90_000 + '":1}]', '["x",{"a":1,"a":2,"__proto__":{"b":1}}]')],
    "ids of every kind": [[f'{kind}{number}["typing",{{"room":"x"}}]'] for kind in "23" for number in (
        "-1", "+1", "1.5", "9" * 26, "9" * 50_000, "0x1", " 1", "1 ", "18446744073709551615", "18446744073709551616",
        "१")],
    "answers to nothing": [[text] for text in ("3", "30", "31[]", "30[", "3999[1]", "63", "61-")] + [
        [f"61-5[{PLACEHOLDER % 0}]", b"one"]],
    "attachments in disorder": [
        [f"52-[\"x\",{PLACEHOLDER % 0},{PLACEHOLDER % 1}]", b"a", '2["x"]', b"b"], [b"a" * 90_000],
        ['510-["x"]'] * 50, ['51-["x",' + ",".join([PLACEHOLDER % 0] * 1000) + "]", b"a" * 10_000],
        ['510-["x"]', *[bytes(90_000)] * 10]],
    "namespaces of every kind": [[f"0{text}"] for text in (
        "/", "/x", "/x,{}", "/" + "n" * 90_000, "/\0", "//", "/x?y=z", "/x,{", "/x,[]", "/x,null", ",", "null",
        "/constructor,", "/__proto__,")] + [["0/x,"] * 1000, ["1/x,"], ["1", '2["typing",{"room":"x"}]']],
}
for name, rows in HARMLESS.items():
    def _harmless(arena: Arena, rows: list[list[str | bytes]] = rows) -> None:
        for messages in rows:
            assert_harmless(arena, messages)
            assert_harmless(arena, messages, joins=False)
    group.add(f"harms nobody: {name}", _harmless)


# --- With the limit of one who has joined a room ----------------------------------------------------------------------

def member(arena: Arena, name: str = "member") -> SocketIO:
    socket = SocketIO(arena.port)
    socket.connect()
    assert socket.call("join", {"room": "lobby", "user_id": name})["status"] == "success"
    return socket


LARGE: dict[str, str] = {
    "a depth of 400,000": '42["a",' + "[" * 400_000 + "]" * 400_000 + "]",
    "a depth of 400,000 that does not end": '42["a",' + "[" * 400_000,
    "a depth of 400,000 objects": '42["a",' + '{"a":' * 400_000 + "1" + "}" * 400_000 + "]",
    "1,000,001 values": '42["a"' + ",1" * 1_000_001 + "]",
    "an attachment count of 900,000 digits": "45" + "9" * 900_000 + "-[]",
}
for name, text in LARGE.items():
    def _closes(arena: Arena, text: str = text) -> None:
        with member(arena) as socket:
            socket.send_text(text)
            socket.end_of_stream()
    group.add(f"closes a member: {name}", _closes)

LARGE_SURVIVED: dict[str, str] = {
    "900,000 digits": '42["nothing",' + "9" * 900_000 + "]",
    "900,000 digits behind a point": '42["nothing",0.' + "9" * 900_000 + "]",
    "an id of 900,000 digits": "42" + "9" * 900_000 + '["nothing"]',
    "900,000 escapes": '42["nothing","' + "\\u0041" * 900_000 + '"]',
    "900,000 lone surrogates": '42["nothing","' + "\\ud800" * 900_000 + '"]',
    "200,000 members": '42["nothing",{' + ",".join(f'"m{number}":1' for number in range(200_000)) + "}]",
    "an event's name of 7 MB": '42["' + "a" * 7_000_000 + '"]',
    "200,000 members of a message": '42["message",{"room":"lobby","user_id":"member",'
                                    + ",".join(f'"m{number}":1' for number in range(200_000)) + "}]",
    "a message of 7 MB": '42["message",{"room":"lobby","user_id":"member","message":"' + "a" * 7_000_000 + '"}]',
    "a room's name of 7 MB": '42["join",{"room":"' + "e\u0301" * 2_000_000 + '","user_id":"member"}]',
    "a password of 7 MB": '42["join",{"room":"a","user_id":"member","password":"' + "a" * 7_000_000 + '"}]',
}
for name, text in LARGE_SURVIVED.items():
    def _survives(arena: Arena, text: str = text) -> None:
        with member(arena) as socket:
            socket.send_text(text)
            assert socket.call("typing", {"room": "lobby", "is_typing": False})["status"] == "success"
    group.add(f"does not close a member: {name}", _survives)


@group.case("before a room is joined a message is bounded more tightly")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        socket.send_text('42["nothing","' + "a" * 100_000 + '"]')
        assert socket.end_of_stream() == 1009


# --- Floods -----------------------------------------------------------------------------------------------------------

@group.case("10,000 wishes for namespaces that nobody has")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        for start in range(0, 10_000, 500):
            socket.send(b"".join(frame(TEXT, f"40/nothing-{start + number},".encode()) for number in range(500)))
            for _ in range(500):
                assert socket.text().startswith("44/nothing-")
        assert "sid" in socket.connect()


@group.case("50,000 events that nobody listens to")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        data = b"".join(frame(TEXT, f'42["nothing-{number}",1]'.encode()) for number in range(500))
        for _ in range(100):
            socket.send(data)
        socket.ping()


@group.case("5,000 joins and leaves without waiting")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        join = frame(TEXT, b'42["join",{"room":"lobby","user_id":"hurry"}]')
        leave = frame(TEXT, b'42["leave",{"room":"lobby","user_id":"hurry"}]')
        for _ in range(50):
            socket.send((join + leave) * 50)
            # Answered behind the others: so many at once, and no more, are under way.
            socket.call("leave", {"room": "lobby", "user_id": "hurry"})
            socket.collect().clear()
        assert socket.call("join", {"room": "lobby", "user_id": "hurry"})["status"] == "success"


@group.case("20,000 joins to rooms with wrong proofs, without waiting", growth=MAX_GROWTH + HASHING, deadline=180)
def _(arena: Arena) -> None:
    """More than a connection may have under way ends it; what is under way is bounded."""
    with SocketIO(arena.port, receive_buffer=4096) as socket:
        socket.connect()
        data = b"".join(frame(TEXT, f'42["join",{{"room":"flood{number}","user_id":"a","password":"b"}}]'.encode())
                        for number in range(200))
        socket.send_while_open(data * 100, seconds=1)


@group.case("10,000 disconnections and connections of one namespace")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        for _ in range(100):
            socket.send((frame(TEXT, b"40") + frame(TEXT, b"41")) * 100)
            for _ in range(100):
                assert socket.text().startswith("40{")
        socket.connect()


@group.case("payloads of the wrong shape are answered and join nobody")
def _(arena: Arena) -> None:
    shapes: list[object] = [None, 5, True, "lobby", [], ["lobby"], {}, {"room": None}, {"room": []}, {"room": {}},
                            {"room": True},
                            {"room": 1.5}, {"room": "lobby"}, {"user_id": "a"}, {"room": "lobby", "user_id": []},
                            {"room": "lobby", "user_id": {"$ne": None}}, {"room": "lobby", "user_id": ""},
                            {"room": "lobby", "user_id": "a" * 5000}, {"room": "lobby", "user_id": "a\0b"},
                            {"room": ["lobby"], "user_id": "a"}, [{"room": "lobby", "user_id": "a"}]]
    for event in ("join", "leave", "message", "typing", "reaction"):
        with SocketIO(arena.port) as socket:
            socket.connect()
            for shape in shapes:
                answer = socket.call(event, shape)
                assert answer["status"] == "error", (event, shape, answer)
            for arguments in ((), (1, 2, 3), ([],) * 20):
                assert socket.call(event, *arguments)["status"] == "error"
            heard = {each[0] for each in socket.collect()}
            assert heard <= {"error"}, heard


@group.case("revision 3: names, queries and packets of no form")
def _(arena: Arena) -> None:
    for text in ("40/chat?token=%zz&%&=&a,", "40/chat?" + "a=b&" * 20_000 + ",", "40/?x,", "40?x",
                 "40/chat?" + "%" * 80_000):
        with SocketIO(arena.port, revision=3) as socket:
            assert socket.text() == "40"
            socket.send_text(text)
            try:
                socket.ping()
            except Gone:
                pass
    for text in ("42[]", "42[null]", '42["disconnect"]', '45100000000-["a"]', "47", '42{"a":1}'):
        with SocketIO(arena.port, revision=3) as socket:
            assert socket.text() == "40"
            socket.send_text(text)
            socket.end_of_stream()


publish(globals())
