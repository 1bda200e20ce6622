"""L7, L10: clients that want more than their share, by the means of ordinary clients: as many messages as they can
send, the longest pages of history again and again, everybody into one room at once. Latencies are told, and never
asserted."""

from __future__ import annotations

import json
import threading
import time

import harness
import parley
from attacks.arena import allow_many_connections
from attacks.socketio_client import SocketIO
from attacks.wire import TEXT, Wire, frame, request
from stalled_readers_test import resident

PART = "load"
MEBIBYTE = 1 << 20


class Canary:
    """A member of the lobby who says something now and then, and how long each answer took."""

    def __init__(self, port: int) -> None:
        self.client = member(port, "canary")
        self.latencies: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            begin = time.monotonic()
            answer = self.client.call("message", {"room": "lobby", "message": "x"})
            self.latencies.append((time.monotonic() - begin) * 1000)
            assert answer["status"] == "success", answer

    def end(self) -> str:
        """What it has seen; fails where it was not answered."""
        self._stop.set()
        self._thread.join(harness.PATIENCE)
        assert not self._thread.is_alive() and self.latencies, "another client was not answered"
        ordered = sorted(self.latencies)
        return f"another was answered within {ordered[len(ordered) * 99 // 100]:.0f} ms in 99 of 100 cases"


def member(port: int, name: str, **options: int) -> SocketIO:
    client = SocketIO(port, **options)
    client.connect()
    answer = client.call("join", {"room": "lobby", "user_id": name})
    assert answer["status"] == "success", answer
    return client


def test_who_sends_ten_thousand_messages_a_second_is_told_to_wait_and_stays():
    server = parley.serve(PARLEY_RATE_LIMITS="on")
    canary = Canary(server.port)
    flood = member(server.port, "flood")
    begin, count = time.monotonic(), 20_000
    answers: list[dict] = []
    errors: list[dict] = []

    def listen() -> None:
        while len(answers) < count:
            text = flood.text()
            if text.startswith("43"):
                answers.append(json.loads(text[text.index("["):])[0])
            elif text.startswith('42["error"'):
                errors.append(json.loads(text[2:])[1])

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    message = json.dumps(["message", {"room": "lobby", "message": "x"}])
    for start in range(0, count, 100):
        flood.send(b"".join(frame(TEXT, f"42{start + number}{message}".encode()) for number in range(100)))
        time.sleep(max(0.0, begin + start / 10_000 - time.monotonic()))
    listener.join(harness.PATIENCE * 2)
    seconds = time.monotonic() - begin
    assert len(answers) == count, "it was cut"
    taken = sum(answer["status"] == "success" for answer in answers)
    refused = [answer for answer in answers if answer["status"] != "success"]
    assert 500 <= taken <= 500 + 100 * seconds + 1, f"{taken} were taken in {seconds:.1f} s"
    assert all(answer["error"] == "rate_limited" and answer["retry_after"] >= 1 for answer in refused), refused[0]
    assert 1 <= len(errors) <= seconds + 1, f"{len(errors)} events `error`"
    # After the time that it was told it is a client like any other.
    harness.wait_until(
        lambda: flood.call("message", {"room": "lobby", "message": "y"})["status"] == "success", "it may go on")
    print(f"  {count} messages in {seconds:.1f} s, {taken} of them taken; {canary.end()}")


