"""L1: a room in which a hundred read nothing while the others talk. What waits for one who does not read is bounded,
then he is cut, and the log says why; everybody else hears everything, once and in order.

By hand, with the release build and an idle machine: STALLED_SECONDS=60 makes it nine hundred others and a thousand
messages a second. Latencies are told and never asserted.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import select
import statistics
import threading
import time

import harness
import parley
import support
from attacks.arena import allow_many_connections
from attacks.socketio_client import SocketIO
from attacks.wire import Wire, wait_for_ends

PART = "load"
STALLED = 100
SECONDS = int(os.environ.get("STALLED_SECONDS", "0"))
"""0 is the short form, whose messages are long so that few of them fill a queue."""

OTHERS = 900 if SECONDS else 100
RATE = 1000
MESSAGES = SECONDS * RATE if SECONDS else 1500
LENGTH = 100 if SECONDS else 4000
PROBES = 5
"""Those of the others whose every message is looked at."""

QUEUE = 1 << 20
"""The default of socketio.send-queue."""

SAID = re.compile(rb'"message":"(\d{6}) (\d+) ')
MARK = b'42["message"'


class Crowd:
    """A room, and what lets one in without a password to be hashed."""

    def __init__(self, server: harness.ServerProcess) -> None:
        self.port, self.room = server.port, "crowd"
        parley.Room(server, self.room, "correct horse").create()
        self.token = parley.post(f"{server.url}/chat/{self.room}/verify", password="correct horse")["token"]

    def member(self, name: str, source: str | None = None, receive_buffer: int | None = None) -> SocketIO:
        client = SocketIO(self.port, source=source, receive_buffer=receive_buffer)
        client.connect()
        answer = client.call("join", {"room": self.room, "user_id": name, "token": self.token})
        assert answer["status"] == "success", answer
        return client


class Ear:
    """What one client heard: counted, or looked at one by one."""

    def __init__(self, wire: Wire, is_probe: bool) -> None:
        self.socket = wire.socket
        self.count = wire.buffer.count(MARK)
        self.is_probe = is_probe
        self.numbers: list[int] = []
        self.latencies: list[float] = []
        self._rest = b""

    def hear(self) -> bool:
        """Reads what is there; false at the end of the stream."""
        data = self.socket.recv(1 << 20)
        if self.is_probe:
            self._look(data)
        else:
            text = self._rest + data
            self.count += text.count(MARK)
            self._rest = text[-(len(MARK) - 1):]
        return bool(data)

    def _look(self, data: bytes) -> None:
        text, now = self._rest + data, time.monotonic_ns()
        end = 0
        for said in SAID.finditer(text):
            self.numbers.append(int(said[1]))
            self.latencies.append((now - int(said[2])) / 1e6)
            end = said.end()
        self.count = len(self.numbers)
        self._rest = text[max(end, len(text) - 64):]


def listen(crowd: Crowd, start: int, count: int, is_probe: bool, ready, result) -> None:
    """In a process of its own: `count` members who hear until each has all messages."""
    allow_many_connections()
    ears = [Ear(crowd.member(f"other{start + n}"), is_probe) for n in range(count)]
    ready.put(count)
    poll = select.epoll()
    by_descriptor = {ear.socket.fileno(): ear for ear in ears}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    missing = len(ears)
    while missing:
        for descriptor, _ in poll.poll():
            ear = by_descriptor[descriptor]
            if not ear.hear():
                poll.unregister(descriptor)
                missing -= 1
            elif ear.count >= MESSAGES:
                poll.unregister(descriptor)
                missing -= 1
        if not is_probe:
            # Many messages at a time cost this end less.
            time.sleep(0.02)
    result.put([(ear.count, ear.numbers, ear.latencies) for ear in ears])


def talk(sender: SocketIO, room: str) -> float:
    """Says all messages at the rate, or slower where the answers do; the messages a second that it came to."""
    filler = "x" * LENGTH
    batch = RATE // 50
    begin = time.monotonic()
    for start in range(0, MESSAGES, batch):
        for number in range(start, min(start + batch, MESSAGES)):
            text = f"{number:06d} {time.monotonic_ns()} {filler}"
            sender.send_text(f'42{number}["message",{json.dumps({"room": room, "message": text})}]')
        answered = 0
        while answered < min(batch, MESSAGES - start):
            text = sender.text()
            if text.startswith("43"):
                assert '"status":"success"' in text, text
                answered += 1
        time.sleep(max(0.0, begin + (start + batch) / RATE - time.monotonic()))
    return MESSAGES / (time.monotonic() - begin)


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024


def watch_memory(pid: int, stop: threading.Event, seen: list[int]) -> None:
    while not stop.wait(0.05):
        seen.append(resident(pid))


def test_those_who_read_nothing_are_cut_and_the_others_hear_everything():
    if not os.path.exists("/proc/self/status"):
        raise support.Skip("this system has no /proc to read a process's memory from")
    allow_many_connections()
    # No heartbeat: its answers would be one more thing to do for a thousand clients of a test.
    server = parley.serve("--ping-interval", "1h", "--threads", "2")
    crowd = Crowd(server)
    context = multiprocessing.get_context("fork")
    ready, result = context.Queue(), context.Queue()
    arguments = [(0, PROBES, True), (PROBES, OTHERS - PROBES, False)]
    listeners = [
        context.Process(target=listen, args=(crowd, *each, ready, result), daemon=True)
        for each in arguments]
    for listener in listeners:
        listener.start()
        ready.get(timeout=harness.PATIENCE * 4)
    # Each from an address of its own, for the log has no room for much that one address causes.
    stalled = [crowd.member(f"stalled{n}", f"127.0.1.{n + 1}", receive_buffer=4096) for n in range(STALLED)]
    sender = crowd.member("sender")
    before, sizes, stop = resident(server.pid), [], threading.Event()
    watcher = threading.Thread(target=watch_memory, args=(server.pid, stop, sizes), daemon=True)
    watcher.start()
    rate = talk(sender, crowd.room)
    heard = [each for _ in listeners for each in result.get(timeout=harness.PATIENCE * 4)]
    # Before anybody reads for them: the cut is the server's own decision.
    harness.wait_until(lambda: count_cuts(server) == STALLED, f"{STALLED} are cut, with the reason in the log")
    left = wait_for_ends(stalled)
    stop.set()
    watcher.join()
    assert [count for count, _, _ in heard] == [MESSAGES] * OTHERS, sorted(count for count, _, _ in heard)[:10]
    for _, numbers, _ in heard:
        assert numbers in ([], list(range(MESSAGES))), "not each message once and in order"
    assert left == 0, f"{left} of those who read nothing were not cut"
    assert count_cuts(server) == STALLED, "others were cut, too"
    grown = max(sizes) - before
    # What waits for the stalled, and what serving takes at all.
    assert grown < STALLED * QUEUE + (64 << 20), f"grew by {grown >> 20} MiB"
    tell(rate, grown, sorted(each for _, _, latencies in heard for each in latencies))


test_those_who_read_nothing_are_cut_and_the_others_hear_everything.deadline = 300 + 5 * SECONDS


def count_cuts(server: harness.ServerProcess) -> int:
    return sum("read too slowly" in line for line in server.lines)


def tell(rate: float, grown: int, latencies: list[float]) -> None:
    half, most = statistics.median(latencies), latencies[len(latencies) * 99 // 100]
    print(f"  {MESSAGES} messages to {OTHERS} others at {rate:.0f} a second: half of them within {half:.1f} ms, "
          f"99 of 100 within {most:.1f} ms; memory grew by {grown >> 20} MiB at most")


if __name__ == "__main__":
    harness.alone(__file__)
