"""Load that is meant to harm: stalled readers, slow senders, floods of connections. Memory and descriptors
are bounded, and whoever behaves is served as before."""

import json
import os
import pathlib
import socket
import subprocess
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


def threads(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(next(line.split()[1] for line in status if line.startswith("Threads:")))


def test_twenty_thousand_connections_come_and_go_and_leave_nothing():
    """L6: memory, descriptors and threads are afterwards what they were."""
    needs_proc()
    server = parley.serve("--ping-interval", "1s", "--ping-timeout", "1s")

    def cycles(count):
        done = subprocess.run(
            [support.binary(), "bench", "handshake", "--url", server.url, "--clients", "50", "--messages", str(count),
             "--seconds", "240", "--json"], capture_output=True, text=True, env=support.environment())
        assert done.stdout.startswith("{"), done

    # Sessions, descriptors and buffers that a busy server keeps are there after the first few.
    cycles(10_000)
    harness.wait_until(lambda: raw.open_files(server.pid) < 100, "the connections are gone")
    before = (raw.resident(server.pid), raw.open_files(server.pid), threads(server.pid))
    cycles(20_000)
    harness.wait_until(lambda: raw.open_files(server.pid) <= before[1] + 10, "every descriptor is given back")
    after = (raw.resident(server.pid), raw.open_files(server.pid), threads(server.pid))
    assert after[2] == before[2], f"{before[2]} threads became {after[2]}"
    assert after[0] <= before[0] * 1.1 + (4 << 20), f"{before[0] >> 10} KiB became {after[0] >> 10} KiB"
    print(f"  {before[0] >> 10} KiB before, {after[0] >> 10} KiB after")


test_twenty_thousand_connections_come_and_go_and_leave_nothing.deadline = 600


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


def test_an_idle_connection_costs_little():
    """L10: at most 16 KiB of memory for each, and little more for one that has begun a large message."""
    needs_proc()
    server = parley.serve("--unjoined-sessions", "100000")
    warm = [raw.WebSocket(server.port).connect() for _ in range(200)]
    before = raw.resident(server.pid)
    idle = [raw.WebSocket(server.port).connect() for _ in range(2000)]
    each = (raw.resident(server.pid) - before) / len(idle)
    assert each <= 16 << 10, f"{each / 1024:.1f} KiB for an idle connection"
    before = raw.resident(server.pid)
    for wire in idle:
        wire.send(raw.frame(raw.TEXT, b"42", length=99_000))
    parley.Room(server, "after", PASSWORD).create()
    announced = (raw.resident(server.pid) - before) / len(idle)
    assert announced <= 16 << 10, f"{announced / 1024:.1f} KiB for an announced message"
    for wire in warm + idle:
        wire.close()
    print(f"  {each / 1024:.1f} KiB idle, {announced / 1024:.1f} KiB more for a message that was only announced")


test_an_idle_connection_costs_little.deadline = 300
