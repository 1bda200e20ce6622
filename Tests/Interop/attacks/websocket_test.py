"""WebSocket: handshakes and frames that must be refused (RFC 6455, RFC 7692)."""

from __future__ import annotations

import struct

from attacks.arena import Arena, Group, publish
from attacks.socketio_client import PATH, SocketIO
from attacks.wire import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Response, WebSocket, Wire, frame,
                          handshake_fields, request)

PART = "attack"
group = Group()

TARGET = f"{PATH}?EIO=4&transport=websocket"
KEY = handshake_fields()["Sec-WebSocket-Key"]

# --- Handshakes (RFC 6455 section 4.2.1) ------------------------------------------------------------------------------


def handshake(
    arena: Arena, changes: dict[str, str | None], extra: bytes = b"", start: bytes | None = None, target: str = TARGET
) -> Response:
    """The answer to a handshake with some fields changed or left out (`None`)."""
    fields = {name: value for name, value in {**handshake_fields(), **changes}.items() if value is not None}
    data = request("GET", target, arena.port, fields)
    if start:
        data = start + data[data.index(b"\r\n"):]
    data = data[:-2] + extra + b"\r\n"
    with Wire(arena.port) as wire:
        wire.send(data)
        answer = wire.response()
        if answer.field("connection") == "close":
            assert wire.rest() == b"", "something came behind a refusal"
        return answer


REFUSED_HANDSHAKES: dict[str, dict] = {
    "no version": dict(changes={"Sec-WebSocket-Version": None}),
    "version 8": dict(changes={"Sec-WebSocket-Version": "8"}),
    "version 14": dict(changes={"Sec-WebSocket-Version": "14"}),
    "version 013": dict(changes={"Sec-WebSocket-Version": "013"}),
    "two versions": dict(changes={"Sec-WebSocket-Version": "13, 8"}),
    "the version twice": dict(changes={}, extra=b"Sec-WebSocket-Version: 13\r\n"),
    "no key": dict(changes={"Sec-WebSocket-Key": None}),
    "an empty key": dict(changes={"Sec-WebSocket-Key": ""}),
    "a short key": dict(changes={"Sec-WebSocket-Key": "c2hvcnQ="}),
    "a long key": dict(changes={"Sec-WebSocket-Key": "A" * 4000}),
    "a key that is no base 64": dict(changes={"Sec-WebSocket-Key": "!" * 22 + "=="}),
    "a key in another base 64": dict(changes={"Sec-WebSocket-Key": "-_-_-_-_-_-_-_-_-_-_-w=="}),
    "two keys": dict(changes={}, extra=f"Sec-WebSocket-Key: {KEY}\r\n".encode()),
    "HTTP/1.0": dict(changes={}, start=f"GET {TARGET} HTTP/1.0".encode()),
    "the method POST": dict(changes={}, start=f"POST {TARGET} HTTP/1.1".encode()),
    "the method PUT": dict(changes={}, start=f"PUT {TARGET} HTTP/1.1".encode()),
    "no Upgrade": dict(changes={"Upgrade": None}),
    "another protocol": dict(changes={"Upgrade": "h2c"}),
    "no Connection": dict(changes={"Connection": None}),
    "extensions of no grammar": dict(changes={"Sec-WebSocket-Extensions": "permessage-deflate; ="}),
    "an extension with an open quote": dict(changes={"Sec-WebSocket-Extensions": 'a; b="c'}),
    "a subprotocol of no grammar": dict(changes={"Sec-WebSocket-Protocol": "a b; c"}),
    "an Upgrade and chunks": dict(changes={"Transfer-Encoding": "gzip"}),
    "an Upgrade with two lengths": dict(changes={"Content-Length": "0"}, extra=b"Content-Length: 1\r\n"),
}
for name, options in REFUSED_HANDSHAKES.items():
    def _refused(arena: Arena, options: dict = options) -> None:
        answer = handshake(arena, **options)
        assert 400 <= answer.status < 600 and answer.status != 500, answer
    group.add(f"handshake refused: {name}", _refused)

