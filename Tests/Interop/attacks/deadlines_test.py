"""Deadlines: whoever begins and does not end is cut, in his thousands too, and a byte now and then renews nothing."""

from __future__ import annotations

import threading
import time

from attacks.arena import HURRIED_LOBBY, Arena, Group, parley, publish
from attacks.socketio_client import PATH, Polling, SocketIO
from attacks.wire import (BINARY, CONTINUATION, PATIENCE, PING, TEXT, Gone, WebSocket, Wire, frame, handshake_fields,
                          request, wait_for_ends)

PART = "load"
MANY = ["--unjoined-sessions", "100000"]
SHORT = ["--head-time", "2s", "--body-time", "2s", "--idle-time", "4s"]
default = Group("defaults")
slow = Group("", lambda: parley(*SHORT))
quick = Group("quick heartbeat", canary=HURRIED_LOBBY, command=lambda: parley(
    *SHORT, *MANY, "--ping-interval", "300ms", "--ping-timeout", "2s", "--upgrade-timeout", "300ms"))
strangers = Group("strangers", lambda: parley(*MANY, "--connect-time", "3s", "--ping-interval", "300ms"))

THOUSAND = 1000
TARGET = f"{PATH}?EIO=4&transport=websocket"
UPGRADE = request("GET", TARGET, 1, handshake_fields())
POST = b"POST /room/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def is_cut(wire: Wire) -> bool:
    """Whether the connection has ended, or the server has said that it does and waits for the same of the client."""
    return wire.is_ended() or wire.buffer[-4:-2] == b"\x88\2" or wire.buffer[-2:] == b"\x88\0"


# --- The times of a server with its defaults --------------------------------------------------------------------------

