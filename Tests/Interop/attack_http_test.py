"""Requests that are not to be guessed at: refused with the right status, the connection closed, the rest not read."""

import functools
import itertools

import parley
import raw

PART = "attack"
HOST = "Host: localhost\r\n"
SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@functools.cache
def target():
    server = parley.serve()
    return server, raw.Watch(server)


def refused(request, *statuses):
    """One answer with one of the statuses, then the end; what stands behind the request is not answered."""
    server, watch = target()
    with raw.Wire(server.port) as wire:
        wire.send(request if isinstance(request, bytes) else request.encode("latin-1"))
        wire.send(SMUGGLED)
        answer = wire.answer()
        rest = wire.rest()
    assert answer.status in statuses, f"{answer.status} instead of {statuses}: {answer.body!r}"
    assert rest == b"", f"something behind the refused request was answered: {rest[:200]!r}"
    watch.check()


def case(title, request, *statuses):
    def test():
        refused(request, *statuses)

    globals()[f"test_{title}"] = test


def post(fields, body=""):
    return f"POST /room/create HTTP/1.1\r\n{HOST}{fields}\r\n{body}"


LENGTHS = ["", "-1", "+1", "0x1", "1 1", "1,2", "1, 1x", "1e1", "१", "1_0", "9" * 30, "18446744073709551616", "1;",
    "\"1\"", "1\t2"]
for value in LENGTHS:
    case(f"content_length_{value!r}", post(f"Content-Length: {value}\r\n", "x").encode("utf-8"), 400, 413)
for first, second in [("1", "2"), ("0", "1"), ("1", "01")]:
    case(f"two_lengths_{first}_{second}", post(f"Content-Length: {first}\r\nContent-Length: {second}\r\n", "x"), 400)
