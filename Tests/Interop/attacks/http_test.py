"""HTTP/1.1: what must be refused, with the right status, and never guessed at."""

from __future__ import annotations

from attacks.arena import Arena, Group, parley, publish
from attacks.wire import Response, Wire, ask, request

PART = "attack"
# The requests name a host in as few bytes as can be.
group = Group("", lambda: parley("--hosts", "*"))

SECOND = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
"""Stands behind each request that must be refused: a server that answers it was smuggled a request."""


def head(*lines: bytes | str, start: bytes | str = "GET /healthz HTTP/1.1", host: bool = True) -> bytes:
    all_lines = [start, *(["Host: a"] if host else []), *lines]
    return b"\r\n".join(line.encode() if isinstance(line, str) else line for line in all_lines) + b"\r\n\r\n"


def post(*lines: bytes | str, body: bytes = b"") -> bytes:
    return head(*lines, start="POST /room/create HTTP/1.1") + body


def chunked(body: bytes, *lines: bytes | str) -> bytes:
    return post("Transfer-Encoding: chunked", *lines, body=body)


def assert_refused(arena: Arena, data: bytes, *statuses: int) -> Response:
    """One answer with one of the statuses, and then the end of the connection, whatever stands behind."""
    with Wire(arena.port) as wire:
        wire.send(data + SECOND)
        answer = wire.response()
        assert answer.status in statuses, f"{answer}, not {statuses}"
        assert answer.field("connection") == "close", answer
        rest = wire.rest()
        assert rest == b"", f"a second answer: {rest[:200]!r}"
        return answer


def refusals(status: int | tuple[int, ...], rows: dict[str, bytes]) -> None:
    statuses = status if isinstance(status, tuple) else (status,)
    for name, data in rows.items():
        group.add(f"{statuses[0]}: {name}", lambda arena, data=data: assert_refused(arena, data, *statuses))


def assert_answered(arena: Arena, data: bytes, count: int = 1, status: int = 200) -> None:
    """The same number of answers as of requests, and the connection stays open."""
    with Wire(arena.port) as wire:
        wire.send(data)
        for _ in range(count):
            answer = wire.response()
            assert answer.status == status, answer
        wire.send(SECOND)
        assert wire.response().status == 200
        assert wire.buffer == b"", wire.buffer


# --- Where a message ends (RFC 9112 section 6) ------------------------------------------------------------------------

