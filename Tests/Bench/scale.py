#!/usr/bin/env python3
"""What the chat costs where there is much of it; script/bench runs this, and writes what it prints into
docs/performance.md.

    scale.py million|people|search [--messages N] [--people N] [--seconds N] [--rate N] [--rounds N]

  million   join, a page of history, an unread count and a post in a room of 1,000,000 messages beside one of 1,000
  people    1,000 people in one room type, post and react for a minute
  search    100,000 messages are searched
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from typing import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Interop"))
os.environ.setdefault("TEST_BINARIES", str(ROOT / ".build/release"))

import harness  # noqa: E402
import parley  # noqa: E402
import support  # noqa: E402
from attacks.socketio_client import SocketIO  # noqa: E402
from storm_test import cpu  # noqa: E402

PASSWORD = "correct horse battery"
SMALL = 1_000


class Account:
    """An account and its kept connection to the REST API."""

    def __init__(self, server: harness.ServerProcess, name: str) -> None:
        self.server, self.name = server, name
        told = parley.post(f"{server.url}/api/v1/auth/register", username=name, password=PASSWORD)
        self.token = told["access_token"]
        self.reconnect()

    def reconnect(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=harness.PATIENCE * 4)

    def log_in(self) -> None:
        self.token = parley.post(
            f"{self.server.url}/api/v1/auth/login", username=self.name, password=PASSWORD)["access_token"]
        self.reconnect()

    def ask(self, method: str, path: str, **members: object) -> dict:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self._connection.request(method, path, json.dumps(members) if members else None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status < 300, (method, path, answer.status, text)
        return json.loads(text) if text else {}

    def socket(self) -> SocketIO:
        client = SocketIO(self.server.port)
        client.connect("/", {"token": self.token})
        return client


@contextlib.contextmanager
def server(*flags: str) -> Iterator[harness.ServerProcess]:
    running = parley.serve(*flags)
    try:
        yield running
    finally:
        running.discard()


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float) -> str:
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def timed(body: Callable[[], object]) -> float:
    """Milliseconds."""
    begin = time.perf_counter()
    body()
    return (time.perf_counter() - begin) * 1000


# --- A million messages -----------------------------------------------------------------------------------------------


def fill(path: pathlib.Path, room: str, count: int) -> None:
    """Makes many messages of the one that is there: to post them would take an hour."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO messages (room, sequence, id, timestamp, author, person, token) "
            "SELECT room, 1 + i, (SELECT value FROM counters WHERE name = 'message_id') + i, timestamp + i, author, "
            "person, token FROM messages, n WHERE room = (SELECT key FROM rooms WHERE id = ?) AND sequence = 1",
            (count - 1, room))
        connection.execute("UPDATE counters SET value = value + ? WHERE name = 'message_id'", (count,))
        connection.commit()


class Side:
    """One of the two rooms, and one who measures in it."""

    def __init__(self, server: harness.ServerProcess, name: str, count: int) -> None:
        self.name, self.count = name, count
        self.account = Account(server, f"member-of-{name}")
        self.account.ask("POST", "/api/v1/rooms", id=name, kind="public")
        self.account.ask("POST", f"/api/v1/rooms/{name}/messages", message="one of many messages of usual length")
        self.posted = 0

    def begin(self) -> None:
        self.account.log_in()
        self.client = self.account.socket()
        self.join()
        self.middle = self._page("")["before"]
        for _ in range(3):
            self.middle = self._page(f"&before={self.middle}")["before"]

    def join(self) -> None:
        answer = self.client.call("join", {"room": self.name})
        assert answer["status"] == "success", answer

    def leave(self) -> None:
        assert self.client.call("leave", {"room": self.name})["status"] == "success"

    def _page(self, query: str) -> dict:
        page = self.account.ask("GET", f"/api/v1/rooms/{self.name}/messages?limit=50{query}")
        assert len(page["messages"]) == 50, page
        return page

    def newest_page(self) -> None:
        self._page("")

    def older_page(self) -> None:
        self._page(f"&before={self.middle}")

    def page_around(self) -> None:
        self.account.ask("GET", f"/api/v1/rooms/{self.name}/messages?limit=50&around={self.middle}")

    def unread(self) -> None:
        (room,) = self.account.ask("GET", "/api/v1/me/unread")["rooms"]
        assert room["room"] == self.name

    def post(self) -> None:
        self.posted += 1
        answer = self.client.call("message", {"room": self.name, "message": f"message {self.posted}"})
        assert answer["status"] == "success", answer