class Clocks:
    """Clients that go on too slowly for a server with its defaults, and when each was cut.

    They run while the other cases do, for the longest takes 45 s.
    """

    DRIPS: dict[str, tuple[int, bytes, bytes]] = {
        "a head": (10, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"a"),
        "a handshake": (10, UPGRADE[:-2] + b"X: ", b"a"),
        "a body": (30, POST + b"Content-Length: 100000\r\n\r\n", b"a"),
        "chunks": (30, POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        "pongs, and no namespace": (45, UPGRADE, frame(TEXT, b"3")),
        "wishes for namespaces that nobody has": (45, UPGRADE, frame(TEXT, b"40/nothing,")),
    }

    def __init__(self, arena: Arena) -> None:
        self._port = arena.port
        self.cut: dict[str, float] = {}
        self._threads = [threading.Thread(target=self._drip, args=(name,), daemon=True) for name in self.DRIPS]
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(4 * PATIENCE)

    def _drip(self, name: str) -> None:
        _, first, piece = self.DRIPS[name]
        with Wire(self._port) as wire:
            start = time.monotonic()
            wire.send(first)
            while not is_cut(wire) and time.monotonic() - start < 3 * PATIENCE:
                wire.send(piece)
                time.sleep(0.25)
            self.cut[name] = time.monotonic() - start


_clocks: list[Clocks] = []


@default.case("the clocks are started")
def _(arena: Arena) -> None:
    _clocks.append(Clocks(arena))


# --- Half-sent requests -----------------------------------------------------------------------------------------------

def assert_cut(arena: Arena, ways: list[tuple[bytes, bytes]], count: int = THOUSAND, answer: bytes = b"") -> None:
    """Many connections that send one of these and no more, or a piece of it now and then: all are cut.

    `answer` is how all that they are sent begins.
    """
    descriptors, threads = arena.descriptors, arena.threads
    wires = []
    for number in range(count):
        make, drip = ways[number % len(ways)]
        wire = Wire(arena.port)
        wire.send(make)
        wires.append((wire, drip))
    deadline = time.monotonic() + 2 * PATIENCE
    left = wires
    while left and time.monotonic() < deadline:
        arena.assert_well()
        for wire, drip in left:
            if drip:
                wire.send(drip)
        time.sleep(0.2)
        left = [(wire, drip) for wire, drip in left if not is_cut(wire)]
    assert not left, f"{len(left)} of {count} connections were not cut"
    for wire, _ in wires:
        assert wire.buffer.startswith(answer), wire.buffer[:200]
        wire.close()
    arena.settles(descriptors, threads + 1)


CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HALVES: dict[str, list[tuple[bytes, bytes]]] = {
    "nothing, one byte, or line ends": [(b"", b""), (b"G", b""), (b"\r\n", b"")],
    "half a head": [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: y", b""), (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"y"),
        (b"GET /", b"a"), (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A", b"")],
    "half a handshake": [(UPGRADE[:-20], b""), (UPGRADE[:-2] + b"X: ", b"y")],
    "half a body": [
        (POST + b'Content-Length: 5000\r\n\r\n{"room_id":', b""), (POST + b"Content-Length: 5000\r\n\r\n", b"a"),
        (POST + b"Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n", b"")],
    "half of what comes in chunks": [
        (CHUNKS + b"1000\r\nabc", b""), (CHUNKS + b"1000\r\n", b"a"), (CHUNKS + b"10", b""), (CHUNKS, b"1\r\na\r\n"),
        (CHUNKS + b"0\r\nX: y\r\n", b""), (CHUNKS + b"0\r\nX: ", b"y")],
    "one request, and no second": [(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"")],
}
for title, ways in HALVES.items():
    slow.add(f"1,000 connections with {title}, still or dripping",
             lambda arena, ways=ways: assert_cut(arena, ways), deadline=180)


@slow.case("100 POSTs to sessions that stop halfway end them", deadline=180)
def _(arena: Arena) -> None:
    sessions = [Polling(arena.port) for _ in range(100)]
    wires = []
    for session in sessions:
        wire = Wire(arena.port)
        wire.send(request("POST", session.target, arena.port, {"Content-Length": "1000"}) + b"4")
        wires.append(wire)
    assert wait_for_ends(wires) == 0
    for wire, session in zip(wires, sessions):
        wire.close()
        assert session.post("6").status == 400


# --- Heartbeats -------------------------------------------------------------------------------------------------------

HEARTLESS: list[tuple[bytes, bytes]] = [(UPGRADE + data, drip) for data, drip in [
    (frame(TEXT, b"4" * 1000)[:500], b""), (frame(TEXT, b"4")[:1], b""), (frame(TEXT, b"4" * 70_000)[:9], b""),
    (frame(BINARY, b"a", fin=False), b""), (frame(TEXT, b"40"), b""), (frame(TEXT, b"40"), frame(PING, b"a")),
    (frame(TEXT, b"4", fin=False), frame(CONTINUATION, b"a", fin=False)),
    (frame(BINARY, bytes(1000))[:8], b"a"),
]]


@quick.case("1,000 WebSockets that answer no ping: unfinished frames, fragments without end, pings of their own")
def _(arena: Arena) -> None:
    assert_cut(arena, HEARTLESS, answer=b"HTTP/1.1 101")


# --- Who joins no namespace -------------------------------------------------------------------------------------------

@strangers.case("1,000 WebSockets that answer pings, send pings and wish for namespaces that nobody has")
def _(arena: Arena) -> None:
    drips = [frame(TEXT, b"3"), frame(PING, b"a"), frame(TEXT, b"40/nothing,"), b""]
    assert_cut(arena, [(UPGRADE, drip) for drip in drips], answer=b"HTTP/1.1 101")


def poll_on(session: Polling) -> None:
    """Polls and answers pings until the session has ended."""
    deadline = time.monotonic() + 2 * PATIENCE
    while (answer := session.get()).status == 200 and time.monotonic() < deadline:
        if "2" in answer.text.split("\x1e"):
            session.post("3")
    assert answer.status == 400, answer


@strangers.case("20 sessions that poll and join no namespace")
def _(arena: Arena) -> None:
    threads = [threading.Thread(target=poll_on, args=(Polling(arena.port),), daemon=True) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(3 * PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "some sessions go on"


@strangers.case("an upgrade is no namespace")
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    with WebSocket(arena.port, session.target.replace("polling", "websocket")) as socket:
        socket.send_text("2probe")
        assert socket.text() == "3probe"
        socket.send_text("5")
        try:
            while True:
                socket.text()
        except Gone:
            pass


@strangers.case("who has joined one stays")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        start = time.monotonic()
        while time.monotonic() - start < 4.5:
            socket.ping()
            time.sleep(0.1)


# --- The clocks, at the end -------------------------------------------------------------------------------------------

@default.case("a head has 10 s, a body 30 s, a namespace 45 s, and what drips in renews nothing", deadline=240)
def _(arena: Arena) -> None:
    clocks = _clocks.pop() if _clocks else Clocks(arena)
    clocks.wait()
    for name, (least, _, _) in Clocks.DRIPS.items():
        cut = clocks.cut.get(name)
        assert cut is not None and cut >= least - 0.5, f"{name}: cut after {cut} s"
        print(f"    {name}: cut after {cut:.1f} s", flush=True)
        # Wide, for a machine that is busy with other things.
        assert cut < least + PATIENCE, f"{name}: cut after {cut:.0f} s"


publish(globals())