# GHSA-5v72-xg48-5rpm: names of Object.prototype in the extensions.
PROTOTYPE = ["constructor", "__proto__", "hasOwnProperty", "toString", "valueOf", "isPrototypeOf",
             "propertyIsEnumerable"]
for name in PROTOTYPE:
    def _named(arena: Arena, name: str = name) -> None:
        for value in (name, f"{name}; a=b", f"permessage-deflate; {name}", f"{name}, {name}"):
            with WebSocket(arena.port, TARGET, {"Sec-WebSocket-Extensions": value}) as socket:
                assert socket.answer.status == 101, socket.answer
                assert socket.answer.field("sec-websocket-extensions") is None, socket.answer
                assert socket.text().startswith("0{")
    group.add(f"GHSA-5v72-xg48-5rpm: the extension {name}", _named)


@group.case("CVE-2021-32640: subprotocols that a regular expression takes ages for")
def _(arena: Arena) -> None:
    for value in ("a" + " " * 15_000 + "b", "a" + "," * 15_000, "a, " * 5000 + "a", " ,\t" * 5000, "a\t" * 7000):
        answer = handshake(arena, {"Sec-WebSocket-Protocol": value})
        assert answer.status in (101, 400), answer
        assert answer.field("sec-websocket-protocol") is None, answer
    with WebSocket(arena.port, TARGET, {"Sec-WebSocket-Protocol": ", ".join(f"p{n}" for n in range(2000))}) as socket:
        assert socket.answer.status == 101 and socket.text().startswith("0{")


@group.case("extensions in great numbers")
def _(arena: Arena) -> None:
    for value in ("permessage-deflate, " * 700 + "a", "a;" + "b;" * 7000 + "c", "a; b=" + '"' + "c" * 15_000 + '"'):
        assert handshake(arena, {"Sec-WebSocket-Extensions": value}).status in (101, 400)


@group.case("CVE-2022-41940: a reset during a refused upgrade")
def _(arena: Arena) -> None:
    refused = [
        request("GET", f"{PATH}?EIO=4&transport=nothing", arena.port, handshake_fields()),
        request("GET", f"{TARGET}&sid=nothing", arena.port, handshake_fields()),
        request("GET", TARGET, arena.port, {**handshake_fields(), "Origin": "http://evil.example"}),
        request("GET", TARGET, arena.port, {**handshake_fields(), "Sec-WebSocket-Version": "1"}),
        request("GET", f"{PATH}?EIO=5&transport=websocket", arena.port, handshake_fields()),
    ]
    for data in refused * 20:
        wire = Wire(arena.port)
        wire.send(data + bytes(2000))
        wire.reset()


@group.case("a reset during an upgrade that is accepted")
def _(arena: Arena) -> None:
    for _ in range(100):
        wire = Wire(arena.port)
        wire.send(request("GET", TARGET, arena.port, handshake_fields()) + frame(TEXT, b"40") + frame(TEXT, b'42["a"]'))
        wire.reset()


for name in ["tpc", "", "constructor", "__proto__", "toString", "WebSocket", "websocket\u0000", "websocket,polling",
             "webtransport", "websocket/", "polling;websocket"]:
    def _unknown(arena: Arena, name: str = name) -> None:
        target = f"{PATH}?EIO=4&transport={name}".replace("\0", "%00")
        answer = handshake(arena, {}, target=target)
        assert answer.status == 400, answer
        with SocketIO(arena.port) as socket:
            sid = socket.facts["sid"]
            assert handshake(arena, {}, target=f"{target}&sid={sid}").status == 400
    group.add(f"CVE-2023-31125: an upgrade with the transport {name!r}", _unknown)


@group.case("frames that come with the handshake are read")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        wire.send(request("GET", TARGET, arena.port, handshake_fields()) + frame(TEXT, b"40") + frame(PING, b"early"))
        assert wire.response().status == 101
        assert b"early" in wire.take_until(b"early")