def measure_million(options: argparse.Namespace) -> str:
    count = options.messages or 1_000_000
    with server("--messages-per-room", "10000000") as running:
        sides = [Side(running, "small", SMALL), Side(running, "large", count)]
        assert running.stop() == 0
        for side in sides:
            fill(running.data / "data" / "parley.db", side.name, side.count)
        size = (running.data / "data" / "parley.db").stat().st_size >> 20
        running.start()
        for side in sides:
            side.begin()
        times: dict[str, list[list[float]]] = {}
        # In turns, so that what the machine does besides hits both alike.
        for _ in range(options.rounds or 300):
            for place, side in enumerate(sides):
                side.leave()
                for title, body in {
                        "join": side.join, "the newest page of 50": side.newest_page,
                        "an older page of 50": side.older_page, "a page around a message": side.page_around,
                        "the unread count": side.unread, "a post": side.post}.items():
                    times.setdefault(title, [[], []])[place].append(timed(body))
    rows = []
    for title, (small, large) in times.items():
        medians = statistics.median(small), statistics.median(large)
        rows.append([title, *map(number, medians), f"{medians[1] / medians[0]:.2f} ×"])
    head = ["median, ms", f"of {SMALL:,}", f"of {count:,}", "times as much"]
    return (f"{table(head, rows)}\n\nBoth rooms are in one database of {size:,} MB; "
            f"median of {len(times['join'][0])}, one request at a time.")


# --- A thousand people ------------------------------------------------------------------------------------------------

PEOPLE_FIGURES = {
    "per_second": "messages acknowledged a second", "reactions": "reactions", "typings": "began to type",
    "deliveries": "heard by members", "latency_p50": "a post, median, ms", "latency_p99": "99th percentile, ms",
    "latency_max": "slowest, ms", "lost": "lost", "order_violations": "not heard, twice or out of order",
    "server_load": "server, % of a core", "server_memory_growth": "most that its memory grew by, MB",
}


def measure_people(options: argparse.Namespace) -> str:
    people, seconds, rate = options.people or 1_000, options.seconds or 60, options.rate or 20
    with server() as running:
        command = [support.binary(), "bench", "people", "--clients", people, "--seconds", seconds, "--rate", rate,
                   "--port", running.port, "--pid", running.pid, "--json"]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
        result = json.loads(done.stdout)
    if done.returncode != 0:
        print(f"  something was lost: {done.stdout.strip()}", file=sys.stderr)
    rows = [[title, "–" if result[name] is None else number(result[name])] for name, title in PEOPLE_FIGURES.items()]
    return (f"{table([f'{people:,} people in one room', f'for {seconds} s'], rows)}\n\n"
            f"{rate} begin to type, {rate} post and {rate} react each second, and everybody hears it; the generator "
            f"shares the {os.cpu_count()} cores.")


# --- A search ---------------------------------------------------------------------------------------------------------

WORDS = 2_000
BATCH = 200


def talk(account: Account, room: str, count: int) -> None:
    """Posts so many messages of common words; the first has words that stand nowhere else."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abdefghiklmnoprstuvw", k=chance.randrange(3, 10))) for _ in range(WORDS)]
    client = account.socket()
    assert client.call("join", {"room": room})["status"] == "success"
    for start in range(0, count, BATCH):
        batch = range(start, min(start + BATCH, count))
        for place in batch:
            text = "xylophone quartz jukebox" if place == 0 else " ".join(chance.choices(words, k=12))
            if place % 10 == 1:
                text += " harbour"
            client.send_text(f"42{place}" + json.dumps(["message", {"room": room, "message": text}]))
        answered = 0
        while answered < len(batch):
            text = client.text()
            if text.startswith("43"):
                assert '"status":"success"' in text, text
                answered += 1
    client.close()


def measure_search(options: argparse.Namespace) -> str:
    count, room = options.messages or 100_000, "library"
    queries = {
        "a word that is nowhere": ("zzyzx", 0), "a word of the oldest message": ("xylophone", 1),
        "a phrase of the oldest message": ('"quartz jukebox"', 1), "two words of the oldest": ("xylophone jukebox", 1),
        "a word of every tenth": ("harbour", 20)}
    with server("--messages-per-room", "10000000") as running:
        account = Account(running, "ann")
        account.ask("POST", "/api/v1/rooms", id=room, kind="public")
        talk(account, room, count)
        rows = []
        for title, (query, expected) in queries.items():
            path = f"/api/v1/rooms/{room}/search?limit=20&q={query.replace(' ', '%20').replace(chr(34), '%22')}"
            answer = account.ask("GET", path)
            found = next(value for value in answer.values() if isinstance(value, list))
            assert len(found) == expected, (query, answer)
            used = cpu(running.pid)
            times = [timed(lambda: account.ask("GET", path)) for _ in range(options.rounds or 20)]
            used = (cpu(running.pid) - used) / len(times) * 1000
            rows.append([title, number(statistics.median(times)), number(max(times)), number(used)])
    head = [f"among {count:,} messages", "median, ms", "slowest, ms", "server CPU, ms"]
    return (f"{table(head, rows)}\n\n"
            f"Median of {len(times)}, one search at a time, {os.cpu_count()} cores.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measures = {"million": measure_million, "people": measure_people, "search": measure_search}
    parser.add_argument("name", choices=measures)
    for flag in ("--messages", "--people", "--seconds", "--rate", "--rounds"):
        parser.add_argument(flag, type=int)
    options = parser.parse_args()
    print(measures[options.name](options))


if __name__ == "__main__":
    main()