def flood_together(clients: list[SocketIO], each: int) -> list[dict]:
    """Each client sends so many messages as fast as it can; all answers."""
    answers: list[dict] = []
    message = json.dumps(["message", {"room": "lobby", "message": "x"}])

    def run(client: SocketIO) -> None:
        count = 0
        for start in range(0, each, 100):
            client.send(b"".join(frame(TEXT, f"42{start + number}{message}".encode()) for number in range(100)))
        while count < each:
            text = client.text()
            if text.startswith("43"):
                count += 1
                answers.append(json.loads(text[text.index("["):])[0])

    threads = [threading.Thread(target=run, args=(client,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(harness.PATIENCE * 4)
    assert len(answers) == each * len(clients), "one of them was cut"
    return answers


def test_several_connections_of_one_name_share_its_limits():
    server = parley.serve(PARLEY_RATE_LIMITS="on")
    first = SocketIO(server.port)
    first.connect()
    token = first.call("join", {"room": "lobby", "user_id": "flood"})["guest_token"]
    clients = [first]
    for number in range(3):
        # Not even from other addresses is there more for it.
        client = SocketIO(server.port, source=f"127.0.3.{number + 1}")
        client.connect()
        answer = client.call("join", {"room": "lobby", "user_id": "flood", "guest_token": token})
        assert answer["status"] == "success", answer
        clients.append(client)
    canary = Canary(server.port)
    begin = time.monotonic()
    answers = flood_together(clients, 2_000)
    seconds = time.monotonic() - begin
    taken = sum(answer["status"] == "success" for answer in answers)
    assert 500 <= taken <= 500 + 100 * seconds + 1, f"{taken} were taken in {seconds:.1f} s"
    print(f"  {len(answers)} messages of {len(clients)} connections, {taken} of them taken; {canary.end()}")


def test_pages_of_history_that_nobody_reads_cost_little():
    server = parley.serve()
    writer = member(server.port, "writer")
    for start in range(0, 1000, 50):
        for number in range(start, start + 50):
            writer.send_text(f"42{number}" + json.dumps(["message", {"room": "lobby", "message": "x" * 5000}]))
        answered = 0
        while answered < 50:
            answered += writer.text().startswith("43")
    # On the newest message twenty kinds of reactions, of twenty names each.
    for number in range(20):
        fan = member(server.port, f"{number}" + "n" * 60)
        for kind in range(20):
            emoji = chr(0x1F600 + kind)
            answer = fan.call("reaction", {"room": "lobby", "message_id": "msg_1000", "reaction": emoji})
            assert answer["reaction_counts"][emoji] == number + 1, answer
        fan.close()
    before = resident(server.pid)
    canary = Canary(server.port)
    # Each asks for more than the system keeps for a connection.
    page = request("GET", "/chat/lobby/messages?limit=1000", server.port)
    readers = [Wire(server.port, receive_buffer=4096) for _ in range(100)]
    for reader in readers:
        reader.send(page * 8)
    grown, joins = 0, []
    until = time.monotonic() + 5
    while time.monotonic() < until:
        begin = time.monotonic()
        member(server.port, f"guest {len(joins)}").close()
        joins.append((time.monotonic() - begin) * 1000)
        grown = max(grown, resident(server.pid) - before)
    for reader in readers:
        reader.reset()
    told = canary.end()
    assert grown < 96 * MEBIBYTE, f"grew by {grown / MEBIBYTE:.0f} MiB"
    assert server.is_running
    print(f"  grew by {grown / MEBIBYTE:.0f} MiB; a join took {max(joins):.0f} ms at most; {told}")


test_pages_of_history_that_nobody_reads_cost_little.deadline = 300


def test_five_hundred_who_join_at_once_are_told_of_together():
    allow_many_connections()
    server = parley.serve()
    witness = member(server.port, "witness")
    crowd = [SocketIO(server.port) for _ in range(500)]
    for client in crowd:
        client.connect()
    begin = time.monotonic()
    for number, client in enumerate(crowd):
        client.emit("join", {"room": "lobby", "user_id": f"guest {number}"})
    told: list[list] = []

    def is_told() -> bool:
        told.extend(witness.collect())
        witness.events = []
        return any(event[0] == "online_count" and event[1]["count"] == 501 for event in told)

    harness.wait_until(is_told, "everybody is counted")
    seconds = time.monotonic() - begin
    for number, client in enumerate(crowd):
        events = client.collect()
        own = events.index(["status", {"msg": f"👋 guest {number} has joined the room", "room": "lobby"}])
        assert any(event[0] == "online_count" for event in events[own:]), events
        client.close()
    counts = sum(event[0] == "online_count" for event in told)
    # Twenty at once, and one in 250 ms.
    assert counts <= 22 + 4 * seconds, f"{counts} lists of who is online in {seconds:.1f} s"
    print(f"  {len(told)} events for 500 joins in {seconds:.1f} s")
