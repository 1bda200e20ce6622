"""Content of requests: paths, queries, forms and JSON that are refused as a client's error, and never a server's."""

from __future__ import annotations

import gzip
import json

from attacks.arena import Arena, Group, publish
from attacks.wire import Response, ask

PART = "attack"
group = Group()


def assert_client_error(answer: Response) -> None:
    assert 400 <= answer.status < 500, answer


TARGETS = {
    "an open escape": "/chat/a%/messages",
    "half an escape": "/chat/a%2/messages",
    "letters in an escape": "/chat/a%zz/messages",
    "NUL in a name": "/chat/a%00b/messages",
    "invalid UTF-8 in a name": "/chat/%ff%fe/messages",
    "overlong UTF-8 in a name": "/chat/%c0%af/messages",
    "a surrogate in a name": "/chat/%ed%a0%80/messages",
    "a line end in a name": "/chat/a%0d%0aSet-Cookie:%20a=b/messages",
    "a slash in a name": "/chat/a%2fb/messages",
    "an empty name": "/chat//messages",
    "a name of 8,000 letters": "/chat/" + "a" * 8000 + "/messages",
    "8,000 slashes": "/" * 8000,
    "2,000 points": "/./" * 2000,
    "an open escape in a query": "/chat/a/messages?password=%",
    "invalid UTF-8 in a query": "/chat/a/messages?password=%ff",
    "4,000 parameters": "/chat/a/messages?" + "a&" * 4000,
    "a limit that is no number": "/chat/a/messages?limit=a",
    "a limit of 5,000 digits": "/chat/a/messages?limit=" + "9" * 5000,
    "a limit below nothing": "/chat/a/messages?limit=-1",
    "an end before everything": "/chat/a/messages?before=-9223372036854775809",
    "an end of 5,000 digits": "/chat/a/messages?before=" + "9" * 5000,
    "an end that is no message": "/chat/a/messages?after=msg_%00",
    "a format string": "/chat/%25s%25n%25x/messages",
    "a quote of SQL": "/chat/'%20OR%20'1'='1/messages",
}
for title, target in TARGETS.items():
    group.add(f"target: {title}", lambda arena, target=target: assert_client_error(ask(arena.port, "GET", target)))

