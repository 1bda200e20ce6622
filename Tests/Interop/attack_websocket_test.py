"""Frames and handshakes that are against RFC 6455 and 7692: closed with the right code, nobody else harmed."""

import functools
import os
import struct
import zlib

import parley
import raw
from raw import BINARY, CLOSE, PING, TEXT, frame

PART = "attack"


@functools.cache
def target():
    server = parley.serve("--websocket-compression", "1KiB")
    return server, raw.Watch(server)


def closed(data, *codes, fields=""):
    """Sends frames on a connection that is in a namespace, and sees it closed with one of the codes."""
    server, watch = target()
    with raw.WebSocket(server.port, fields=fields).connect() as socket:
        for piece in [data] if isinstance(data, bytes) else data:
            socket.send(piece)
        code = socket.end()
    assert code in codes, f"close code {code} instead of {codes}"
    watch.check()


def case(title, data, *codes, fields=""):
    def test():
        closed(data, *codes, fields=fields)

    globals()[f"test_{title}"] = test


for bits in [1, 2, 3, 4, 5, 6, 7]:
    case(f"reserved_bits_{bits}", frame(TEXT, "2[]", reserved=bits), 1002)
for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]:
    case(f"opcode_{opcode}", frame(opcode, "x"), 1002)
case("unmasked", frame(TEXT, "2[]", masked=False), 1002)
for opcode in [CLOSE, PING, 10]:
    case(f"control_{opcode}_in_pieces", frame(opcode, b"", final=False), 1002)
    case(f"control_{opcode}_too_long", frame(opcode, bytes(126)), 1002)
case("continuation_of_nothing", frame(0, "x"), 1002)
case("text_inside_a_message", frame(TEXT, "4", final=False) + frame(TEXT, "4"), 1002)
case("length_not_minimal_16", b"\x81\xfe\x00\x05" + bytes(4) + b"42[1]", 1002)
case("length_not_minimal_64", b"\x81\xff" + struct.pack(">Q", 5) + bytes(4) + b"42[1]", 1002)
for length in [1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 32, 1 << 31]:
    case(f"length_{length}", b"\x82\xff" + struct.pack(">Q", length) + bytes(4), 1002, 1009)
case("more_than_before_a_join", frame(TEXT, b"42" + b"x" * 100_001), 1009)
case("more_in_pieces", [frame(TEXT, b"42", final=False)] + [frame(0, b"x" * 10_000, final=False)] * 12, 1009)
case("empty_pieces", [frame(TEXT, b"42", final=False)] + [frame(0, b"", final=False)] * 100_000, 1008)
case("tiny_pieces", [frame(TEXT, b"42", final=False)] + [frame(0, b"x", final=False)] * 50_000, 1008, 1009)
for text in [b"\xff", b"4\xc0\xaf", b"4\xed\xa0\x80", b"4\xf4\x90\x80\x80", b"4\xe2\x82", b"4\x80",
    b"4\xf0\x80\x80\x80"]:
    case(f"text_{text!r}", frame(TEXT, text), 1007)
case("text_that_fails_in_its_first_piece", frame(TEXT, b"4\xff", final=False), 1007)
for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]:
    case(f"close_code_{code}", frame(CLOSE, struct.pack(">H", code)), 1002)
case("close_of_one_byte", frame(CLOSE, b"\x03"), 1002)
case("close_reason_not_text", frame(CLOSE, b"\x03\xe8\xff"), 1007)
case("close_reason_in_full", frame(CLOSE, b"\x03\xe8" + b"x" * 123), 1000)

DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


def deflated(data, level=9):
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def bomb(size):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(compressor.compress(bytes(1 << 20)) for _ in range(size >> 20))
    return (data + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


case("bomb_256_mb", frame(BINARY, bomb(256 << 20)[:99_000], reserved=4), 1009, 1007, fields=DEFLATE)
case("bomb_16_mb", frame(BINARY, bomb(16 << 20), reserved=4), 1009, fields=DEFLATE)
case("bomb_just_over", frame(TEXT, deflated(b"4" + b"x" * 100_001), reserved=4), 1009, fields=DEFLATE)
case("damaged", frame(TEXT, b"\xff" * 50, reserved=4), 1007, fields=DEFLATE)
case("cut", frame(TEXT, deflated(os.urandom(500), 0)[:100], reserved=4), 1007, fields=DEFLATE)
case("compressed_continuation", frame(TEXT, b"4", final=False) + frame(0, deflated(b"x"), reserved=4), 1002,
    fields=DEFLATE)
case("compressed_ping", frame(PING, b"x", reserved=4), 1002, fields=DEFLATE)
case("compressed_without_agreement", frame(TEXT, deflated(b"2[]"), reserved=4), 1002)
case("text_not_utf8_when_inflated", frame(TEXT, deflated(b"4\xff\xfe"), reserved=4), 1007, fields=DEFLATE)


# --- Handshakes ---

EXTENSIONS = [
    "constructor", "__proto__", "permessage-deflate; __proto__=1", "permessage-deflate; server_max_window_bits=99",
    "permessage-deflate; server_max_window_bits=", "permessage-deflate; client_max_window_bits=7",
    "permessage-deflate; unknown",
    "permessage-deflate; server_no_context_takeover=1", "permessage-deflate" * 500, "a," * 4000, ";;;", "=", "\"",
    "permessage-deflate; x=\"",
    "permessage-deflate; server_max_window_bits=8; server_max_window_bits=9",
]


def test_strange_extensions_are_declined():
    server, watch = target()
    for value in EXTENSIONS:
        with raw.WebSocket(server.port, fields=f"Sec-WebSocket-Extensions: {value}\r\n") as socket:
            assert socket.opening.status in (101, 400, 431), f"{value[:60]}: {socket.opening.status}"
            if socket.is_open:
                socket.connect()
    watch.check()


def test_strange_subprotocols_are_declined():
    server, watch = target()
    for value in ["a" + " " * 8000 + "b", ", " * 4000, "a,b,c", "é", "\t", "x" * 8000]:
        with raw.WebSocket(server.port, fields=f"Sec-WebSocket-Protocol: {value}\r\n") as socket:
            assert socket.opening.status in (101, 400, 431), f"{value[:20]!r}: {socket.opening.status}"
    watch.check()


def test_handshakes_that_are_none_are_refused():
    server, watch = target()
    good = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    changes = [
        {"Sec-WebSocket-Key": None}, {"Sec-WebSocket-Key": ""}, {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "x" * 24},
        {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ"}, {"Sec-WebSocket-Version": None},
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Version": "x"}, {"Upgrade": "h2c"}, {"Upgrade": "websocketx"}, {"Connection": "close"},
        {"Connection": None},
    ]
    for change in changes:
        fields = "".join(f"{name}: {value}\r\n" for name, value in {**good, **change}.items() if value is not None)
        with raw.Wire(server.port) as wire:
            wire.send(f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
            answer = wire.answer()
            assert answer.status in (400, 426), f"{change}: {answer.status}"
    watch.check()


def test_connections_cut_at_any_moment_leave_nothing():
    server, watch = target()
    request = (b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n"
               b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" + frame(TEXT, "40")
               + frame(TEXT, '420["join",{"room":"nowhere","user_id":"x","password":"y"}]'))
    for length in range(0, len(request) + 1, 3):
        wire = raw.Wire(server.port)
        wire.send(request[:length])
        # A reset instead of an orderly end.
        wire.socket.setsockopt(raw.socket.SOL_SOCKET, raw.socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()
    watch.check()
