"""Load that is meant to harm: stalled readers, slow senders, floods of connections. Memory and descriptors
are bounded, and whoever behaves is served as before."""

import json
import os
import pathlib
import socket
import threading
import time

import harness
import parley
import raw
import support

PART = "load"
PASSWORD = "correct horse"


def drain(wire, patience=harness.PATIENCE):
    """Reads until the server ends the connection; fails where it does not."""
    wire.socket.settimeout(patience)
    while True:
        try:
            if not wire.socket.recv(1 << 20):
                return
        except ConnectionError:
            return


def test_stalled_readers_are_cut_and_the_others_hear_everything():
    """L1: what waits for one who does not read is bounded, and then he is cut."""
    server = parley.serve()
    room = parley.Room(server, "stalled", PASSWORD).create()
    stalled = [raw.WebSocket(server.port, receive_buffer=4096).join(room.name, f"stalled{n}",
        PASSWORD) for n in range(20)]
    reader = raw.WebSocket(server.port).join(room.name, "reader", PASSWORD)
    sender = raw.WebSocket(server.port).join(room.name, "sender", PASSWORD)
    heard = []

    def listen():
        while len(heard) < 4000:
            text = reader.text()
            if text.startswith('42["message"'):
                heard.append(json.loads(text[2:])[1]["message"][:6])

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    before = raw.resident(server.pid)
    largest = 0
    for start in range(0, 4000, 50):
        for number in range(start, start + 50):
            payload = json.dumps(["message", {"room": room.name, "message": f"{number:06d}{'x' * 4990}"}])
            sender.say(f"42{number}{payload}")
        answered = 0
        while answered < 50:
            answered += sender.text().startswith("43")
        largest = max(largest, raw.resident(server.pid) - before)
    listener.join(harness.PATIENCE)
    assert heard == [f"{number:06d}" for number in range(4000)], f"heard {len(heard)}"
    for wire in stalled:
        drain(wire)
    # A queue of 1 MiB for each, shared besides, and what serving takes at all.
    assert largest < 96 << 20, f"grew by {largest >> 20} MiB"
    print(f"  grew by {largest >> 20} MiB at most")


test_stalled_readers_are_cut_and_the_others_hear_everything.deadline = 300


def slow_requests(port):
    """One of each kind of client that begins and does not end."""
    upgrade = ("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n"
               "Upgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n")
    return [
        ("nothing at all", ""), ("half a line", "GET / HT"), ("half a head", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n"),
        ("half a field", "GET / HTTP/1.1\r\nHost: a\r\nX-A"), ("half a handshake", upgrade),
        ("half a body", "POST /room/create HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"),
        ("half a chunk", "POST /room/create HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        ("half a size", "POST /room/create HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nf"),
    ]


def test_a_thousand_slow_clients_starve_nobody_and_are_cut():
    """L2: heads and bodies have deadlines, which a dripped byte does not renew."""
    server = parley.serve("--head-time", "3s", "--body-time", "3s", "--idle-time", "3s")
    watch = raw.Watch(server)
    wires = []
    for _ in range(125):
        for title, start in slow_requests(server.port):
            wire = raw.Wire(server.port)
            wire.send(start)
            wires.append((title, wire))
    assert len(wires) == 1000
    stop = threading.Event()

    def drip():
        while not stop.is_set():
            for title, wire in wires[::2]:
                # A byte that goes on with whatever was begun.
                if title != "nothing at all":
                    wire.send(b"1")
            stop.wait(0.2)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    slowest = 0.0
    for _ in range(20):
        start = time.monotonic()
        with raw.Wire(server.port) as canary:
            canary.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert canary.answer().status == 200
        slowest = max(slowest, time.monotonic() - start)
    for title, wire in wires:
        try:
            drain(wire)
        except TimeoutError:
            raise AssertionError(f"a client with {title} was not cut") from None
    stop.set()
    dripping.join()
    with raw.Wire(server.port) as canary:
        canary.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert canary.answer().status == 200
    assert raw.resident(server.pid) - watch.before < 64 << 20
    print(f"  the slowest answer to somebody else took {slowest * 1000:.0f} ms")


test_a_thousand_slow_clients_starve_nobody_and_are_cut.deadline = 300


def needs_proc():
    if not pathlib.Path("/proc/self/fd").exists():
        raise support.Skip("this system has no /proc")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_without_descriptors_it_waits_and_goes_on():
    """L8: at 256 descriptors and 1,000 connections nothing ends, nothing spins, and room is used again."""
    needs_proc()
    server = harness.ServerProcess(
        ["bash", "-c", 'ulimit -n 256 && exec "$0" "$@"', str(support.binary()), "serve", "--port", "{port}", "--data",
        "{data}/data",
         "--public", str(support.ROOT / "Public")], parley.QUIET)
    old = raw.WebSocket(server.port).connect()
    wires = []
    for _ in range(1000):
        wire = socket.socket()
        wire.setblocking(False)
        wire.connect_ex(("127.0.0.1", server.port))
        wires.append(wire)
    harness.wait_until(lambda: raw.open_files(server.pid) >= 200, "the descriptors are used up")
    time.sleep(0.5)
    start, used = time.monotonic(), processor_seconds(server.pid)
    time.sleep(2)
    share = (processor_seconds(server.pid) - used) / (time.monotonic() - start)
    assert share < 0.5, f"{share:.0%} of a core while it is full"
    old.call('421["typing",{"room":"nowhere"}]', "431")
    for wire in wires:
        wire.close()

    def accepts_again():
        try:
            with raw.Wire(server.port) as wire:
                wire.socket.settimeout(1)
                wire.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return wire.answer().status == 200
        except (OSError, raw.Ended):
            return False

    harness.wait_until(accepts_again, "a new client is served")
    old.call('422["typing",{"room":"nowhere"}]', "432")
    print(f"  {share:.0%} of a core while full")


def test_a_message_that_was_only_announced_costs_nothing():
    """L10: memory is taken for what has come, not for what a frame's head says will come."""
    server = parley.serve("--unjoined-sessions", "100000")
    wires = [raw.WebSocket(server.port).connect() for _ in range(1000)]
    before = raw.resident(server.pid)
    for wire in wires:
        wire.send(raw.frame(raw.TEXT, b"42", length=99_000))
    # Answered behind the last of them, on each loop.
    parley.Room(server, "after", PASSWORD).create().history()
    each = (raw.resident(server.pid) - before) / len(wires)
    assert each <= 16 << 10, f"{each / 1024:.1f} KiB for an announced message"
    for wire in wires:
        wire.close()
    print(f"  {each / 1024:.1f} KiB for each")
