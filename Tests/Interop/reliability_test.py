"""What a server that is left alone for long must hold: durable answers, and nothing left of clients that went.

RELIABILITY_CYCLES sets how many clients come and go (default 5,000).
"""

import base64
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

import harness
import support
from chat_client import PASSWORD, Guest, House

CYCLES = int(os.environ.get("RELIABILITY_CYCLES", "5000"))
IDLE_CLIENTS = 500


# --- The wire, without a client's own costs ---------------------------------------------------------------------------


def websocket(port: int) -> socket.socket:
    """A connection that has joined the namespace `/`."""
    stream = socket.create_connection(("127.0.0.1", port), harness.PATIENCE)
    key = base64.b64encode(os.urandom(16)).decode()
    stream.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
    read_until(stream, b"pingInterval")
    stream.sendall(frame(b"40"))
    read_until(stream, b'40{"sid"')
    return stream


def frame(text: bytes, opcode: int = 0x81) -> bytes:
    """A short frame, masked with zeros."""
    return bytes([opcode, 0x80 | len(text), 0, 0, 0, 0]) + text


def read_until(stream: socket.socket, mark: bytes) -> bytes:
    read = b""
    while mark not in read:
        some = stream.recv(4096)
        assert some, f"the server closed the connection after {read!r}"
        read += some
    return read


def ended(stream: socket.socket) -> bool:
    """Whether the server has closed the connection; what it sent before is skipped."""
    stream.setblocking(False)
    try:
        while stream.recv(65_536):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


# --- What a process holds ---------------------------------------------------------------------------------------------


def proc(pid: int) -> pathlib.Path:
    folder = pathlib.Path(f"/proc/{pid}")
    if not folder.exists():
        raise support.Skip("this system has no /proc to read a process's memory from")
    return folder


def resident(pid: int) -> int:
    """Bytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", (proc(pid) / "status").read_text())[1]) * 1024


def descriptors(pid: int) -> int:
    return len(list((proc(pid) / "fd").iterdir()))


def threads(pid: int) -> int:
    return len(list((proc(pid) / "task").iterdir()))


class TracedHouse(House):
    """A server whose syncs are noted in a file; -D lets it keep the place that signals are sent to."""

    def __init__(self, strace: str, trace: pathlib.Path) -> None:
        command = [strace, "-D", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace)]
        command += [harness.program("parley"), "serve", "--port", "{port}", "--data", "{data}"]
        self.server = harness.ServerProcess(command, {"PARLEY_RATE_LIMITS": "off"})
        self._rooms = 0


# --- Tests ------------------------------------------------------------------------------------------------------------


def test_no_message_is_acknowledged_before_a_sync():
    strace = shutil.which("strace")
    probe = [strace or "", "-D", "-f", "-qq", "-o", "/dev/null", "true"]
    if not strace or subprocess.run(probe, capture_output=True).returncode:
        raise support.Skip("strace is missing, or may not trace here; it counts the syncs")
    with support.directory() as folder:
        trace = folder / "trace"
        house = TracedHouse(strace, trace)

        def syncs() -> int:
            """Those that have ended."""
            return len(re.findall(r"\bf(?:data)?sync\b.*= 0$", trace.read_text(), re.MULTILINE))

        with Guest(house) as guest:
            room = house.room()
            guest.join(room, "ann")
            for number in range(50):
                before = syncs()
                answer = guest.ask("message", room=room, user_id="ann", message=f"message {number}")
                assert answer["status"] == "success", answer
                assert syncs() > before, f"message {number} was acknowledged before it was on the disk"
        house.server.stop()


def test_nothing_is_left_of_clients_that_came_and_went():
    house = House()
    pid, port = house.server.pid, house.server.port

    def cycle(count: int) -> None:
        for number in range(count):
            stream = websocket(port)
            # Half of them say goodbye.
            if number % 2:
                stream.sendall(frame(b"41") + frame(b"\x03\xe8", 0x88))
            stream.close()

    cycle(CYCLES // 4)
    idle = descriptors(pid)
    memory, count = resident(pid), threads(pid)
    cycle(CYCLES)
    harness.wait_until(lambda: descriptors(pid) <= idle + 10, "the descriptors are closed")
    grown = resident(pid) / memory - 1
    assert grown < 0.1 or resident(pid) - memory < 4 << 20, f"memory grew by {grown:.0%} to {resident(pid)} bytes"
    # The runtime's own pool gives idle threads back, and may start a few again.
    assert threads(pid) <= count + 4, (threads(pid), count)
    house.server.stop()


test_nothing_is_left_of_clients_that_came_and_went.deadline = 120 + CYCLES // 20


def test_abandoned_sessions_end():
    interval, timeout = 0.5, 0.5
    house = House(PARLEY_PING_INTERVAL="500ms", PARLEY_PING_TIMEOUT="500ms")
    room = house.room()
    with Guest(house) as watcher:
        watcher.join(room, "watcher")
        gone = websocket(house.server.port)
        # Joins, and then neither answers pings nor closes.
        gone.sendall(frame(
            f'42["join",{{"room":"{room}","user_id":"gone","password":"{PASSWORD}"}}]'.encode()))
        watcher.wait("online_count", count=2)
        start = time.monotonic()
        watcher.wait("status", msg="👋 gone has disconnected")
        took = time.monotonic() - start
        assert took < interval + timeout + 5, f"it took {took:.1f} s"
        harness.wait_until(lambda: ended(gone), "the connection is closed")
    house.server.stop()


def test_an_idle_connection_is_cheap():
    house = House()
    pid = house.server.pid
    kept = [websocket(house.server.port) for _ in range(100)]
    before = resident(pid)
    kept += [websocket(house.server.port) for _ in range(IDLE_CLIENTS)]
    each = (resident(pid) - before) / IDLE_CLIENTS
    for stream in kept:
        stream.close()
    assert each <= 16 << 10, f"{each:.0f} bytes for each"
    house.server.stop()


if __name__ == "__main__":
    harness.alone(__file__)