case("length_and_chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400)
case("chunked_and_length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400)
CODINGS = [
    "identity", "gzip", "xchunked", "chunked, identity", "chunked, chunked", "chunked;q=1", "\x0bchunked",
    "chunked\x00",
    '"chunked"', "chunked, gzip", "chun ked", "", ",chunked x",
]
for coding in CODINGS:
    case(f"transfer_encoding_{coding!r}", post(f"Transfer-Encoding: {coding}\r\n", "0\r\n\r\n"), 400, 501)
case("two_transfer_encodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400,
    501)
case("chunked_in_http_1_0", f"POST / HTTP/1.0\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)
CHUNKS = [
    "0x5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhelloX0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "g\r\n\r\n", "\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "8000000000000000\r\n", "5;a\nb\r\nhello\r\n0\r\n\r\n",
    "5;a=\x00\r\nhello\r\n0\r\n\r\n",
    "0\r\nContent-Length: 5\r\n\r\n", "0\r\n Folded: x\r\n\r\n", "0\r\nno colon\r\n\r\n",
    "1" + ";" + "e" * 10_000 + "\r\nx\r\n0\r\n\r\n", "0\r\nx: " + "y" * 10_000 + "\r\n\r\n",
]
for index, chunks in enumerate(CHUNKS):
    case(f"chunk_{index}", post("Transfer-Encoding: chunked\r\n", chunks), 400, 413, 431)
LINES = [
    "GET / HTTP/2.0", "GET / HTTP/1", "GET / HTTP/1.10", "GET / http/1.1", "GET / HTTP/0.9", "GET /", "GET  / HTTP/1.1",
    "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET /a b HTTP/1.1", "G\x00T / HTTP/1.1",
    "GET /\x00 HTTP/1.1",
    "GET /\x7f HTTP/1.1", "GET /#fragment HTTP/1.1", "GET example HTTP/1.1", "GET * HTTP/1.1", "GE(T / HTTP/1.1",
    "CONNECT localhost:80 HTTP/1.1", "GET http:// HTTP/1.1", "GET http://other/ HTTP/1.1", "GET /é HTTP/1.1",
    "PRI * HTTP/2.0", "BREW / HTTP/1.1",
]
for line in LINES:
    case(f"line_{line!r}", f"{line}\r\n{HOST}\r\n", 400, 405, 501, 505)
FIELDS = [
    "Name : x", " Name: x", "Name: x\r\n folded", "Name: x\r\n\tfolded", "Name\x00: x", "Name: \x00", "Name: a\rb",
    "Name: a\nOther: b",
    "no colon", ": x", "Na me: x", "Náme: x", "Name: \x01", "Name: \x7f", "Host: two", "Host : two", "Name(: x",
    "Expect: everything",
]
for field in FIELDS:
    case(f"field_{field!r}", f"GET / HTTP/1.1\r\n{HOST}{field}\r\n\r\n", 400, 417)
HOSTS = [
    "", "Host:\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: a,b\r\n", "Host: a@b\r\n", "Host: [::1\r\n",
    "Host: a:b\r\n", "Host: a:99999\r\n", "Host: a\r\nHost: a\r\n",
]
for index, host in enumerate(HOSTS):
    case(f"host_{index}", f"GET / HTTP/1.1\r\n{host}\r\n", 400)
case("bare_line_feeds", "GET / HTTP/1.1\nHost: localhost\n\n", 400)
case("carriage_returns_only", "GET / HTTP/1.1\rHost: localhost\r\r", 400, 408)
case("long_line", f"GET /{'a' * 10_000} HTTP/1.1\r\n{HOST}\r\n", 414)
case("long_query", f"GET /?{'a' * 10_000} HTTP/1.1\r\n{HOST}\r\n", 414)
case("long_method", f"{'A' * 10_000} / HTTP/1.1\r\n{HOST}\r\n", 400, 414, 501)
case("large_field", f"GET / HTTP/1.1\r\n{HOST}X: {'a' * 20_000}\r\n\r\n", 431)
case("many_fields", f"GET / HTTP/1.1\r\n{HOST}" + "".join(f"X{n}: 1\r\n" for n in range(101)) + "\r\n", 431)
case("many_fields_and_an_upgrade", f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{HOST}"
     + "".join(f"X{n}: 1\r\n" for n in range(200)) + "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n", 431)
case("large_body", post("Content-Length: 1000001\r\n"), 413)
case("large_chunk", post("Transfer-Encoding: chunked\r\n", "F4241\r\n" + "x" * 1_000_001), 413)


def test_trace_is_not_answered_with_the_request():
    server, watch = target()
    with raw.Wire(server.port) as wire:
        wire.send(f"TRACE / HTTP/1.1\r\n{HOST}X-Secret: s3cret\r\n\r\n")
        answer = wire.answer()
        assert answer.status in (405, 501) and b"s3cret" not in answer.body, answer
    watch.check()


# --- Files ---

STEPS = [
    "..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "..%00", "%00..", "..;", "..%3b", "..%20", "....", "%252e%252e",
    "..%c0%af", "%c0%ae%c0%ae",
    "..%5c", "..\\", "%uff0e%uff0e", "..%ef%bc%8f", "%e0%80%ae%e0%80%ae", "..%2f..",
]
PREFIXES = ["", "js/", "css/", "js/socket/", "assets/", "socket.io/", "chat/1/", "./", "/", "%2f"]
GOALS = ["etc/passwd", "data/parley.db", "Package.swift"]


def test_no_path_leads_out_of_the_public_folder():
    server, watch = target()
    with raw.Wire(server.port) as wire:
        for prefix, step, goal, separator in itertools.product(PREFIXES, STEPS, GOALS, ["/", "%2f", "%5c"]):
            if " " in step:
                continue
            path = f"/{prefix}" + f"{step}{separator}" * 8 + goal
            wire.send(f"GET {path} HTTP/1.1\r\n{HOST}\r\n".encode())
            answer = wire.answer()
            assert 300 <= answer.status < 500, f"{path}: {answer.status}"
            for mark in [b"root:", b"SQLite format", b"swift-tools-version"]:
                assert mark not in answer.body, f"{path} leaked"
            if answer.headers.get("connection", "").lower() == "close":
                wire.__init__(server.port)
    watch.check()


def test_no_hidden_file_and_no_folder_is_served():
    server, watch = target()
    for path in ["/.gitignore", "/.git/config", "/js/.hidden", "/js", "/js/", "/css/", "/%2egitignore",
        "/data/parley.db", "//etc/passwd"]:
        with raw.Wire(server.port) as wire:
            wire.send(f"GET {path} HTTP/1.1\r\n{HOST}\r\n")
            answer = wire.answer()
            assert answer.status in (301, 308, 400, 403, 404), f"{path}: {answer.status}"
    watch.check()
