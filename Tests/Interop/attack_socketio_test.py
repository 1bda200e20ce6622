"""Packets of Engine.IO and Socket.IO that no client sends: the connection may end, the server and all others do not."""

import contextlib
import functools
import json

import parley
import raw
from raw import BINARY, TEXT, frame

PART = "attack"


@functools.cache
def target():
    server = parley.serve()
    return server, raw.Watch(server)


def survived(*messages, joined=True, connected=True, ends=None):
    """Sends messages (texts, or bytes for binary ones); then another client is answered as before.

    `ends`: whether the connection must be closed by it; None where either will do.
    """
    server, watch = target()
    with raw.WebSocket(server.port) as socket:
        if connected:
            socket.connect()
        else:
            socket.text()
        for message in messages:
            socket.send(frame(BINARY if isinstance(message, bytes) else TEXT, message))
        if ends:
            socket.end()
        elif ends is False:
            socket.call('427["typing",{"room":"nowhere"}]', "437")
    watch.check()


def case(title, *messages, **options):
    def test():
        survived(*messages, **options)

    globals()[f"test_{title}"] = test


# --- Socket.IO ---

EVENTS = [
    "2", "2[]", "2{}", "2null", '2"x"', "2[1]", "2[null]", "2[{}]", "2[[]]", '2[{"toString":1},2]', '2["connect"]',
    '2["connect_error"]',
    '2["disconnect","x"]', '2["disconnecting"]', '2["error",{}]', '2["newListener"]', '2["removeListener"]',
    '2["__proto__",1]',
    '2["message"]', '2["message",null]', '2["message",[]]', '2["message","x"]', '2["message",1e400]', '2["message",{}]',
    '2["join",{"room":{},"user_id":[]}]', '2["join",{"room":null}]',
    '2["join",{"room":["a"],"user_id":"x","password":true}]',
    '2["join",{"room":"\\u0000","user_id":"\\ud800","password":"x"}]',
    '2["join",{"room":"..\\/..","user_id":"x","password":"x"}]',
    '2["typing",{"room":"x","is_typing":"maybe"}]', '2["reaction",{"room":"x","message_id":{},"reaction":[]}]',
    '2["leave"]', '2["leave",{}]',
    '2["message",{"room":"x","message":"y"}', '2["message",{"room":"x",}]', '2[\'x\']', '2["x"]]', '2["x"] ',
    '2["x"],', '2["\\x"]',
    '2["x\n"]', "2[1e999]", '2["x",' + "9" * 90_000 + "]", '2["x",-]', '2["x",01]', '2["x",NaN]', '2["x",1.]',
    '2["x",0e]',
    '2["x",{"a":1,"a":2,"__proto__":{"b":1}}]', '2["x","\\u00"]', '2["' + "x" * 90_000 + '"]',
    '2["x",{"' + "k" * 90_000 + '":1}]',
    '2["x",' + "[" * 45_000 + "]" * 45_000 + "]", '2["x",' + '{"a":' * 15_000 + "1" + "}" * 15_000 + "]",
    "2" + "[" * 99_000,
    '2["x",' + "1," * 45_000 + "1]",
]
for index, event in enumerate(EVENTS):
    case(f"event_{index}_{event[:24]!r}", f"4{event}")
IDS = ["-1", "+1", "1.5", "99999999999999999999999999", "9" * 50_000, "0x1", " 1", "1 ", "18446744073709551616", "९"]
for identifier in IDS:
    case(f"ack_id_{identifier[:24]!r}", f'42{identifier}["typing",{{"room":"x"}}]')
    case(f"answer_{identifier[:24]!r}", f"43{identifier}[1]")
ANSWERS = ["3", "30", "30[]", "31[]", "30{}", "30[", "3999[1]", "63", "61-", '61-0[{"_placeholder":true,"num":0}]']
for answer in ANSWERS:
    case(f"answer_to_nothing_{answer!r}", f"4{answer}")
COUNTS = ["100000000", "99999999999999999999", "-1", "1.5", "+1", "", "0", "01", "9" * 5000, "11"]
for count in COUNTS:
    case(f"attachments_{count[:24]!r}", f'45{count}-["x",{{"_placeholder":true,"num":0}}]', bytes(10))
PLACES = ["-1", "1", "1e9", "0.5", '"0"', "null", "true", "{}", "[]", "99999999999999999999", '"splice"']
for place in PLACES:
    case(f"placeholder_{place}", f'451-["x",{{"_placeholder":true,"num":{place}}}]', bytes(10))
