"""L3: everybody is cut at once and comes back at once: all are in their rooms again, others are answered meanwhile, and
no password is hashed for those who show a token. Latencies are told and never asserted.

STORM_CLIENTS sets how many clients there are (default 500).
"""

from __future__ import annotations

import concurrent.futures
import os
import time

import harness
import parley
from attacks.arena import LOBBY, Canary, allow_many_connections
from attacks.socketio_client import SocketIO
from stalled_readers_test import resident

PART = "load"
CLIENTS = int(os.environ.get("STORM_CLIENTS", "500"))
STORMS = 3
THREADS = 4
PER_ROOM = 50
MEBIBYTE = 1 << 20


class Visitor:
    """A guest with a guest token, who comes back with it."""

    def __init__(self, server: harness.ServerProcess, number: int) -> None:
        self.server, self.name, self.room = server, f"guest{number}", f"storm-{number // PER_ROOM}"
        self.proof: dict[str, str] = {}
        self.client: SocketIO | None = None

    def come(self) -> float:
        """Connects and joins; how long that took."""
        begin = time.monotonic()
        # Of an address, no more than some hundred may be without a namespace.
        self.client = SocketIO(self.server.port)
        self.client.connect()
        answer = self.client.call("join", {"room": self.room, "user_id": self.name, **self.proof})
        assert answer["status"] == "success", answer
        if token := answer.get("guest_token"):
            self.proof = {"guest_token": token}
        return time.monotonic() - begin

    def is_cut(self) -> None:
        self.client.reset()


def cpu(pid: int) -> float:
    """Seconds that the process has used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_all_come_back_at_once_and_others_are_answered():
    allow_many_connections()
    server = parley.serve("--ping-interval", "1h")
    for number in range(-(-CLIENTS // PER_ROOM)):
        parley.Room(server, f"storm-{number}", "correct horse").create().admit_this_machine()
    visitors = [Visitor(server, number) for number in range(CLIENTS)]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(Visitor.come, visitors))
        canary, before, told = Canary(server.port, LOBBY), resident(server.pid), []
        for _ in range(STORMS):
            for visitor in visitors:
                visitor.is_cut()
            begin, used = time.monotonic(), cpu(server.pid)
            times = sorted(pool.map(Visitor.come, visitors))
            told.append(f"{time.monotonic() - begin:.1f} s ({times[len(times) * 99 // 100] * 1000:.0f} ms at most for "
                        f"99 of 100, {(cpu(server.pid) - used) / CLIENTS * 1000:.2f} ms of the server's time for each)")
            canary.assert_well()
    for visitor in visitors:
        # Each is in its room, and hears it.
        visitor.client.call("typing", {"room": visitor.room, "is_typing": False})
    grown = resident(server.pid) - before
    canary.stop()
    for visitor in visitors:
        visitor.is_cut()
    assert grown < 64 * MEBIBYTE, f"grew by {grown / MEBIBYTE:.0f} MiB"
    assert server.stop() == 0
    print(f"  {CLIENTS} clients were back within {', '.join(told)}; grew by {grown / MEBIBYTE:.1f} MiB; another was "
          f"answered within {canary.slowest * 1000:.0f} ms")


test_all_come_back_at_once_and_others_are_answered.deadline = 300 + CLIENTS // 5


if __name__ == "__main__":
    harness.alone(__file__)
