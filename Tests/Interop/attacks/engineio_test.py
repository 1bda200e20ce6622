"""Engine.IO: sessions, payloads, heartbeats and upgrades that break the rules."""

from __future__ import annotations

import json
import re
import time

import harness
from attacks.arena import HURRIED_LOBBY, Arena, Group, parley, publish
from attacks.socketio_client import PATH, Polling, SocketIO
from attacks.wire import TEXT, Gone, Response, WebSocket, Wire, ask, frame, request

PART = "attack"
group = Group()
quick = Group("quick heartbeat", canary=HURRIED_LOBBY, command=lambda: parley(
    "--ping-interval", "300ms", "--ping-timeout", "2s", "--upgrade-timeout", "300ms"))
counted = Group("unjoined sessions", lambda: parley(
    "--unjoined-sessions", "20", "--ping-interval", "2s", "--ping-timeout", "4s"), env={})

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
    for number, query in enumerate(("&sid=", "&sid=a&sid=", "&sid")):
        # An address for each: nothing has to end in between.
        source = f"127.0.8.{10 + number}"
        answers = [ask(arena.port, "GET", OPEN + query, source=source).status for _ in range(21)]
        assert answers == [200] * 20 + [503], (query, answers)
        assert ask(arena.port, "GET", OPEN + query, source="127.0.8.5").status == 200


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