@group.case("a body with the handshake is not taken for frames")
def _(arena: Arena) -> None:
    data = request("GET", TARGET, arena.port, {**handshake_fields(), "Content-Length": "9"}, b"not a fra")
    with Wire(arena.port) as wire:
        wire.send(data + frame(PING, b"behind"))
        if wire.response().status == 101:
            assert b"behind" in wire.take_until(b"behind")


# --- Frames (RFC 6455 section 5) --------------------------------------------------------------------------------------


def joined(arena: Arena) -> SocketIO:
    socket = SocketIO(arena.port)
    socket.connect()
    return socket


def assert_closed(arena: Arena, data: bytes, *codes: int | None, piecewise: bool = False) -> None:
    """The frames end the WebSocket with one of the codes, and nothing behind them is read."""
    for socket in (SocketIO(arena.port), joined(arena)):
        with socket:
            if piecewise:
                for byte in data:
                    if not socket.send(bytes([byte])):
                        break
            else:
                socket.send(data)
            socket.send(frame(PING, b"behind"))
            code = socket.end_of_stream()
            assert code in codes, f"closed with {code}, not {codes}"


FRAMES: dict[int, dict[str, bytes]] = {
    1002: {
        **{f"reserved bits {bits:03b}": frame(TEXT, b"2", reserved=bits) for bits in range(1, 8)},
        **{f"reserved bits {bits:03b} on a ping": frame(PING, b"2", reserved=bits) for bits in (1, 2, 4)},
        **{f"the opcode {opcode}": frame(opcode, b"2") for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
        "text without a mask": frame(TEXT, b"40", masked=False),
        "binary without a mask": frame(BINARY, b"40", masked=False),
        "a ping without a mask": frame(PING, b"", masked=False),
        "a close frame without a mask": frame(CLOSE, b"", masked=False),
        "an empty frame without a mask": frame(TEXT, b"", masked=False),
        "a length of 2^63": frame(TEXT, b"", length=2**63, width=64),
        "a length of 2^64 - 1": frame(TEXT, b"", length=2**64 - 1, width=64),
        "a short length in 16 bits": frame(TEXT, b"40", width=16),
        "a short length in 64 bits": frame(TEXT, b"40", width=64),
        "a length of 65,535 in 64 bits": frame(TEXT, b"", length=65_535, width=64),
        "a ping of 126 bytes": frame(PING, bytes(126)),
        "a close frame of 126 bytes": frame(CLOSE, struct.pack(">H", 1000) + b"a" * 124),
        "a ping of 2^62 bytes": frame(PING, b"", length=2**62, width=64),
        "a ping in fragments": frame(PING, b"a", fin=False),
        "a close frame in fragments": frame(CLOSE, b"", fin=False),
        "a pong in fragments": frame(PONG, b"a", fin=False),
        "a continuation of nothing": frame(CONTINUATION, b"a"),
        "a continuation of nothing, unfinished": frame(CONTINUATION, b"a", fin=False),
        "a message within another": frame(TEXT, b"4", fin=False) + frame(TEXT, b"0"),
        "a binary message within text": frame(TEXT, b"4", fin=False) + frame(BINARY, b"0"),
        "a continuation behind the last": frame(TEXT, b"6", fin=False) + frame(CONTINUATION) + frame(CONTINUATION),
        "a reserved bit on a continuation": frame(TEXT, b"4", fin=False) + frame(CONTINUATION, b"0", reserved=4),
        "a close frame of one byte": frame(CLOSE, b"\x03"),
        **{f"the close code {code}": frame(CLOSE, struct.pack(">H", code))
           for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)},
        "HTTP instead of frames": b"GET / HTTP/1.1\r\n\r\n",
        "bytes of 0xff": b"\xff" * 64,
        "zeros": bytes(64),
    },
    1009: {
        "a length of 2^62": frame(TEXT, b"", length=2**62, width=64),
        "a length of 2^63 - 1": frame(BINARY, b"", length=2**63 - 1, width=64),
        "a length of 2^48 and 1": frame(TEXT, b"", length=2**48 + 1, width=64),
        "a length of 2^32": frame(TEXT, b"", length=2**32, width=64),
        "a length of 2^31": frame(BINARY, b"", length=2**31, width=64),
        "a length of one byte too many": frame(TEXT, b"", length=100_001, width=64),
        "a sum of one byte too many": frame(TEXT, b"4" + b"a" * 59_999, fin=False) + frame(CONTINUATION, b"a" * 40_001),
        "a sum that overflows": frame(TEXT, b"4", fin=False) + frame(CONTINUATION, b"", length=2**63 - 1, width=64),
    },
    1008: {
        "4,097 empty fragments": frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 4096,
        "100,000 empty fragments": frame(BINARY, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 100_000,
        "CVE-2026-48779: 50,000 fragments of one byte":
            frame(BINARY, b"a", fin=False) + frame(CONTINUATION, b"a", fin=False) * 50_000,
    },
    1007: {
        "a byte that UTF-8 has not": frame(TEXT, b"4\xff"),
        "a continuation byte alone": frame(TEXT, b"4\x80"),
        "overlong UTF-8 of two bytes": frame(TEXT, b"4\xc0\xaf"),
        "overlong UTF-8 of three bytes": frame(TEXT, b"4\xe0\x80\xaf"),
        "overlong UTF-8 of four bytes": frame(TEXT, b"4\xf0\x80\x80\xaf"),
        "a surrogate in UTF-8": frame(TEXT, b"4\xed\xa0\x80"),
        "a pair of surrogates in UTF-8": frame(TEXT, b"4\xed\xa0\xbd\xed\xb2\xa9"),
        "a scalar beyond the last": frame(TEXT, b"4\xf4\x90\x80\x80"),
        "UTF-8 of five bytes": frame(TEXT, b"4\xf8\x88\x80\x80\x80"),
        "a character cut at the end": frame(TEXT, b"4\xe2\x82"),
        "a character cut between fragments and never whole":
            frame(TEXT, b"4\xe2", fin=False) + frame(CONTINUATION, b"\x82", fin=False) + frame(CONTINUATION, b""),
        "a fault in the first fragment, and no last one": frame(TEXT, b"4\xff", fin=False),
        "a fault in the second fragment, and no last one":
            frame(TEXT, b"4\xf0\x9f", fin=False) + frame(CONTINUATION, b"\xff", fin=False),
        "a fault in a frame that has not all come": frame(TEXT, b"4\xc0\xaf" + b"a" * 1000)[:200],
        "a reason that is not UTF-8": frame(CLOSE, struct.pack(">H", 1000) + b"\xff"),
        "a reason with a surrogate": frame(CLOSE, struct.pack(">H", 1000) + b"\xed\xa0\x80"),
    },
}
for code, rows in FRAMES.items():
    for name, data in rows.items():
        group.add(f"{code}: {name}", lambda arena, data=data, code=code: assert_closed(arena, data, code))
        if len(data) < 40:
            group.add(f"{code}, byte by byte: {name}",
                      lambda arena, data=data, code=code: assert_closed(arena, data, code, piecewise=True))


@group.case("CVE-2022-21676: bad frame bits right behind the handshake")
def _(arena: Arena) -> None:
    for data in (frame(TEXT, b"4", reserved=7), frame(15, b""), frame(TEXT, b"4", masked=False), b"\xff\xff"):
        for _ in range(25):
            with Wire(arena.port) as wire:
                wire.send(request("GET", TARGET, arena.port, handshake_fields()) + data)
                assert wire.response().status == 101
                wire.rest()


@group.case("CVE-2016-10518, CVE-2026-45736: pongs and close frames hold what was sent and nothing else")
def _(arena: Arena) -> None:
    with joined(arena) as socket:
        for length in range(126):
            socket.ping(bytes(range(length)))
        socket.send_frame(CLOSE, struct.pack(">H", 1000) + b"bye" * 41)
        opcode, payload = socket.frame()
        assert opcode == CLOSE and payload[:2] == struct.pack(">H", 1000) and payload[2:] in (b"", b"bye" * 41), payload
    with joined(arena) as socket:
        socket.send_frame(CLOSE)
        assert socket.frame() == (CLOSE, b"")
        assert socket.rest() == b""


@group.case("good close codes are answered")
def _(arena: Arena) -> None:
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        with joined(arena) as socket:
            socket.send_frame(CLOSE, struct.pack(">H", code) + "gr\u00fc\u00dfe".encode())
            assert socket.end_of_stream() == code


@group.case("nothing behind a close frame is read")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.send(frame(CLOSE, struct.pack(">H", 1000)) + frame(TEXT, b"40") + frame(PING, b"late"))
        rest = socket.rest()
        assert b"late" not in rest and b"sid" not in rest, rest


@group.case("a WebSocket that ends without a close frame")
def _(arena: Arena) -> None:
    for cut in (b"", frame(TEXT, b"4")[:1], frame(TEXT, b"4")[:3], frame(TEXT, b"a" * 500)[:300],
                frame(PING, b"a" * 99)[:50]):
        for ending in (WebSocket.end, WebSocket.reset):
            with joined(arena) as socket:
                socket.send(cut)
                ending(socket)
                if ending is WebSocket.end:
                    socket.rest()


@group.case("a connection cut at any byte, from the handshake to a join")
def _(arena: Arena) -> None:
    join = b'420["join",{"room":"nowhere","user_id":"a","password":"b"}]'
    data = request("GET", TARGET, arena.port, handshake_fields()) + frame(TEXT, b"40") + frame(TEXT, join)
    for length in range(len(data) + 1):
        wire = Wire(arena.port)
        wire.send(data[:length])
        wire.reset()


@group.case("control frames within a message and frames cut anywhere are no fault")
def _(arena: Arena) -> None:
    data = frame(TEXT, b'42["no', fin=False) + frame(PING, b"amid") + frame(PONG) + frame(CONTINUATION, b'thing"]')
    with joined(arena) as socket:
        for index in range(0, len(data), 1):
            socket.send(data[index:index + 1])
        opcode, payload = socket.frame()
        assert (opcode, payload) == (PONG, b"amid")
        socket.ping()


@group.case("200,000 pings from one who does not read are bounded", deadline=180)
def _(arena: Arena) -> None:
    with SocketIO(arena.port, receive_buffer=4096) as socket:
        socket.connect()
        socket.send_while_open(frame(PING, b"a" * 100) * 200_000, seconds=1)


@group.case("100,000 pongs that nobody asked for")
def _(arena: Arena) -> None:
    threads = arena.threads
    with joined(arena) as socket:
        socket.send(frame(PONG, b"") * 100_000)
        socket.ping()
    assert arena.threads <= threads + 1, "threads were made for pongs"


@group.case("a large message in small pieces costs what it is long")
def _(arena: Arena) -> None:
    with joined(arena) as socket:
        for _ in range(3):
            socket.send(frame(TEXT, b'42["nothing","', fin=False))
            for _ in range(900):
                socket.send(frame(CONTINUATION, b"a" * 100, fin=False))
            socket.send(frame(CONTINUATION, b'"]'))
        socket.ping()


@group.case("CVE-2016-10542: messages up to the limit are taken, larger ones never buffered")
def _(arena: Arena) -> None:
    with joined(arena) as socket:
        socket.send_text(b'42["nothing","' + b"a" * (99_999 - 16) + b'"]')
        socket.ping()
    with joined(arena) as socket:
        # What comes behind the refusal may be read, but not kept: the memory of a case is bounded.
        socket.send_while_open(frame(BINARY, b"", length=10**9, width=64) + bytes(200 << 20), seconds=1)
        assert socket.end_of_stream() in (1009, None)


publish(globals())
