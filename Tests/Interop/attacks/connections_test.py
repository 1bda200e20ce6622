"""Connections: more than there are descriptors, floods, comings and goings; and what is logged of it all."""

from __future__ import annotations

import json
import os
import time

import harness
from attacks.arena import HURRIED_LOBBY, MEBIBYTE, Arena, Group, limited, parley, publish
from attacks.socketio_client import PATH, Polling, SocketIO
from attacks.wire import TEXT, WebSocket, Wire, ask, frame, handshake_fields, request

PART = "load"
few = Group("few descriptors", lambda: limited(parley("--head-time", "60s"), 256))
quick = Group("quick heartbeat", canary=HURRIED_LOBBY, command=lambda: parley(
    "--head-time", "2s", "--body-time", "2s", "--idle-time", "4s",
    "--ping-interval", "300ms", "--ping-timeout", "2s", "--upgrade-timeout", "300ms"))
quiet = Group("log")
loud = Group("log of everything", lambda: parley("--log-level", "debug"))

THOUSAND = 1000
OPEN = f"{PATH}?EIO=4&transport=polling"
TARGET = f"{PATH}?EIO=4&transport=websocket"


# --- Descriptors ------------------------------------------------------------------------------------------------------

@few.case("1,000 connections for 256 descriptors", deadline=180)
def _(arena: Arena) -> None:
    descriptors, threads = arena.descriptors, arena.threads
    wires = []
    for _ in range(THOUSAND):
        wire = Wire(arena.port)
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        wires.append(wire)
    harness.wait_until(lambda: not arena.measures or arena.descriptors > 250, "the descriptors are used up")
    start, used = time.monotonic(), cpu_seconds(arena)
    while time.monotonic() - start < 2:
        # The canary is served on connections that it had before.
        arena.canary.assert_well()
        time.sleep(0.1)
    busy = (cpu_seconds(arena) - used) / (time.monotonic() - start)
    print(f"    {busy:.0%} of a core while it is full, with the canary", flush=True)
    for wire in wires:
        wire.reset()
    start = time.monotonic()
    assert ask(arena.port, "GET", "/healthz").status == 200
    print(f"    a new client was served {time.monotonic() - start:.2f} s after there was room again", flush=True)
    arena.settles(descriptors, threads + 1)