refusals(400, {
    "a length and chunks": post("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "chunks and a length": post("Transfer-Encoding: chunked", "Content-Length: 0", body=b"0\r\n\r\n"),
    "two lengths that differ": post("Content-Length: 5", "Content-Length: 6", body=b"hello"),
    "two lengths that are equal": post("Content-Length: 5", "Content-Length: 5", body=b"hello"),
    "a list of equal lengths": post("Content-Length: 5, 5", body=b"hello"),
    "a list of lengths that differ": post("Content-Length: 5, 6", body=b"hello"),
    "a length with a plus": post("Content-Length: +5", body=b"hello"),
    "a length below nothing": post("Content-Length: -5", body=b"hello"),
    "a length of minus nothing": post("Content-Length: -0", body=b"hello"),
    "a hexadecimal length": post("Content-Length: 0x5", body=b"hello"),
    "a length with a blank in it": post("Content-Length: 1 0", body=b"hello"),
    "a length that is empty": post("Content-Length:", body=b"hello"),
    "a length of letters": post("Content-Length: five", body=b"hello"),
    "a length with a point": post("Content-Length: 5.0", body=b"hello"),
    "a length with an exponent": post("Content-Length: 1e1", body=b"hello"),
    "a length with an underscore": post("Content-Length: 1_0", body=b"hello"),
    "a length in fullwidth digits": post("Content-Length: ５", body=b"hello"),
    "a length in Devanagari digits": post("Content-Length: ५", body=b"hello"),
    "a length with a tab in it": post("Content-Length: 1\t0", body=b"hello"),
    "a list of a length and rubbish": post("Content-Length: 5, 5x", body=b"hello"),
    "a length twice, once with a zero before it": post("Content-Length: 5", "Content-Length: 05", body=b"hello"),
    "a length in quotes": post('Content-Length: "5"', body=b"hello"),
    "a length with a semicolon": post("Content-Length: 5;a=b", body=b"hello"),
    "chunked twice": post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
    "chunked with NUL behind": post(b"Transfer-Encoding: chunked\0", body=b"0\r\n\r\n"),
    "chunked on two lines": post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "chunked before another coding": post("Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n"),
    "an empty transfer coding": post("Transfer-Encoding:", body=b"0\r\n\r\n"),
    "chunks in HTTP/1.0": head("Transfer-Encoding: chunked", start="POST /room/create HTTP/1.0") + b"0\r\n\r\n",
})
refusals((501, 400), {
    "the coding identity": post("Transfer-Encoding: identity", body=b"hello"),
    "the coding gzip": post("Transfer-Encoding: gzip", body=b"hello"),
    "gzip before chunked": post("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "identity before chunked": post("Transfer-Encoding: identity, chunked", body=b"0\r\n\r\n"),
    "a coding that resembles chunked": post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunked with a parameter": post("Transfer-Encoding: chunked;q=1", body=b"0\r\n\r\n"),
    "chunked with a blank in it": post("Transfer-Encoding: chun ked", body=b"0\r\n\r\n"),
    "chunked with a word behind": post("Transfer-Encoding: chunked x", body=b"0\r\n\r\n"),
    "chunked and identity on two lines": post("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    "chunked in quotes": post('Transfer-Encoding: "chunked"', body=b"0\r\n\r\n"),
    "chunked with a comma behind": post("Transfer-Encoding: chunked,", body=b"0\r\n\r\n"),
    "chunked with a comma before": post("Transfer-Encoding: ,chunked", body=b"0\r\n\r\n"),
    "chunked with a letter behind": post("Transfer-Encoding: chunkedd", body=b"0\r\n\r\n"),
})
refusals(400, {
    "a vertical tab before chunked": post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"),
    "a space before the colon of a length": post("Content-Length : 5", body=b"hello"),
    "a space before the colon of a coding": post("Transfer-Encoding : chunked", body=b"0\r\n\r\n"),
    "a length on a folded line": post("Content-Length:\r\n 5", body=b"hello"),
    "a coding on a folded line": post("Transfer-Encoding:\r\n\tchunked", body=b"0\r\n\r\n"),
    "a length behind NUL": post(b"X: a\0", "Content-Length: 5", body=b"hello"),
    "a length behind a bare line feed": post("X: a\nContent-Length: 5", body=b"hello"),
    "a length behind a bare carriage return": post("X: a\rContent-Length: 5", body=b"hello"),
})

# --- Lines (RFC 9112 sections 2.2 and 5) ------------------------------------------------------------------------------

refusals(400, {
    "a bare line feed behind the request line": b"GET /healthz HTTP/1.1\nHost: a\r\n\r\n",
    "bare line feeds throughout": b"GET /healthz HTTP/1.1\nHost: a\n\n",
    "a bare line feed behind a header": b"GET /healthz HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "a bare line feed at the end of the head": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\n",
    "a bare carriage return in a value": head("X: a\rb"),
    "a bare carriage return in a name": head("X\rY: b"),
    "a bare carriage return in the request line": head(start="GET /healthz\r HTTP/1.1"),
    "a bare carriage return at the end of the head": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\rx\r\n",
    "carriage returns only": b"GET /healthz HTTP/1.1\rHost: a\r\r",
    "two carriage returns": b"GET /healthz HTTP/1.1\r\r\nHost: a\r\n\r\n",
    "NUL in the target": head(start=b"GET /heal\0thz HTTP/1.1"),
    "NUL in the method": head(start=b"G\0ET /healthz HTTP/1.1"),
    "NUL in a name": head(b"X\0Y: b"),
    "NUL in a value": head(b"X: a\0b"),
    "NUL in the Host": head(b"Host: a\0b", host=False),
    "a control character in a value": head(b"X: a\x01b"),
    "a delete character in a value": head(b"X: a\x7fb"),
    "an escape in a value": head(b"X: \x1b[2J"),
    "a folded header with a space": head("X: a", " b"),
    "a folded header with a tab": head("X: a", "\tb"),
    "a folded first header": b"GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n",
    "a line of blanks": head("X: a", "  "),
    "a space before the colon": head("X : a"),
    "a tab before the colon": head("X\t: a"),
    "a header without a colon": head("X"),
    "a header without a name": head(": a"),
    "a name with a space in it": head("X Y: a"),
    "a name with a bracket": head("X(: a"),
    "a name with a slash": head("X/Y: a"),
    "a name with an at sign": head("X@: a"),
    "a name that is not ASCII": head("Ünicode: a"),
    "a name with a Kelvin sign": head("ToKen\u212a: a"),
    "two empty lines before the request": b"\r\n\r\n" + SECOND,
    "a bare line feed before the request": b"\n" + SECOND,
})

# --- Request lines (RFC 9112 section 3) -------------------------------------------------------------------------------

refusals(400, {
    "no version": b"GET /healthz\r\nHost: a\r\n\r\n",
    "no target": head(start="GET HTTP/1.1"),
    "no method": head(start=" /healthz HTTP/1.1"),
    "nothing but spaces": head(start="   "),
    "two spaces before the target": head(start="GET  /healthz HTTP/1.1"),
    "two spaces before the version": head(start="GET /healthz  HTTP/1.1"),
    "a tab before the version": head(start="GET /healthz\tHTTP/1.1"),
    "a space behind the version": head(start="GET /healthz HTTP/1.1 "),
    "a space in the target": head(start="GET /heal thz HTTP/1.1"),
    "a version in small letters": head(start="GET /healthz http/1.1"),
    "a version of three digits": head(start="GET /healthz HTTP/1.10"),
    "a version of two digits before the point": head(start="GET /healthz HTTP/11.1"),
    "a version of one digit": head(start="GET /healthz HTTP/1"),
    "a tab before the target": head(start="GET\t/healthz HTTP/1.1"),
    "a delete character in the target": head(start="GET /\x7f HTTP/1.1"),
    "a target that is a scheme only": head(start="GET http:// HTTP/1.1"),
    "a version without a point": head(start="GET /healthz HTTP/11"),
    "a version with a comma": head(start="GET /healthz HTTP/1,1"),
    "a version with a plus": head(start="GET /healthz HTTP/+1.1"),
    "another protocol": head(start="GET /healthz RTSP/1.0"),
    "a method with a bracket": head(start="GE[T /healthz HTTP/1.1"),
    "a method with a quote": head(start='"GET" /healthz HTTP/1.1'),
    "a target without a slash": head(start="GET healthz HTTP/1.1"),
    "a target that is a star": head(start="GET * HTTP/1.1"),
    "a target with a fragment": head(start="GET /healthz#a HTTP/1.1"),
    "a target with a backslash": head(start="GET /\\healthz HTTP/1.1"),
    "a target with angle brackets": head(start="GET /<b> HTTP/1.1"),
    "a target with a quote": head(start='GET /" HTTP/1.1'),
    "a target that is not ASCII": head(start="GET /gr\u00fc\u00dfe HTTP/1.1"),
    "a target of overlong UTF-8": head(start=b"GET /\xc0\xaf HTTP/1.1"),
    "a target with an unknown scheme": head(start="GET ftp://a/ HTTP/1.1"),
    "a target with a scheme and no host": head(start="GET http:///healthz HTTP/1.1"),
    "a target with another host": head(start="GET http://b/healthz HTTP/1.1"),
    "a target with a user before the host": head(start="GET http://a@a/healthz HTTP/1.1"),
    "a request of TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(150),
    "a line of the PROXY protocol": b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
    "a header of the PROXY protocol 2": b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12),
    "a greeting of mail": b"EHLO a\r\n",
    "bytes of no meaning": bytes(range(128, 256)) * 4,
})
refusals((501, 400), {
    "a method in small letters": head(start="get /healthz HTTP/1.1"),
    "the method CONNECT": head(start="CONNECT a:443 HTTP/1.1"),
    "the method TRACK": head(start="TRACK /healthz HTTP/1.1"),
    "an unknown method": head(start="BREW /healthz HTTP/1.1"),
    "a method of 8,000 letters": head(start="G" * 8000 + " /healthz HTTP/1.1"),
})
refusals(505, {
    "HTTP/2.0": head(start="GET /healthz HTTP/2.0"),
    "HTTP/1.2": head(start="GET /healthz HTTP/1.2"),
    "HTTP/0.9 with a version": head(start="GET /healthz HTTP/0.9"),
    "HTTP/9.9": head(start="GET /healthz HTTP/9.9"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
})

# --- Hosts (RFC 9112 section 3.2) -------------------------------------------------------------------------------------

refusals(400, {
    "no Host": head(host=False),
    "two Hosts": head("Host: b"),
    "the same Host twice": head("Host: a"),
    "an empty Host": head("Host:", host=False),
    "a Host with a path": head("Host: a/b", host=False),
    "a Host with a user": head("Host: u@a", host=False),
    "a Host with a space": head("Host: a b", host=False),
    "two names in one Host": head("Host: a, b", host=False),
    "a Host with a query": head("Host: a?b", host=False),
    "a Host with a fragment": head("Host: a#b", host=False),
    "a Host with a port of letters": head("Host: a:b", host=False),
    "a Host with an empty port": head("Host: a:", host=False),
    "a Host with a port that is too high": head("Host: a:65536", host=False),
    "a Host with a port below nothing": head("Host: a:-1", host=False),
    "a Host with two ports": head("Host: a:1:2", host=False),
    "a Host of an open bracket": head("Host: [::1", host=False),
    "a Host with letters in brackets": head("Host: [zz]", host=False),
    "a Host behind a bracket": head("Host: [::1]a", host=False),
    "a Host that is not ASCII": head("Host: b\u00fccher", host=False),
    "a Host with a backslash": head("Host: a\\b", host=False),
    "a Host with a scheme": head("Host: http://a", host=False),
})

# --- Chunks (RFC 9112 section 7.1) ------------------------------------------------------------------------------------

refusals(400, {
    "a chunk without a size": chunked(b"\r\nhello\r\n0\r\n\r\n"),
    "a chunk size of letters": chunked(b"g\r\nhello\r\n0\r\n\r\n"),
    "a chunk size below nothing": chunked(b"-5\r\nhello\r\n0\r\n\r\n"),
    "a chunk size with a plus": chunked(b"+5\r\nhello\r\n0\r\n\r\n"),
    "a chunk size with 0x": chunked(b"0x5\r\nhello\r\n0\r\n\r\n"),
    "a blank before a chunk size": chunked(b" 5\r\nhello\r\n0\r\n\r\n"),
    "a blank behind a chunk size": chunked(b"5 \r\nhello\r\n0\r\n\r\n"),
    "a tab behind a chunk size": chunked(b"5\t\r\nhello\r\n0\r\n\r\n"),
    "an underscore in a chunk size": chunked(b"0_5\r\nhello\r\n0\r\n\r\n"),
    "a point in a chunk size": chunked(b"5.0\r\nhello\r\n0\r\n\r\n"),
    "NUL behind a chunk size": chunked(b"5\0\r\nhello\r\n0\r\n\r\n"),
    "a chunk size of seventeen digits": chunked(b"00000000000000005\r\nhello\r\n0\r\n\r\n"),
    "a chunk longer than its size": chunked(b"4\r\nhello\r\n0\r\n\r\n"),
    "a chunk shorter than its size": chunked(b"6\r\nhello\r\n0\r\n\r\n"),
    "a bare line feed behind a chunk size": chunked(b"5\nhello\r\n0\r\n\r\n"),
    "a bare line feed behind a chunk": chunked(b"5\r\nhello\n0\r\n\r\n"),
    "a bare carriage return behind a chunk size": chunked(b"5\rhello\r\n0\r\n\r\n"),
    "no line end behind a chunk": chunked(b"5\r\nhello0\r\n\r\n"),
    "an extension without a name": chunked(b"5;\r\nhello\r\n0\r\n\r\n"),
    "an extension with a bare line feed": chunked(b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    "an extension with NUL": chunked(b"5;a=\0\r\nhello\r\n0\r\n\r\n"),
    "an extension with an open quote": chunked(b"5;a=\"b\r\nhello\r\n0\r\n\r\n"),
    "an extension with a line end in quotes": chunked(b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n'),
    "extensions of 5 KiB": chunked(b"5;a=" + b"b" * 5000 + b"\r\nhello\r\n0\r\n\r\n"),
    "extensions of 5 KiB in small pieces": chunked(b"1;abcde\r\nx\r\n" * 1000 + b"0\r\n\r\n"),
    "a trailer without a colon": chunked(b"0\r\nX\r\n\r\n"),
    "a trailer with a space before the colon": chunked(b"0\r\nX : a\r\n\r\n"),
    "a folded trailer": chunked(b"0\r\nX: a\r\n b\r\n\r\n"),
    "a trailer with a bare line feed": chunked(b"0\r\nX: a\nY: b\r\n\r\n"),
    "a trailer with NUL": chunked(b"0\r\nX: \0\r\n\r\n"),
    "a length in a trailer": chunked(b"0\r\nContent-Length: 5\r\n\r\n"),
    "a coding in a trailer": chunked(b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "a Host in a trailer": chunked(b"0\r\nHost: b\r\n\r\n"),
})
refusals((413, 400), {
    "a chunk size of sixteen digits": chunked(b"ffffffffffffffff\r\nhello"),
    "a chunk size of 2^63": chunked(b"8000000000000000\r\nhello"),
    "a chunk size of 2^63 - 1": chunked(b"7fffffffffffffff\r\nhello"),
    "a chunk size of 2^64 / 16": chunked(b"1000000000000000\r\nhello"),
    "a chunk size that makes the sum overflow": chunked(b"5\r\nhello\r\n7ffffffffffffffb\r\nhello"),
})

# --- Sizes ------------------------------------------------------------------------------------------------------------

refusals(414, {
    "a request line of 8,193 bytes": head(start="GET /" + "a" * (8193 - 14) + " HTTP/1.1"),
    "a query of 10 KB": head(start="GET /?" + "a" * 10_000 + " HTTP/1.1"),
    "a request line of 100 KB": head(start="GET /" + "a" * 100_000 + " HTTP/1.1"),
    "a request line of 1 MB that does not end": b"GET /" + b"a" * 1_000_000,
})
refusals(431, {
    "101 headers": head(*[f"X-{number}: a" for number in range(100)]),
    "5,000 headers": head(*[f"X-{number}: a" for number in range(5000)]),
    "headers of 17 KB": head("X: " + "a" * 17_000),
    "headers of 1 MB": head("X: " + "a" * 1_000_000),
    "a header of 1 MB that does not end": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 1_000_000,
    "a header's name of 1 MB": head("X" * 1_000_000 + ": a"),
    "a cookie of 20 KB": head("Cookie: " + "a=b; " * 4000),
    "trailers of 5 KB": chunked(b"0\r\n" + b"X: aaaaaaaaaa\r\n" * 400 + b"\r\n"),
    "a trailer of 1 MB": chunked(b"0\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n"),
})
refusals(413, {
    "a length of one byte too many": post("Content-Length: 1000001"),
    "a length of 10^18": post(f"Content-Length: {10**18}"),
    "chunks of one byte too many": chunked(b"f4240\r\n" + b"a" * 1_000_000 + b"\r\n1\r\na\r\n0\r\n\r\n"),
    "a chunk announced too large": chunked(b"f4241\r\n"),
    "10,000 chunks of one byte and a large one": chunked(b"1\r\na\r\n" * 10_000 + b"f4240\r\n"),
    "a length too large that waits for a word": post("Content-Length: 100000000", "Expect: 100-continue"),
})
refusals((400, 413), {
    "a length of 2^63": post(f"Content-Length: {2**63}"),
    "a length of 2^64": post(f"Content-Length: {2**64}"),
    "a length of 2^64 and 5": post(f"Content-Length: {2**64 + 5}", body=b"hello"),
    "a length of 4,000 digits": post("Content-Length: " + "9" * 4000),
})
refusals(417, {"an expectation that nobody knows": head("Expect: 200-ok")})


# --- What must be answered all the same -------------------------------------------------------------------------------

ANSWERED = {
    "an empty line before the request": (b"\r\n" + SECOND, 1),
    "100 headers": (head(*[f"X-{number}: a" for number in range(99)]), 1),
    "a target with its host": (head(start="GET http://a/healthz HTTP/1.1"), 1),
    "200 requests at once": (SECOND * 200, 200),
    "a coding in capitals and blanks": (chunked(b"2\r\n{}\r\n0\r\n\r\n").replace(b": chunked", b":  CHUNKED "), 1),
    "a chunk with extensions and trailers": (chunked(b'2;a=b;c="d"\r\n{}\r\n0\r\nX: y\r\n\r\n'), 1),
    "a body on a GET": (head("Content-Length: 5") + b"hello", 1),
}
for title, (data, number) in ANSWERED.items():
    status = 400 if data.startswith(b"POST") else 200
    group.add(f"answered: {title}", lambda arena, data=data, number=number, status=status: assert_answered(
        arena, data, number, status))


@group.case("answered: requests that come byte by byte")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        for byte in SECOND + SECOND:
            wire.send(bytes([byte]))
        assert wire.response().status == 200 and wire.response().status == 200


@group.case("HEAD and errors leave the connection in step")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        for target, status in {"/healthz": 200, "/nothing": 404, "/": 200}.items():
            wire.send(request("HEAD", target, arena.port) + SECOND)
            assert wire.response(head=True).status == status
            assert wire.response().status == 200
        wire.send(request("DELETE", "/healthz", arena.port) + SECOND)
        assert wire.response().status == 405
        assert wire.response().status == 200


@group.case("TRACE sends nothing back")
def _(arena: Arena) -> None:
    answer = ask(arena.port, "TRACE", "/healthz", {"Cookie": "secret"})
    assert answer.status in (405, 501) and "secret" not in answer.text, answer


@group.case("OPTIONS of the whole server is no crash")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        wire.send(head(start="OPTIONS * HTTP/1.1"))
        assert wire.response().status < 500


@group.case("HTTP/1.0 ends with its answer")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        wire.send(b"GET /healthz HTTP/1.0\r\n\r\n" + SECOND)
        assert wire.response().status == 200
        assert wire.rest() == b""


@group.case("a client that is gone before its answer")
def _(arena: Arena) -> None:
    for _ in range(200):
        wire = Wire(arena.port)
        wire.send(SECOND * 20)
        wire.reset()


@group.case("a client that ends its side still gets its answers")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        wire.send(SECOND * 3)
        wire.end()
        assert [wire.response().status for _ in range(3)] == [200] * 3
        assert wire.rest() == b""


@group.case("a stream cut inside a request is no request")
def _(arena: Arena) -> None:
    whole = post("Content-Length: 40", 'Content-Type: application/json',
                 body=b'{"room_id":"cut","password":"cut"}      ')
    for count in range(0, len(whole), 3):
        with Wire(arena.port) as wire:
            wire.send(whole[:count])
            wire.end()
            rest = wire.rest()
            assert not rest.startswith(b"HTTP/1.1 200"), (count, rest)
    assert ask(arena.port, "POST", "/chat/cut/verify", body=b'{"password":"cut"}').status == 404


@group.case("CVE-2024-37890: more headers than are counted, and an upgrade behind them")
def _(arena: Arena) -> None:
    upgrade = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    start = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"
    for count in (100, 1000, 2000, 3000):
        many = [f"X-{number}: a" for number in range(count)]
        for lines in (many + upgrade, upgrade + many, upgrade[:2] + many + upgrade[2:], many + upgrade[1:]):
            assert_refused(arena, head(*lines, start=start), 431)


@group.case("fields of the answer cannot be written by a request")
def _(arena: Arena) -> None:
    for value in ("x\tSet-Cookie: a=b", "%0d%0aSet-Cookie:a=b", "\u560d\u560aSet-Cookie:a=b"):
        for name in ("Origin", "Access-Control-Request-Headers", "X-Request-Id", "Accept-Encoding", "Range",
                     "If-None-Match"):
            with Wire(arena.port) as wire:
                wire.send(request("OPTIONS", "/socket.io/?EIO=4&transport=polling", arena.port, {name: value}))
                answer = wire.response()
                assert answer.field("set-cookie") is None, answer


@group.case("an answer says nothing about the inside of the server")
def _(arena: Arena) -> None:
    for target in ("/", "/nothing", "/chat/%ff/messages", "/room/create", "/socket.io/?EIO=4&transport=x"):
        answer = ask(arena.port, "GET", target)
        assert answer.field("server") is None and answer.field("x-powered-by") is None, answer
        for word in ("swift", "/work", "Sources/", "Fatal", "SQLITE"):
            assert word not in answer.text or target == "/", answer


@group.case("a large answer that nobody reads is bounded")
def _(arena: Arena) -> None:
    script = request("GET", "/socket.io/socket.io.js", arena.port)
    wires = [Wire(arena.port, receive_buffer=4096) for _ in range(50)]
    for wire in wires:
        wire.send_while_open(script * 2000, seconds=0.05)
    for wire in wires:
        wire.reset()


@group.case("an upgrade elsewhere is an ordinary request")
def _(arena: Arena) -> None:
    for protocol in ("websocket", "h2c", "TLS/1.2", "a" * 5000, "websocket, h2c"):
        fields = {"Upgrade": protocol, "Connection": "Upgrade", "HTTP2-Settings": "AAMAAABkAAQAAP__",
                  "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        assert ask(arena.port, "GET", "/healthz", fields).status == 200


@group.case("a word to go on is given once, and for what will be read")
def _(arena: Arena) -> None:
    with Wire(arena.port) as wire:
        wire.send(post("Content-Length: 2", "Expect: 100-continue"))
        assert wire.take_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.send(b"{}")
        assert wire.response().status == 400


publish(globals())
