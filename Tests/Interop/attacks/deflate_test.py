"""permessage-deflate (RFC 7692): one limit for what is inflated, and offers that no client may make."""

from __future__ import annotations

import os
import struct
import zlib
from typing import Callable

from attacks.arena import Arena, Group, parley, publish
from attacks.socketio_client import PATH
from attacks.wire import BINARY, CLOSE, CONTINUATION, PING, TEXT, Gone, WebSocket, ask, frame, handshake_fields

PART = "attack"
group = Group("", lambda: parley("--websocket-compression", "1"))

TARGET = f"{PATH}?EIO=4&transport=websocket"

OFFER = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}


def compressed(payload: bytes, level: int = 9) -> bytes:
    engine = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (engine.compress(payload) + engine.flush(zlib.Z_SYNC_FLUSH))[:-4]


def bomb(mebibytes: int) -> bytes:
    """Zeros, compressed piece by piece."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(1 << 20)
    return (b"".join(engine.compress(piece) for _ in range(mebibytes)) + engine.flush(zlib.Z_SYNC_FLUSH))[:-4]


def deflating(arena: Arena) -> WebSocket:
    """A WebSocket with the extension; the open packet, compressed or not, has been read."""
    socket = WebSocket(arena.port, TARGET, OFFER)
    assert "permessage-deflate" in (socket.answer.field("sec-websocket-extensions") or ""), socket.answer
    first, second = socket.take(2)
    assert first & 0x3f == TEXT, first
    socket.take(second if second < 126 else struct.unpack(">H", socket.take(2))[0])
    return socket


def end_of(socket: WebSocket) -> int | None:
    """The close code, with whatever compressed frames before it."""
    code = None
    while True:
        try:
            first, second = socket.take(2)
            length = second if second < 126 else struct.unpack(">H", socket.take(2))[0]
            payload = socket.take(length)
        except Gone:
            return code
        if first & 0x0f == CLOSE:
            code = struct.unpack(">H", payload[:2])[0] if payload else 0
            socket.send_frame(CLOSE, payload[:2])


DEFLATE: dict[str, tuple[int, Callable[[], bytes]]] = {
    "a bomb of 256 MiB": (1009, lambda: frame(TEXT, bomb(256), reserved=4)),
    "a bomb of 256 MiB in binary": (1009, lambda: frame(BINARY, bomb(256), reserved=4)),
    "a bomb in 300 fragments": (1009, lambda: fragments(bomb(256), 300)),
    "a bomb of one byte too many": (1009, lambda: frame(TEXT, compressed(b"4" + b"a" * 100_000), reserved=4)),
    "a bomb of stored blocks": (1009, lambda: frame(BINARY, b"\x00\x01\x00\xfe\xffa" * 17_000, reserved=4)),
    "empty blocks without end": (1007, lambda: frame(BINARY, b"\x00\x00\x00\xff\xff" * 19_000 + b"\xff" * 20,
                                                     reserved=4)),
    "a block of a reserved type": (1007, lambda: frame(TEXT, b"\x07\x00", reserved=4)),
    "a stored block of a wrong length": (1007, lambda: frame(TEXT, b"\x00\x05\x00\x00\x00hello", reserved=4)),
    "a distance before the beginning": (1007, lambda: frame(TEXT, zlib.compress(b"a" * 500, 9)[3:-4], reserved=4)),
    "bytes of no meaning": (1007, lambda: frame(TEXT, bytes(range(7, 250, 3)), reserved=4)),
    "text that is not UTF-8 when inflated": (1007, lambda: frame(TEXT, compressed(b"4\xff\xfe"), reserved=4)),
    "a stream that is cut": (1007, lambda: frame(TEXT, compressed(os.urandom(500), 0)[:100], reserved=4)),
    "the bit on a continuation": (1002, lambda: frame(TEXT, compressed(b"4a"), fin=False, reserved=4)
                                  + frame(CONTINUATION, b"", reserved=4)),
    "the bit on a ping": (1002, lambda: frame(PING, compressed(b"4a"), reserved=4)),
    "the bit on a close frame": (1002, lambda: frame(CLOSE, b"", reserved=4)),
    "another bit as well": (1002, lambda: frame(TEXT, compressed(b"4a"), reserved=6)),
    "a compressed length of 2^62": (1009, lambda: frame(TEXT, b"", reserved=4, length=2**62, width=64)),
    "100,000 empty compressed fragments": (1008, lambda: frame(TEXT, b"", fin=False, reserved=4)
                                           + frame(CONTINUATION, b"", fin=False) * 100_000),
}


def fragments(data: bytes, count: int) -> bytes:
    size = len(data) // count + 1
    pieces = [data[start:start + size] for start in range(0, len(data), size)]
    return frame(TEXT, pieces[0], fin=False, reserved=4) + b"".join(
        frame(CONTINUATION, piece, fin=False) for piece in pieces[1:-1]) + frame(CONTINUATION, pieces[-1])


for name, (code, make) in DEFLATE.items():
    def _bad(arena: Arena, code: int = code, make: Callable[[], bytes] = make) -> None:
        with deflating(arena) as socket:
            socket.send(make())
            ended = end_of(socket)
            assert ended == code, f"closed with {ended}, not {code}"
    group.add(f"{code}: {name}", _bad)


@group.case("twenty bombs at once")
def _(arena: Arena) -> None:
    data = frame(BINARY, bomb(64), reserved=4)
    sockets = [deflating(arena) for _ in range(20)]
    for socket in sockets:
        socket.send(data)
    for socket in sockets:
        with socket:
            assert end_of(socket) == 1009


@group.case("200 messages that each inflate a thousandfold")
def _(arena: Arena) -> None:
    with deflating(arena) as socket:
        for number in range(200):
            socket.send(frame(TEXT, compressed(b'42["nothing","' + b"a" * 90_000 + b'"]' if number else b"40"),
                              reserved=4))
        socket.send(frame(PING, b"alive"))
        socket.take_until(b"alive")


@group.case("10,000 empty compressed messages")
def _(arena: Arena) -> None:
    with deflating(arena) as socket:
        socket.send(frame(BINARY, b"\x02\x00", reserved=4) * 10_000)
        end_of(socket)


OFFERS = {
    "a window of 7 bits": "permessage-deflate; server_max_window_bits=7",
    "a window of 16 bits": "permessage-deflate; server_max_window_bits=16",
    "a window without a number": "permessage-deflate; server_max_window_bits",
    "a window of letters": "permessage-deflate; client_max_window_bits=a",
    "a window of many digits": "permessage-deflate; client_max_window_bits=" + "1" * 500,
    "a window below nothing": "permessage-deflate; server_max_window_bits=-9",
    "the same parameter twice": "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    "a parameter with a value that it may not have": "permessage-deflate; server_no_context_takeover=1",
    "an unknown parameter": "permessage-deflate; constructor=1",
    "a window with a zero before it": "permessage-deflate; server_max_window_bits=010",
}
for name, offer in OFFERS.items():
    def _declined(arena: Arena, offer: str = offer) -> None:
        answer = ask(arena.port, "GET", TARGET, {**handshake_fields(), "Sec-WebSocket-Extensions": offer})
        assert answer.status == 400 or answer.field("sec-websocket-extensions") is None, answer
        with WebSocket(arena.port, TARGET, {"Sec-WebSocket-Extensions": f"{offer}, permessage-deflate"}) as socket:
            assert socket.answer.status in (101, 400), socket.answer
    group.add(f"offer declined: {name}", _declined)


publish(globals())