case("placeholder_missing", '451-["x"]', bytes(10))
case("placeholders_alike", '451-["x",' + ",".join(['{"_placeholder":true,"num":0}'] * 1000) + "]", bytes(10_000))
case("placeholder_without_attachments", '42["x",{"_placeholder":true,"num":0}]')
case("attachment_of_nothing", bytes(10))
case("attachment_interrupted", '452-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', bytes(1),
    '42["x"]', bytes(1))
case("many_attachments", '4510-["x"]', *[bytes(90_000)] * 10)
case("attachments_never_sent", *['4510-["x"]'] * 50)
case("binary_ack_of_nothing", '461-5[{"_placeholder":true,"num":0}]', bytes(10))
for packet in ["47", "48", "49", "4a", "4", "4\x00", "4 2[]", "4é", "4/", "4-"]:
    case(f"packet_{packet!r}", packet)
SPACES = ["/", "/x", "/x,", "/x,{}", "/" + "n" * 90_000, "/\x00", "//", "/x?y=z", "/x,{", "/x,[]", "/x,null", ",", "{",
    '{"a":', "null", "[]", "/constructor,",
          "/__proto__,"]
for space in SPACES:
    case(f"connect_{space[:24]!r}", f"40{space}")
case("connect_twice", "40", "40", "40")
case("connect_a_thousand_times", *["40/x,"] * 1000)
case("disconnect_of_nothing", "41/x,")
case("disconnect_and_event", "41", '42["typing",{"room":"x"}]')
case("connect_error_from_a_client", '44{"message":"x"}')
for first in ['42["join",{"room":"x"}]', '451-["x",{"_placeholder":true,"num":0}]', "431[]", "41", '42/x,["x"]']:
    case(f"before_connect_{first[:24]!r}", first, connected=False)
case("attachments_before_connect", '4510-["x"]', *[bytes(90_000)] * 10, connected=False)
case("deep_connect", "40{" + '"a":{' * 10_000 + "}" * 10_000 + "}", connected=False)

# --- Engine.IO over a WebSocket ---

for packet in ["", "0", "1", "2", "2x", "3", "3probe", "5", "6", "7", "8", "9", "b", "bAQID", "x", "\x1e", "4\x1e4",
    "2probe", "\x00"]:
    case(f"engine_{packet!r}", packet)
case("engine_binary_empty", b"")
case("engine_binary_of_text", b"42[\"x\"]")
case("engine_pongs", *["3"] * 5000)


# --- Engine.IO over HTTP ---

