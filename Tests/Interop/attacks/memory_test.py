"""Memory: what strangers and members can make the server keep, one by one and all together."""

from __future__ import annotations

import json

import harness
from attacks.arena import HASHING, MAX_GROWTH, MEBIBYTE, Arena, Group, parley, publish
from attacks.socketio_client import Polling, SocketIO
from attacks.wire import BINARY, TEXT, Wire, ask, frame, request

PART = "load"
# Buffers of megabytes come and go here, and the C library keeps what it once had for such.
group = Group(keeps=4 * MAX_GROWTH)
hashing = Group("short queue", lambda: parley("--password-queue", "32"))
tight = Group("few bytes for all", lambda: parley("--send-queues", "16MiB"))
crowded = Group("many strangers", lambda: parley("--unjoined-sessions", "100000"))

# --- Memory -----------------------------------------------------------------------------------------------------------

@group.case("200 bodies of 900 KB that do not end are bounded in all", deadline=180)
def _(arena: Arena) -> None:
    wires = []
    for _ in range(200):
        wire = Wire(arena.port)
        wire.send(request("POST", "/room/create", arena.port, {"Content-Length": "990000"}))
        wire.send_while_open(b" " * 900_000, seconds=0.2)
        wires.append(wire)
    arena.assert_well()
    for wire in wires:
        wire.reset()


@group.case("100 messages of 7 MB that do not end are bounded in all", deadline=180)
def _(arena: Arena) -> None:
    sockets, message = [], frame(TEXT, b"4" + b" " * 7_000_000, fin=False)
    for number in range(100):
        socket = SocketIO(arena.port)
        socket.connect()
        socket.call("join", {"room": "lobby", "user_id": f"large-{number}"})
        socket.send_while_open(message, seconds=0.2)
        sockets.append(socket)
    arena.assert_well()
    for socket in sockets:
        socket.reset()


@group.case("60 members who park 7 MB of attachments each are bounded in all", deadline=180)
def _(arena: Arena) -> None:
    placeholder = '{"_placeholder":true,"num":0}'
    sockets = []
    for number in range(60):
        socket = SocketIO(arena.port)
        socket.connect()
        socket.call("join", {"room": "lobby", "user_id": f"parking-{number}"})
        socket.send_text(f'459-["message",{placeholder}]')
        for _ in range(7):
            if socket.send_while_open(frame(BINARY, bytes(1_000_000)), seconds=0.2) < 1_000_000:
                break
        sockets.append(socket)
    arena.assert_well()
    for socket in sockets:
        socket.reset()


@group.case("60 POSTs of 7 MB to sessions of members are bounded in all", deadline=180)
def _(arena: Arena) -> None:
    wires = []
    for number in range(60):
        session = Polling(arena.port)
        join = json.dumps(["join", {"room": "lobby", "user_id": f"posting-{number}"}])
        assert session.post(f"40\x1e420{join}").status == 200
        wire = Wire(arena.port)
        wire.send(request("POST", session.target, arena.port, {"Content-Length": "7900000"}))
        wire.send_while_open(b"4" + b" " * 7_000_000, seconds=0.2)
        wires.append(wire)
    arena.assert_well()
    for wire in wires:
        wire.reset()


# A buffer that grew may have room for twice what it holds, and what it holds is what is counted.
@group.case("events that wait behind a slow one are bounded in all", growth=MAX_GROWTH + HASHING + 24 * MEBIBYTE,
            deadline=180)
def _(arena: Arena) -> None:
    assert ask(arena.port, "POST", "/room/create", body=b'{"room_id":"slow","password":"p"}').status in (200, 409)
    queue = []
    for number in range(200):
        wire = Wire(arena.port)
        wire.send(request("POST", "/chat/slow/verify", arena.port, body=b'{"password":"wrong"}'))
        queue.append(wire)
    members, message = [], frame(TEXT, b'42["message",{"room":"lobby","message":"' + b"a" * 4_000_000 + b'"}]')
    for number in range(10):
        socket = SocketIO(arena.port)
        socket.connect()
        socket.call("join", {"room": "lobby", "user_id": f"waiting-{number}"})
        # The password is looked at behind those of the queue, and what comes after this waits for it.
        socket.emit("join", {"room": "slow", "user_id": f"waiting-{number}", "password": "wrong"})
        for _ in range(10):
            socket.send_while_open(message, seconds=0.2)
        members.append(socket)
    arena.assert_well()
    for wire in queue + members:
        wire.reset()