PASSWORD = '"password":"p"}'
BODIES = {
    "nothing": b"",
    "no JSON": b"room_id=a&password=b",
    "an open object": b'{"room_id":"a","password":"b"',
    "a comma too many": b'{"room_id":"a",' + PASSWORD.encode()[:-1] + b",}",
    "a comment": b'{"room_id":"a",/**/' + PASSWORD.encode(),
    "single quotes": b"{'room_id':'a','password':'b'}",
    "a byte order mark": b'\xef\xbb\xbf{"room_id":"a",' + PASSWORD.encode(),
    "UTF-16": '{"room_id":"a","password":"b"}'.encode("utf-16"),
    "NUL behind it": b'{"room_id":"nul",' + PASSWORD.encode() + b"\0",
    "two values": b'{"room_id":"two",' + PASSWORD.encode() + b"{}",
    "an array": b'["room_id","password"]',
    "a text": b'"room_id"',
    "null": b"null",
    "a depth of 400,000 arrays": b"[" * 400_000,
    "a depth of 400,000 objects": b'{"a":' * 160_000,
    "a depth of 400,000 arrays that end": b'{"room_id":' + b"[" * 400_000 + b"]" * 400_000 + b"}",
    "900,000 digits": b'{"room_id":' + b"9" * 900_000 + b"}",
    "900,000 digits behind a point": b'{"room_id":0.' + b"9" * 900_000 + b"}",
    "an exponent of 900,000 digits": b'{"room_id":1e' + b"9" * 900_000 + b"}",
    "1e400": b'{"room_id":1e400,' + PASSWORD.encode(),
    "not a number": b'{"room_id":NaN,' + PASSWORD.encode(),
    "infinity": b'{"room_id":-Infinity,' + PASSWORD.encode(),
    "a number with a zero before it": b'{"room_id":01,' + PASSWORD.encode(),
    "a lone surrogate": b'{"room_id":"\\ud800",' + PASSWORD.encode(),
    "two low surrogates": b'{"room_id":"\\udc00\\udc00",' + PASSWORD.encode(),
    "invalid UTF-8": b'{"room_id":"\xff\xfe",' + PASSWORD.encode(),
    "overlong UTF-8": b'{"room_id":"\xc0\xaf",' + PASSWORD.encode(),
    "UTF-8 of a surrogate": b'{"room_id":"\xed\xa0\x80",' + PASSWORD.encode(),
    "a control character": b'{"room_id":"a\x01",' + PASSWORD.encode(),
    "a line feed in a text": b'{"room_id":"a\n",' + PASSWORD.encode(),
    "an unknown escape": b'{"room_id":"\\x41",' + PASSWORD.encode(),
    "half an escape": b'{"room_id":"\\u00',
    "a room that is an array": b'{"room_id":["a"],' + PASSWORD.encode(),
    "CVE-2021-22911: a room that is an object": b'{"room_id":{"$ne":null},' + PASSWORD.encode(),
    "a room that is true": b'{"room_id":true,' + PASSWORD.encode(),
    "a room that is null": b'{"room_id":null,' + PASSWORD.encode(),
    "a room that is empty": b'{"room_id":"",' + PASSWORD.encode(),
    "a room with NUL": b'{"room_id":"a\\u0000b",' + PASSWORD.encode(),
    "a room with a line end": b'{"room_id":"a\\r\\nSet-Cookie: a=b",' + PASSWORD.encode(),
    "a room that runs from right to left": '{"room_id":"a\u202egpj.exe",'.encode() + PASSWORD.encode(),
    "a room of blanks": b'{"room_id":"   ",' + PASSWORD.encode(),
    "a room of 100,000 letters": b'{"room_id":"' + b"a" * 100_000 + b'",' + PASSWORD.encode(),
    "a room of 400,000 combining marks": b'{"room_id":"a' + "\u0301".encode() * 400_000 + b'",' + PASSWORD.encode(),
    "a reserved room": b'{"room_id":"create",' + PASSWORD.encode(),
    "the lobby": b'{"room_id":"lobby",' + PASSWORD.encode(),
    "a password that is an array": b'{"room_id":"a1","password":["p"]}',
    "a password that is an object": b'{"room_id":"a2","password":{"$gt":""}}',
    "a password that is null": b'{"room_id":"a3","password":null}',
    "a password that is false": b'{"room_id":"a4","password":false}',
    "a password that is empty": b'{"room_id":"a5","password":""}',
    "a password of 900,000 letters": b'{"room_id":"a6","password":"' + b"p" * 900_000 + b'"}',
    "100,000 members": b"{" + b",".join(b'"m%d":1' % number for number in range(80_000)) + b"}",
    "100,000 times the same member": b"{" + b",".join([b'"m":1'] * 150_000) + b"}",
    "a prototype": b'{"__proto__":{"room_id":"a","password":"b"}}',
}
JSON = {"Content-Type": "application/json"}
for title, body in BODIES.items():
    group.add(f"JSON: {title}", lambda arena, body=body: assert_client_error(
        ask(arena.port, "POST", "/room/create", JSON, body)))

FORMS = {
    "an open escape": b"room_id=%&password=b",
    "invalid UTF-8": b"room_id=%ff&password=b",
    "raw bytes": b"room_id=\xff\xfe&password=b",
    "NUL": b"room_id=a%00b&password=b",
    "300,000 parameters": b"a&" * 300_000,
    "300,000 equal signs": b"=" * 300_000,
    "a name of 900,000 letters": b"a" * 900_000 + b"=b",
    "a value of 900,000 escapes": b"room_id=" + b"%41" * 300_000,
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
for title, body in FORMS.items():
    group.add(f"form: {title}", lambda arena, body=body: assert_client_error(
        ask(arena.port, "POST", "/room/create", FORM, body)))

TYPES = [
    "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "a" * 5000, "text/plain", "application/xml",
    "application/json; charset=utf-16", "a/b" * 3000, ";;;;", "application/x-www-form-urlencoded; charset=\xff", "",
]


@group.case("content types of every kind are client errors")
def _(arena: Arena) -> None:
    for content_type in TYPES:
        assert_client_error(ask(arena.port, "POST", "/room/create", {"Content-Type": content_type}, b"<a/>"))


@group.case("a body that says it is compressed is not inflated")
def _(arena: Arena) -> None:
    bomb = gzip.compress(json.dumps({"room_id": "bomb", "password": "b" * 60_000_000}).encode(), 9)
    assert_client_error(ask(arena.port, "POST", "/room/create", {**JSON, "Content-Encoding": "gzip"}, bomb))


publish(globals())