class Poller:
    """A polling session by hand."""

    def __init__(self, port, version=4):
        self.port, self.version = port, version
        opening = self.request("GET", "")
        assert opening.status == 200, opening
        self.session = json.loads(opening.body[opening.body.index(b"{"):opening.body.rindex(b"}") + 1])["sid"]

    def request(self, method, query, body=b"", kind="text/plain;charset=UTF-8", fields=""):
        with raw.Wire(self.port) as wire:
            wire.send(f"{method} /socket.io/?EIO={self.version}&transport=polling{query} HTTP/1.1\r\nHost: a\r\n"
                      f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{fields}\r\n".encode() + body)
            return wire.answer()

    def post(self, body, **options):
        return self.request("POST", f"&sid={self.session}", body, **options)


QUERIES = [
    "", "?", "?EIO=4", "?EIO=4&transport=", "?EIO=4&transport=x", "?EIO=4&transport=constructor",
    "?EIO=4&transport=webtransport",
    "?EIO=4&transport=websocket", "?EIO=4&transport=polling&sid=x", "?EIO=4&transport=polling&sid=__proto__",
    "?EIO=4&transport=polling&sid=" + "x" * 5000, "?EIO=4&transport=polling&sid=%00",
    "?EIO=4&transport=polling&sid=%ff",
    "?EIO=4&EIO=3&transport=websocket&transport=x", "?EIO[]=4&transport[]=polling",
    "?EIO=4&transport=polling&j=<script>&sid=x",
    "?" + "a=1&" * 1500, "?%",
]
# Like the official server, ours takes every revision but 4 for 3.
REVISIONS = ["5", "0", "-1", "99999999999999999999", "%zz", "", "4.0", "constructor", "4%00"]


def ask(method, query):
    server, _ = target()
    with raw.Wire(server.port) as wire:
        wire.send(f"{method} /socket.io/{query} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        return wire.answer()


def test_strange_queries_are_refused():
    for query in QUERIES:
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"]:
            answer = ask(method, query)
            assert 400 <= answer.status < 500, f"{method} {query[:60]}: {answer.status}"
            assert b"<script>" not in answer.body, answer
    target()[1].check()


def test_strange_revisions_harm_nobody():
    for revision in REVISIONS:
        answer = ask("GET", f"?EIO={revision}&transport=polling")
        assert answer.status == 400 or (answer.status == 200 and b'"sid"' in answer.body), f"{revision}: {answer}"
    target()[1].check()


BODIES = [
    b"", b"x", b"4", b"\x1e", b"\x1e" * 90_000, b"4\x1e" * 45_000, b"2" * 90_000, b"\xff\xfe", b"42[\"x\"", b"bAQID",
    b"b", b"b!!!", b"b" + b"A" * 90_000,
    b"40\x1e40\x1e41\x1e40", b"1", b"0{}", b"5", b"6\x1e6", b"4" + b"[" * 90_000,
]
OLD_BODIES = [
    b"", b"x", b"1", b"1:", b"2:4", b"99999999999999999999:4", b"-1:4", b"1:4" * 20_000, b"0:" * 45_000,
    b"5:\xff\xff\xff\xff\xff", b"3:4\xf0\x9f", b":4",
    b"1:b", b"5:b4!!!", b"d=1:4", b"\x00\x01\xff4", b"\x00\xff", b"\x01\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\xff",
    b"\x02\x01\xff4", b"\x00" + b"\x09" * 400,
]


def test_strange_bodies_end_their_session_alone():
    server, watch = target()
    for version, bodies in [(4, BODIES), (3, OLD_BODIES)]:
        for body in bodies:
            for kind in ["text/plain;charset=UTF-8", "application/octet-stream", "application/x-www-form-urlencoded",
                "x" * 3000]:
                answer = Poller(server.port, version).post(body, kind=kind)
                assert 200 <= answer.status < 500, f"{version} {body[:40]!r} {kind[:20]}: {answer.status}"
    watch.check()


def test_a_body_that_is_too_large_is_refused_before_it_is_sent():
    server, watch = target()
    poller = Poller(server.port)
    for announced in [100_001, 8_000_001, 10 ** 12]:
        with raw.Wire(server.port) as wire:
            wire.send(f"POST /socket.io/?EIO=4&transport=polling&sid={poller.session} HTTP/1.1\r\nHost: a\r\n"
                      f"Content-Length: {announced}\r\n\r\n")
            assert wire.answer().status == 413, announced
    watch.check()


def test_two_polls_at_once_end_the_session():
    server, watch = target()
    poller = Poller(server.port)
    query = f"GET /socket.io/?EIO=4&transport=polling&sid={poller.session} HTTP/1.1\r\nHost: a\r\n\r\n"
    with raw.Wire(server.port) as first, raw.Wire(server.port) as second:
        first.send(query)
        second.send(query)
        answers = sorted([first.answer().status, second.answer().status])
    assert answers[1] == 400, answers
    watch.check()


def test_an_upgrade_that_goes_wrong_ends_nothing_else():
    server, watch = target()
    for probe in [[], ["x"], ["2"], ["2prob"], ["5"], ["2probe", "2probe"], ["2probe", "4x"], [""], ["2probe", "1"]]:
        poller = Poller(server.port)
        socket = raw.WebSocket(server.port, f"/socket.io/?EIO=4&transport=websocket&sid={poller.session}")
        assert socket.is_open, socket.opening
        for message in probe:
            socket.send(frame(TEXT, message))
        with contextlib.suppress(raw.Ended):
            if probe:
                socket.receive()
        socket.close()
        poller.post(b"40")
    for session in ["x", ""]:
        socket = raw.WebSocket(server.port,
            f"/socket.io/?EIO=4&transport=websocket&sid={session or Poller(server.port).session}x")
        assert not socket.is_open
        socket.close()
    watch.check()


def test_the_session_of_another_cannot_be_guessed():
    server, _ = target()
    sessions = [Poller(server.port).session for _ in range(200)]
    assert len(set(sessions)) == 200 and all(len(session) >= 20 for session in sessions), sessions[:3]
    for place in range(20):
        letters = {session[place] for session in sessions}
        assert len(letters) > 16, f"letter {place} of a session id has only the values {sorted(letters)}"