@group.case("2,000 connections that do nothing cost little")
def _(arena: Arena) -> None:
    before = arena.memory
    wires = [Wire(arena.port) for _ in range(2000)]
    for wire in wires:
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for wire in wires:
        assert wire.response().status == 200
    grown = arena.memory - before
    assert grown < len(wires) * 16_384 + 8 * MEBIBYTE, f"{grown / len(wires):.0f} bytes for each"
    for wire in wires:
        wire.close()


@hashing.case("400 passwords at once wait for each other, and the rest is refused", growth=MAX_GROWTH + HASHING,
            deadline=180)
def _(arena: Arena) -> None:
    assert ask(arena.port, "POST", "/room/create", body=b'{"room_id":"hashing","password":"p"}').status in (200, 409)
    wires = []
    for number in range(400):
        wire = Wire(arena.port, f"127.0.7.{number % 250 + 1}")
        wire.send(request("POST", "/chat/hashing/verify", arena.port, body=b'{"password":"wrong"}'))
        wires.append(wire)
    statuses = []
    for wire in wires:
        with wire:
            statuses.append(wire.response().status)
    assert set(statuses) <= {401, 429, 503}, set(statuses)
    assert statuses.count(401) > 0


# --- Readers that do not read -----------------------------------------------------------------------------------------

@group.case("polls that nobody reads are bounded", deadline=180)
def _(arena: Arena) -> None:
    session = Polling(arena.port)
    join = json.dumps(["join", {"room": "lobby", "user_id": "absent"}])
    assert session.post(f"40\x1e420{join}").status == 200
    with SocketIO(arena.port) as writer:
        writer.connect()
        writer.call("join", {"room": "lobby", "user_id": "writer"})
        for number in range(600):
            content = {"room": "lobby", "user_id": "writer", "message": f"{number}" + "a" * 4900}
            writer.send_text("42" + json.dumps(["message", content]))
            if number % 50 == 49:
                writer.collect().clear()
        writer.collect()
    harness.wait_until(lambda: session.get().status == 400, "the session of who does not poll has ended")


@tight.case("what 100 sessions that never poll come back to is bounded in all", deadline=180)
def _(arena: Arena) -> None:
    """What one missed is written for that one alone, and waits for a poll."""
    leave = json.dumps(["leave", {"room": "lobby"}])
    sessions = []
    for number in range(100):
        session = Polling(arena.port)
        join = json.dumps(["join", {"room": "lobby", "user_id": f"visitor-{number}"}])
        assert session.post(f"40\x1e42{join}\x1e42{leave}").status == 200
        sessions.append((session, f"42{join}\x1e42{leave}"))
    with SocketIO(arena.port) as writer:
        writer.connect()
        writer.call("join", {"room": "lobby", "user_id": "writer"})
        for _ in range(4):
            for _ in range(52):
                writer.call("message", {"room": "lobby", "message": "\U0001f600" * 4990})
            for session, visit in sessions:
                session.post(visit)
    ended = sum(session.get().status == 400 for session, _ in sessions)
    assert ended > 0, "the sessions were sent more than all together may have waiting"


@group.case("answers that nobody reads are bounded", deadline=180)
def _(arena: Arena) -> None:
    targets = ["/", "/socket.io/socket.io.js", "/chat/lobby/messages?limit=1000"]
    page = b"".join(request("GET", target, arena.port) for target in targets)
    wires = [Wire(arena.port, receive_buffer=4096) for _ in range(100)]
    for wire in wires:
        wire.send_while_open(page * 500, seconds=0.02)
    for wire in wires:
        wire.reset()


@crowded.case("1,000 messages that were only announced cost nothing")
def _(arena: Arena) -> None:
    """Memory is taken for what has come, not for what a frame's head says will come."""
    sockets = [SocketIO(arena.port) for _ in range(1000)]
    for socket in sockets:
        socket.connect()
    before = arena.memory
    for socket in sockets:
        socket.send(frame(TEXT, b"42", length=99_000, width=64))
    arena.assert_well()
    each = (arena.memory - before) / len(sockets)
    print(f"    {each / 1024:.1f} KiB for each", flush=True)
    assert each <= 16 << 10, f"{each / 1024:.1f} KiB for an announced message"
    for socket in sockets:
        socket.reset()


publish(globals())
