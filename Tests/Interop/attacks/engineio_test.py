"""Engine.IO: sessions, payloads, heartbeats and upgrades that break the rules."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import quote

import harness
from attacks.arena import Arena, Group, parley, publish
from attacks.socketio_client import PATH, Polling, SocketIO
from attacks.wire import PING, TEXT, Gone, Response, WebSocket, Wire, ask, frame, handshake_fields, request

PART = "attack"
group = Group()
quick = Group("quick heartbeat", lambda: parley(
    "--ping-interval", "300ms", "--ping-timeout", "200ms", "--upgrade-timeout", "300ms"))
counted = Group("unjoined sessions", lambda: parley("--unjoined-sessions", "20", "--ping-interval", "1s",
                                                             "--ping-timeout", "1s"), env={})

OPEN = f"{PATH}?EIO=4&transport=polling"


def assert_error(answer: Response, code: int | None = None) -> None:
    assert 400 <= answer.status < 500, answer
    if code is not None:
        assert json.loads(answer.body)["code"] == code, answer


# --- Requests ---------------------------------------------------------------------------------------------------------

TRANSPORTS = ["", "POLLING", "Polling", "polling%00", "polling,websocket", "constructor", "__proto__", "toString",
              "hasOwnProperty", "jsonp", "webtransport", "%70olling%20", "flashsocket", "polling/", "a" * 5000]
for name in TRANSPORTS:
    group.add(f"code 0: the transport {name[:40]!r}", lambda arena, name=name: assert_error(
        ask(arena.port, "GET", f"{PATH}?EIO=4&transport={name}"), 0))

REQUESTS: dict[str, tuple[str, str, int | None]] = {
    "no parameters": ("GET", PATH, 0),
    "parameters of no form": ("GET", f"{PATH}?&&&=&=a&%=", None),
    "a parameter that is an array": ("GET", f"{PATH}?EIO=4&transport[]=polling", 0),
    "the transport twice": ("GET", f"{PATH}?EIO=4&transport=polling&transport=nothing", 0),
    "POST without a session": ("POST", OPEN, 2),
    "PUT without a session": ("PUT", OPEN, 2),
    "DELETE without a session": ("DELETE", OPEN, 2),
    "PATCH without a session": ("PATCH", OPEN, 2),
    "HEAD without a session": ("HEAD", OPEN, None),
    "a WebSocket without an upgrade": ("GET", f"{PATH}?EIO=4&transport=websocket", 3),
    "an unknown session": ("GET", f"{OPEN}&sid=AAAAAAAAAAAAAAAAAAAA", 1),
    "a session of 7,000 letters": ("GET", f"{OPEN}&sid={'A' * 7000}", 1),
    "a session with NUL": ("GET", f"{OPEN}&sid=%00%00", None),
    "a session that is no text": ("GET", f"{OPEN}&sid=%ff%fe", None),
    "a session of a path": ("GET", f"{OPEN}&sid=../../etc/passwd", 1),
    "the session __proto__": ("GET", f"{OPEN}&sid=__proto__", 1),
    "the session constructor": ("GET", f"{OPEN}&sid=constructor", 1),
    "POST to an unknown session": ("POST", f"{OPEN}&sid=AAAAAAAAAAAAAAAAAAAA", 1),
    "DELETE of an unknown session": ("DELETE", f"{OPEN}&sid=AAAAAAAAAAAAAAAAAAAA", None),
}
for name, (method, target, code) in REQUESTS.items():
    def _request(arena: Arena, method: str = method, target: str = target, code: int | None = code) -> None:
        assert_error(ask(arena.port, method, target, body=b"40" if method in ("POST", "PUT", "PATCH") else None),
                     code if method != "HEAD" else None)
    group.add(f"request refused: {name}", _request)


@group.case("revisions of every kind are one of two or refused")
def _(arena: Arena) -> None:
    for revision in ("", "3", "4", "5", "-4", "4.0", "04", "4e0", "1e999", "9" * 4000, "NaN", "[4]", "%00", "４"):
        answer = ask(arena.port, "GET", f"{PATH}?EIO={revision}&transport=polling".encode().decode("latin-1")
                     if revision.isascii() else f"{PATH}?EIO=%EF%BC%94&transport=polling")
        assert answer.status == 200 or 400 <= answer.status < 500, answer


@group.case("every session of another loop is found out or refused")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    sid = session.facts["sid"]
    for index in range(len(sid)):
        for letter in "A_z9":
            other = sid[:index] + letter + sid[index + 1:]
            if other != sid:
                assert_error(ask(arena.port, "GET", f"{OPEN}&sid={other}"), 1)
                assert_error(ask(arena.port, "POST", f"{OPEN}&sid={other}", body=b"40"), 1)
    assert session.post("40").status == 200
    session.end()


@group.case("CVE-2017-16031: ids cannot be guessed, and the public one is not the secret one")
def _(arena: Arena) -> None:
    engine, public = [], []
    for _ in range(300):
        with SocketIO(arena.port) as socket:
            engine.append(socket.facts["sid"])
            public.append(socket.connect()["sid"])
    for ids in (engine, public):
        assert len(set(ids)) == len(ids), "an id was given twice"
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{20}", each) for each in ids), ids[0]
    assert not set(engine) & set(public), "the public id is the secret one"
    # Where a place of the id counts, it takes few values from one session to the next.
    for ids in (engine, public):
        for place in range(19):
            letters = {each[place] for each in ids}
            assert len(letters) > 1 or place > 14, f"place {place} of the ids is always {letters}"
        steps = {sum(a != b for a, b in zip(left, right)) for left, right in zip(ids, ids[1:])}
        assert min(steps) >= 10, "two ids differ in a few places only"


STRANGE = [
    "", "?", "?EIO=4", "?EIO=4&transport=", "?EIO=4&transport=x", "?EIO=4&transport=constructor",
    "?EIO=4&transport=websocket", "?EIO=4&transport=polling&sid=x", "?EIO=4&transport=polling&sid=__proto__",
    "?EIO=4&transport=polling&sid=" + "x" * 5000, "?EIO=4&transport=polling&sid=%00",
    "?EIO=4&EIO=3&transport=websocket&transport=x", "?EIO[]=4&transport[]=polling",
    "?EIO=4&transport=polling&j=<script>&sid=x".replace("<", "%3C").replace(">", "%3E"), "?" + "a=1&" * 1500, "?%",
]


@group.case("strange queries are refused with every method, and nothing of them comes back")
def _(arena: Arena) -> None:
    for query in STRANGE:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            answer = ask(arena.port, method, PATH + query, body=b"")
            assert_error(answer)
            assert "<script>" not in answer.text and "%3Cscript" not in answer.text, answer


# --- Requests at the same time ----------------------------------------------------------------------------------------

@group.case("a second poll ends the session, and is refused")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with session.begin_get() as first:
        # The first has arrived when the second does: it was sent before, and this one asks about something else.
        ask(arena.port, "GET", "/healthz")
        time.sleep(0.1)
        second = session.get()
        answers = sorted([first.response().status, second.status])
        assert answers == [200, 400], answers
    assert_error(session.get(), 1)


@group.case("a second POST ends the session, and is refused")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with Wire(arena.port) as first:
        first.send(request("POST", session.target, arena.port, {"Content-Length": "100"}) + b"40")
        harness.wait_until(lambda: session.post("40").status == 400, "the second POST is refused")
        assert_error(session.get(), 1)
        first.send(b"a" * 98)
        assert 400 <= first.response().status < 500


@group.case("a poll whose client goes ends the session at once")
def _(arena: Arena) -> None:
    for ending in (Wire.reset, Wire.close):
        session = Polling(arena.port)
        wire = session.begin_get()
        time.sleep(0.05)
        ending(wire)
        harness.wait_until(lambda: session.post("40").status == 400, "the session is gone")


@group.case("a POST whose client goes ends the session")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    wire = Wire(arena.port)
    wire.send(request("POST", session.target, arena.port, {"Content-Length": "100"}) + b"40")
    time.sleep(0.05)
    wire.reset()
    harness.wait_until(lambda: session.post("40").status == 400, "the session is gone")


@group.case("50 polls and POSTs at once end one session and no other")
def _(arena: Arena) -> None:
    session, other = Polling(arena.port), Polling(arena.port)
    wires = [session.begin_get() for _ in range(50)]
    for wire in wires:
        with wire:
            assert wire.response().status in (200, 400)
    assert_error(session.get(), 1)
    assert other.post("40").status == 200
    other.end()


@group.case("pipelined requests for one session are answered in order")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    body = b"40"
    with Wire(arena.port) as wire:
        wire.send(request("POST", session.target, arena.port, body=body)
                  + request("GET", session.target, arena.port) + request("POST", session.target, arena.port, body=b"1"))
        assert wire.response().body == b"ok"
        assert wire.response().text.startswith("40{")
        assert wire.response().body == b"ok"


@group.case("a polling request for the session of a WebSocket is refused")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        target = f"{OPEN}&sid={socket.facts['sid']}"
        assert_error(ask(arena.port, "GET", target), 3)
        assert_error(ask(arena.port, "POST", target, body=b"41"), 3)
        assert_error(ask(arena.port, "POST", target, {"Content-Type": "application/octet-stream"}, b"41"))
        socket.ping()


@group.case("methods that a session does not know do not end it")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    for method in ("PUT", "DELETE", "PATCH", "HEAD"):
        assert 400 <= ask(arena.port, method, session.target).status < 500
    assert session.post("40").status == 200
    session.end()


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


# --- Heartbeat and upgrade --------------------------------------------------------------------------------------------

@group.case("CVE-2026-48802: 100,000 pongs that nobody asked for make no threads")
def _(arena: Arena) -> None:
    threads = arena.threads
    with SocketIO(arena.port) as socket:
        socket.connect()
        socket.send(frame(TEXT, b"3") * 100_000)
        socket.ping()
    session = Polling(arena.port)
    for _ in range(10):
        assert session.post(b"\x1e".join([b"3"] * 4096)).status == 200
    session.end()
    assert arena.threads <= threads + 1, "threads were made for pongs"


@group.case("a client's ping, and other packets out of place, over WebSocket")
def _(arena: Arena) -> None:
    for text in ("2", "2probe", "9", "", "x"):
        with SocketIO(arena.port) as socket:
            socket.send_text(text)
            socket.end_of_stream()
    with SocketIO(arena.port) as socket:
        for text in ("0", '0{"sid":"a"}', "5", "6", "6noop", "3probe"):
            socket.send_text(text)
        socket.ping()
        socket.send_text("1")
        socket.end_of_stream()


@group.case("packets of every type over WebSocket are taken or end one connection")
def _(arena: Arena) -> None:
    for text in ("0", "1", "2", "2x", "3", "5", "7", "8", "9", "b", "bAQID", "\x1e", "4\x1e4", "\0", "4 2[]", "4é",
                 "4/"):
        for opcode in (1, 2):
            with SocketIO(arena.port) as socket:
                socket.connect()
                socket.send_frame(opcode, text.encode())
                socket.send_frame(8)
                socket.end_of_stream()


def candidate(session: Polling) -> WebSocket:
    target = session.target.replace("transport=polling", "transport=websocket")
    return WebSocket(session.port, target)


@group.case("an upgrade without its probe leaves the session where it was")
def _(arena: Arena) -> None:
    for opcode, payload in ((1, b"5"), (1, b"2"), (1, b"2prob"), (1, b"2probe2"), (1, b"40"), (1, b""),
                            (2, b"2probe"), (1, b"1"),
                            (1, b"x" * 90_000)):
        session = Polling(arena.port)
        with candidate(session) as socket:
            socket.send_frame(opcode, payload)
            socket.end_of_stream()
        assert session.post("40").status == 200
        session.end()


@group.case("only one WebSocket at a time may try")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with candidate(session) as first:
        first.send_text("2probe")
        assert first.text() == "3probe"
        for _ in range(20):
            with candidate(session) as further:
                assert further.answer.status == 101
                further.end_of_stream()
        first.send_text("5")
        first.ping()
        with candidate(session) as late:
            assert late.answer.status == 101
            late.end_of_stream()
        assert_error(session.get(), 3)
        first.send_text("40")
        assert first.text().startswith("40{")


@group.case("a WebSocket for a session of nobody, or of another revision")
def _(arena: Arena) -> None:
    with WebSocket(arena.port, f"{PATH}?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA") as socket:
        assert socket.answer.status == 400
    session = Polling(arena.port, revision=3)
    with WebSocket(arena.port, f"{PATH}?EIO=4&transport=websocket&sid={session.facts['sid']}") as socket:
        if socket.answer.status == 101:
            socket.send_text("40")
            socket.end_of_stream()


@group.case("messages of an upgrade that is not done are not delivered")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with candidate(session) as socket:
        socket.send_text("2probe")
        assert socket.text() == "3probe"
        socket.send_text("40")
        socket.end_of_stream()
    with session.begin_get() as wire:
        assert session.post("40").status == 200
        assert wire.response().text.startswith("40{")
    session.end()


@quick.case("who does not answer a ping is gone")
def _(arena: Arena) -> None:
    with WebSocket(arena.port, f"{PATH}?EIO=4&transport=websocket") as socket:
        sid = json.loads(socket.text()[1:])["sid"]
        frames = []
        try:
            while True:
                frames.append(socket.frame())
        except Gone:
            pass
        assert (1, b"2") in frames, frames
        assert_error(ask(arena.port, "GET", f"{OPEN}&sid={sid}"), 1)


@quick.case("a session that nobody polls is gone")
def _(arena: Arena) -> None:
    sessions = [Polling(arena.port) for _ in range(50)]
    for session in sessions:
        harness.wait_until(lambda: session.post("6").status == 400, "the session is gone")


@quick.case("an upgrade that is never finished is closed, and the session goes on")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with candidate(session) as socket:
        socket.send_text("2probe")
        with session.begin_get() as wire:
            assert wire.response().text in ("6", "2")
        # Nobody answers the pings here, so that what ends first is the upgrade.
        assert socket.end_of_stream() in (0, 1000, None)


@quick.case("a client of revision 3 that never pings is gone")
def _(arena: Arena) -> None:
    with SocketIO(arena.port, revision=3) as socket:
        socket.end_of_stream()


@counted.case("sessions that join nothing are counted for each address")
def _(arena: Arena) -> None:
    held = []
    refused = None
    while refused is None and len(held) < 40:
        with Wire(arena.port, "127.0.8.1") as wire:
            wire.send(request("GET", OPEN, arena.port))
            answer = wire.response()
        if answer.status == 503:
            refused = answer
        else:
            held.append(json.loads(answer.text[1:])["sid"])
    assert refused is not None and len(held) == 20, len(held)
    assert refused.field("retry-after") and refused.field("connection") == "close", refused
    with WebSocket(arena.port, f"{PATH}?EIO=4&transport=websocket", source="127.0.8.1") as socket:
        assert socket.answer.status == 503, socket.answer
    # Another address has its own count, whatever it says of itself.
    assert ask(arena.port, "GET", OPEN, source="127.0.8.2").status == 200
    assert ask(arena.port, "GET", OPEN, {"X-Forwarded-For": "127.0.8.9"}, source="127.0.8.1").status == 503
    harness.wait_until(lambda: ask(arena.port, "GET", OPEN, source="127.0.8.1").status == 200, "the old ones are gone")


@counted.case("a session that is named and empty is counted for its address")
def _(arena: Arena) -> None:
    for query in ("&sid=", "&sid=a&sid=", "&sid"):
        answers = [ask(arena.port, "GET", OPEN + query, source="127.0.8.4").status for _ in range(21)]
        assert answers[-1] == 503, (query, answers)
        assert ask(arena.port, "GET", OPEN + query, source="127.0.8.5").status == 200
        harness.wait_until(lambda: ask(arena.port, "GET", OPEN, source="127.0.8.4").status == 200,
                           "the old ones are gone")


@counted.case("a client that joins makes room for the next")
def _(arena: Arena) -> None:
    sockets = []
    for _ in range(40):
        socket = SocketIO(arena.port, source="127.0.8.3")
        socket.connect()
        sockets.append(socket)
    for socket in sockets:
        socket.close()


publish(globals())