@few.case("what needs a descriptor is refused while there is none, and works when there is one", deadline=180)
def _(arena: Arena) -> None:
    assert ask(arena.port, "POST", "/room/create", body=b'{"room_id":"full","password":"p"}').status in (200, 409)
    with Wire(arena.port) as early, SocketIO(arena.port) as member:
        early.send(request("GET", "/healthz", arena.port))
        assert early.response().status == 200
        member.connect()
        assert member.call("join", {"room": "full", "user_id": "early", "password": "p"})["status"] == "success"
        wires = []
        for _ in range(THOUSAND // 2):
            wire = Wire(arena.port)
            wire.send(b"GET /")
            wires.append(wire)
        for number in range(20):
            answer = member.call("message", {"room": "full", "user_id": "early", "message": f"{number}"})
            assert answer["status"] == "success", answer
        early.send(request("GET", "/chat/full/messages?password=p", arena.port))
        answer = early.response()
        assert answer.status == 200 and len(json.loads(answer.body)) == 20, answer
        for wire in wires:
            wire.reset()
    assert ask(arena.port, "GET", "/healthz").status == 200


def cpu_seconds(arena: Arena) -> float:
    try:
        fields = open(f"/proc/{arena.server.pid}/stat").read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- Coming and going -------------------------------------------------------------------------------------------------

def come_and_go(arena: Arena, number: int) -> None:
    """One of the ways in which a client comes, and one of those in which it goes."""
    way = number % 6
    if way == 0:
        wire = Wire(arena.port)
        wire.send(request("GET", "/healthz", arena.port))
        wire.response()
    elif way == 1:
        wire = Wire(arena.port)
        wire.send(request("GET", TARGET, arena.port, handshake_fields()) + frame(TEXT, b"40"))
    elif way == 2:
        wire = SocketIO(arena.port)
        wire.connect()
        wire.call("join", {"room": "lobby", "user_id": f"guest-{number % 20}-{number}"})
    elif way == 3:
        wire = Polling(arena.port).begin_get()
    elif way == 4:
        wire = Wire(arena.port)
        wire.send(request("GET", OPEN, arena.port))
    else:
        wire = Wire(arena.port)
    (wire.reset if number % 4 < 2 else wire.close)()


@quick.case("3,000 clients that come and go leave nothing behind", deadline=240)
def _(arena: Arena) -> None:
    for number in range(300):
        come_and_go(arena, number)
    descriptors, threads = arena.descriptors, arena.threads
    time.sleep(0.7)
    before = arena.memory
    for number in range(300, 3300):
        come_and_go(arena, number)
    arena.settles(descriptors, threads + 1)
    grown = arena.memory - before
    assert grown < 16 * MEBIBYTE, f"memory grew by {grown / MEBIBYTE:.1f} MiB"
    with SocketIO(arena.port) as socket:
        socket.connect()
        answer = harness.wait_until(lambda: only(socket), "the lobby is empty again")
        assert answer, answer


def only(socket: SocketIO) -> bool:
    """Whether nobody but the canary and the asker is in the lobby."""
    answer = socket.call("join", {"room": "lobby", "user_id": "last"})
    assert answer["status"] == "success", answer
    return [name for name in answer["online"] if not name.startswith("canary-")] == ["last"]


@quick.case("2,000 handshakes at once", deadline=180)
def _(arena: Arena) -> None:
    descriptors, threads = arena.descriptors, arena.threads
    wires = []
    for _ in range(2000):
        wire = Wire(arena.port)
        wire.send(request("GET", TARGET, arena.port, handshake_fields()))
        wires.append(wire)
    for wire in wires:
        assert wire.response().status in (101, 503)
        wire.reset()
    arena.settles(descriptors, threads + 1)


# --- The log ----------------------------------------------------------------------------------------------------------

def log_size(arena: Arena) -> int:
    return sum(len(line) + 1 for line in list(arena.server.lines))


@quiet.case("4,000 refused requests and messages write little into the log")
def _(arena: Arena) -> None:
    before = log_size(arena)
    for _ in range(1000):
        with Wire(arena.port) as wire:
            wire.send(b"GET / HTTP/1.1\nHost: a\r\n\r\n")
            wire.response()
        with WebSocket(arena.port) as socket:
            socket.send(frame(TEXT, b"40") + frame(TEXT, b"42[") + frame(15))
        ask(arena.port, "GET", f"{OPEN}&sid=nothing")
        ask(arena.port, "POST", "/room/create", body=b"{")
    written = log_size(arena) - before
    assert written < 100_000, f"{written} bytes were written"


@loud.case("4,000 refused requests write no more than 1 MB even when everything is logged")
def _(arena: Arena) -> None:
    before = log_size(arena)
    for number in range(1000):
        with Wire(arena.port) as wire:
            wire.send(b"GET /\x1b[2J\r HTTP/1.1\nHost: a\r\n\r\n")
            wire.response()
        with WebSocket(arena.port) as socket:
            socket.send(frame(TEXT, b"40") + frame(TEXT, b'42["\x1b[31m\\n' + b"a" * 5000) + frame(15))
        ask(arena.port, "GET", f"{OPEN}&sid=%0a{number}%1b[2J")
        ask(arena.port, "POST", "/room/create", body=b'{"room_id":"\\n\\u001b","password":"hunter22"')
    written = log_size(arena) - before
    assert written < MEBIBYTE, f"{written} bytes were written"
    text = "\n".join(arena.server.lines)
    assert "\x1b" not in text and "hunter22" not in text


publish(globals())
