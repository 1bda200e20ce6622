"""Payloads of Engine.IO: bodies of POSTs that break the rules of revision 4, of revision 3, and of JSONP."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import harness
from attacks.arena import Arena, Group, publish
from attacks.socketio_client import PATH, Polling, SocketIO
from attacks.wire import Response, Wire, ask, request

PART = "attack"
group = Group()

OPEN = f"{PATH}?EIO=4&transport=polling"


def assert_error(answer: Response, code: int | None = None) -> None:
    assert 400 <= answer.status < 500, answer
    if code is not None:
        assert json.loads(answer.body)["code"] == code, answer


# --- Payloads of revision 4 -------------------------------------------------------------------------------------------

@group.case("CVE-2026-59725: a binary POST in revision 4 is answered")
def _(arena: Arena) -> None:
    for _ in range(100):
        session = Polling(arena.port)
        assert_error(session.post(b"\0\1\xff4a", {"Content-Type": "application/octet-stream"}))
        assert_error(session.get(), 1)


@group.case("CVE-2026-59725: 200 binary POSTs whose bodies do not come are answered")
def _(arena: Arena) -> None:
    wires = []
    for _ in range(100):
        session = Polling(arena.port)
        wire = Wire(arena.port)
        fields = {"Content-Type": "application/octet-stream", "Content-Length": "1000"}
        wire.send(request("POST", session.target, arena.port, fields))
        wires.append(wire)
    for wire in wires:
        with wire:
            assert_error(wire.response())
            assert wire.rest() == b""


@group.case("CVE-2020-36048: a POST over the limit is refused before it is read")
def _(arena: Arena) -> None:
    for length in (100_001, 8_000_001, 100_000_000, 2**62):
        session = Polling(arena.port)
        with Wire(arena.port) as wire:
            wire.send(request("POST", session.target, arena.port, {"Content-Length": str(length)}))
            assert wire.response().status == 413
            assert wire.rest() == b""
        session.end()


@group.case("CVE-2020-36048: 60 MB in chunks are cut at the limit")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with Wire(arena.port) as wire:
        wire.send(request("POST", session.target, arena.port, {"Transfer-Encoding": "chunked"}))
        wire.send_while_open((b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 1000, seconds=1)
        assert wire.response().status == 413
    session.end()


@group.case("a large body for no session is not kept")
def _(arena: Arena) -> None:
    wires = [Wire(arena.port) for _ in range(20)]
    for index, wire in enumerate(wires):
        target = [f"{OPEN}&sid=nothing", OPEN, f"{PATH}?EIO=4&transport=nothing", f"{OPEN}&sid="][index % 4]
        method = ["GET", "POST", "PUT", "OPTIONS"][index // 4 % 4]
        wire.send(request(method, target, arena.port, {"Content-Length": "7900000"}))
        wire.send_while_open(b"a" * 7_000_000, seconds=0.3)
    for wire in wires:
        wire.reset()


PAYLOADS: dict[str, bytes] = {
    "nothing": b"",
    "an unknown type": b"9",
    "a letter as type": b"x40",
    "an empty packet first": b"\x1e40",
    "an empty packet last": b"40\x1e",
    "an empty packet amid": b"40\x1e\x1e6",
    "separators only": b"\x1e" * 1000,
    "a ping of the client": b"2",
    "a ping with words": b"2probe",
    "bytes that are not UTF-8": b"4\xff\xfe",
    "a surrogate in UTF-8": b"4\xed\xa0\x80",
    "base 64 that is none": b"b!!!!",
    "base 64 that is cut": b"bAAA",
    "base 64 with blanks": b"bAA AA",
    "base 64 that is url-safe": b"b-_-_",
    "base 64 with padding amid": b"bAA==AAAA",
    "4,097 packets": b"\x1e".join([b"6"] * 4097),
    "a length of revision 3": b"2:40",
    "bytes of no meaning": bytes(range(256)),
    "NUL": b"\0",
    "a sign before the type": b"-4a",
}
for name, body in PAYLOADS.items():
    def _payload(arena: Arena, body: bytes = body) -> None:
        session = Polling(arena.port)
        answer = session.post(body)
        assert answer.status in (200, 400), answer
        session.expect_end()
    group.add(f"payload ends the session: {name}", _payload)


TYPES = ["application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a",
         "application/json; charset=utf-16", ";;;", "", "x" * 3000]


@group.case("payloads under types of every kind are answered")
def _(arena: Arena) -> None:
    for revision, bodies in ((4, [b"40", b"", b"4" + b"[" * 90_000, b"b" + b"A" * 90_000, b"\x1e" * 90_000]),
                             (3, [b"2:40", b"", b"1:4" * 20_000, b"0:" * 45_000, b"\0\2\xff40"])):
        for body in bodies:
            for content_type in TYPES:
                session = Polling(arena.port, revision)
                answer = session.post(body, {"Content-Type": content_type})
                assert 200 <= answer.status < 500, answer
                session.end()


@group.case("4,096 packets in a POST are taken, and the same as a flood")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    assert session.post("40").status == 200
    for _ in range(20):
        assert session.post(b"\x1e".join([b'42["nothing"]'] * 4096)).status == 200
    session.end()


@group.case("what stands behind a close packet is not delivered")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    assert session.post('40\x1e1\x1e42["nothing"]\x1e9').status in (200, 400)
    harness.wait_until(lambda: session.get().status == 400, "the session is gone")


@group.case("CVE-2020-36049: one large packet costs what it is long")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        assert socket.call("join", {"room": "lobby", "user_id": "large"})["status"] == "success"
        for _ in range(3):
            socket.send_text('42["nothing","' + "\\u0041\\n" * 900_000 + '"]')
        socket.send_text('42["nothing",' + "[" * 30 + "1," * 900_000 + "1" + "]" * 31)
        socket.ping()


# --- Payloads of revision 3 -------------------------------------------------------------------------------------------

PAYLOADS_3: dict[str, bytes] = {
    "no length": b"40",
    "an empty length": b":40",
    "a length below nothing": b"-2:40",
    "a length with a plus": b"+2:40",
    "a length of letters": b"zz:40",
    "a hexadecimal length": b"0x2:40",
    "a length with a blank": b" 2:40",
    "a length with an exponent": b"1e1:4aaaaaaaaa",
    "a length with a point": b"2.0:40",
    "a length of 11 digits": b"00000000002:40",
    "a length of 100,000 digits": b"9" * 99_000 + b":40",
    "a length beyond 32 bits": b"4294967298:40",
    "a length beyond 64 bits": b"18446744073709551618:40",
    "a length beyond the body": b"3:40",
    "a length of 9,999,999,999": b"9999999999:40",
    "a length that ends inside a pair of surrogates": "2:4\U0001f600".encode(),
    "a length that ends the packet too early": b'3:42["a"]',
    "a length and nothing behind": b"2:",
    "a packet and rubbish behind": b"1:6x",
    "an unknown type": b"1:9",
    "bytes that are not UTF-8": b"3:4\xff\xfe",
    "a separator of revision 4": b"40\x1e40",
}
for name, body in PAYLOADS_3.items():
    def _payload_3(arena: Arena, body: bytes = body) -> None:
        session = Polling(arena.port, revision=3)
        answer = session.post(body)
        assert answer.status in (200, 400), answer
        session.expect_end()
    group.add(f"payload of revision 3 ends the session: {name}", _payload_3)

PAYLOADS_3_BINARY: dict[str, bytes] = {
    "no marker": b"\2\2\xff40",
    "a marker of text": b"0240",
    "a length without an end": b"\0" + bytes([1] * 10),
    "a length of 20 nines": b"\0" + bytes([9] * 20) + b"\xff40",
    "a length of ten nines": b"\0" + bytes([9] * 10) + b"\xff40",
    "a length of 90,000 digits": b"\0" + bytes([0] * 90_000) + b"\xff40",
    "an empty length": b"\0\xff40",
    "a digit beyond nine": b"\0\x0a\xff40",
    "a length in ASCII": b"\x002\xff40",
    "a length beyond the body": b"\0\3\xff40",
    "a binary packet of nothing": b"\1\0\xff",
    "a binary packet of an unknown type": b"\1\1\xff\7",
    "a text packet that is not UTF-8": b"\0\3\xff4\xff\xfe",
    "a marker and nothing behind": b"\0",
}
for name, body in PAYLOADS_3_BINARY.items():
    def _payload_3_binary(arena: Arena, body: bytes = body) -> None:
        session = Polling(arena.port, revision=3)
        answer = session.post(body, {"Content-Type": "application/octet-stream"})
        assert answer.status in (200, 400), answer
        session.expect_end()
    group.add(f"binary payload of revision 3 ends the session: {name}", _payload_3_binary)


@group.case("revision 3 over WebSocket: messages that are none end the session")
def _(arena: Arena) -> None:
    for opcode, payload in ((1, b""), (1, b"9"), (1, b"3"), (1, b"b"), (1, b"b4!!!"), (2, b""), (2, b"\0"), (2, b"4a"),
                            (2, b"\xff"), (1, b"b9AAAA")):
        with SocketIO(arena.port, revision=3) as socket:
            assert socket.text() == "40"
            socket.send_frame(opcode, payload)
            socket.end_of_stream()


# --- JSONP ------------------------------------------------------------------------------------------------------------

INDICES = ["0);alert(1)//", "alert(1)", "", "a", "-1", "1.5", "0]=alert;x[0", "\u2028", "%00", "9" * 6000, "0\r\nX: y",
           "__proto__", "</script><script>alert(1)</script>", "'\"<>"]


@group.case("JSONP: nothing but digits of the index reach the script")
def _(arena: Arena) -> None:
    for index in INDICES:
        answer = ask(arena.port, "GET", f"{PATH}?EIO=3&transport=polling&j={quote(index, safe='')}")
        assert answer.status == 200, answer
        assert re.fullmatch(r'___eio\[\d{1,10}\]\("(?:[^"\\\x00-\x1f\u2028\u2029]|\\.)*"\);', answer.text), answer
        assert "javascript" in answer.field("content-type") and answer.field("x-content-type-options") == "nosniff"


@group.case("JSONP: what others write cannot leave the string")
def _(arena: Arena) -> None:
    session = Polling(arena.port, revision=3, query="&j=0")
    evil = "\u2028\u2029</script>\"\\');alert(1)//\u0085"
    packet = '420' + json.dumps(["join", {"room": "lobby", "user_id": "jsonp", "password": evil}], ensure_ascii=False)
    assert session.post(f"d={quote(f'{len(packet)}:{packet}')}").status == 200
    event = '421' + json.dumps(["message", {"room": "lobby", "user_id": "jsonp", "message": evil}], ensure_ascii=False)
    assert session.post(f"d={quote(f'{len(event)}:{event}')}").status == 200
    seen = ""
    while "alert(1)" not in seen:
        answer = session.get()
        assert answer.status == 200, answer
        seen = answer.text
        assert re.fullmatch(r'___eio\[0\]\("(?:[^"\\\x00-\x1f\u2028\u2029]|\\.)*"\);', seen), seen
    session.end()


FORMS = {
    "no field": b"", "another field": b"e=2:40", "an open escape": b"d=2:40%", "half an escape": b"d=2:40%4",
    "letters in an escape": b"d=%zz", "bytes that are not UTF-8": b"d=3:4%ff%fe", "raw bytes": b"d=3:4\xff\xfe",
    "an empty field": b"d=", "backslashes without end": b"d=" + b"%5C" * 30_000, "signs without end": b"&" * 90_000,
    "a length that is wrong": b"d=9:40",
}
for name, body in FORMS.items():
    def _form(arena: Arena, body: bytes = body) -> None:
        session = Polling(arena.port, revision=3, query="&j=0")
        answer = session.post(body, {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status in (200, 400), answer
        session.expect_end()
    group.add(f"JSONP form ends the session: {name}", _form)


@group.case("JSONP: the script element of another page gets no session")
def _(arena: Arena) -> None:
    for fields in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                   {"Referer": "http://evil.example/"},
                   {"Origin": "http://evil.example"}, {"Referer": f"http://127.0.0.1:{arena.port}.evil.example/"},
                   {"Sec-Fetch-Site": "cross-site", "Referer": f"http://127.0.0.1:{arena.port}/"}):
        answer = ask(arena.port, "GET", f"{PATH}?EIO=3&transport=polling&j=0", fields)
        assert answer.status == 403, (fields, answer)


publish(globals())
