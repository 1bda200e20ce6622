"""D5: whatever is flipped, cut off or swapped in the database, its log or the file of keys: the server refuses with a
sentence, or serves what was said and nothing else. It is never ended by a signal.

DAMAGES sets how many changes are tried (default 150).
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import pathlib
import random
import re
import shutil
import sqlite3

import requests

import harness
import parley
import support
from faults_test import Faulty
from maintenance import data_of

PART = "crash"
DAMAGES = int(os.environ.get("DAMAGES", "150"))
MESSAGES = 120
PAGE = 4096
FILES = {"parley.db": 10, "parley.db-wal": 6, "encryption.keys": 2, "signing.key": 1}
"""How often each is chosen."""


def prepared(folder: pathlib.Path) -> tuple[str, set[str]]:
    """Data folders of a server that was stopped and of one that was killed; a room token, and the texts."""
    server = parley.serve()
    room = parley.Room(server, "room", "correct horse").create()
    token = parley.post(f"{server.url}/chat/room/verify", password=room.password)["token"]
    texts = [f"text {number} " + "é" * (number * 7 % 500) for number in range(MESSAGES)]
    for number, text in enumerate(texts):
        parley.post(f"{server.url}/chat/room", message=text, user_id=f"user {number % 7}", token=token)
        if number == MESSAGES // 2:
            assert server.stop() == 0
            shutil.copytree(data_of(server), folder / "stopped")
            server.start()
    server.kill()
    # The socket that commands reach a server by is no file.
    shutil.copytree(data_of(server), folder / "killed", ignore=shutil.ignore_patterns("*.console"))
    assert (folder / "killed" / "parley.db-wal").stat().st_size > 20 * PAGE
    return token, set(texts)


def damage(path: pathlib.Path, chance: random.Random) -> str:
    """Changes the file; what was done."""
    content = bytearray(path.read_bytes())
    act = chance.choice(["flip", "flip", "flip", "cut", "swap", "zero", "noise"])
    place = chance.randrange(len(content))
    # The head of a file is where most depends on each byte.
    if chance.random() < 0.2:
        place %= 100
    if act == "flip":
        content[place] ^= 1 << chance.randrange(8)
    elif act == "cut":
        del content[place:]
    elif act == "swap":
        other = chance.randrange(len(content)) // PAGE * PAGE
        place = place // PAGE * PAGE
        first, second = content[place:place + PAGE], content[other:other + PAGE]
        length = min(len(first), len(second))
        content[place:place + length], content[other:other + length] = second[:length], first[:length]
    else:
        end = min(place + chance.choice([4, 16, 512, PAGE]), len(content))
        content[place:end] = bytes(end - place) if act == "zero" else chance.randbytes(end - place)
    path.write_bytes(content)
    return f"{act} at {place}"


def attempt(originals: pathlib.Path, token: str, texts: set[str], number: int) -> str:
    """What became of one change: `refused`, `shut`, or how many messages were served."""
    chance = random.Random(number)
    with support.directory() as folder:
        shutil.copytree(originals / chance.choice(["stopped", "killed"]), folder / "data")
        names = [name for name in FILES if (folder / "data" / name).exists()]
        (name,) = chance.choices(names, [FILES[name] for name in names])
        what = f"damage {number}, {name}: {damage(folder / 'data' / name, chance)}"
        server = Faulty(folder)
        try:
            outcome = look(server, token, texts, what)
            if server.is_running:
                server.stop()
            assert server.status >= 0, f"{what}: ended by signal {-server.status}:\n" + "\n".join(server.lines[-20:])
            if server.status != 0:
                assert re.search(r"[.)]$", server.last_words()), f"{what}: {server.last_words()!r} of {server.lines}"
            return outcome
        finally:
            server.discard()


def look(server: harness.ServerProcess, token: str, texts: set[str], what: str) -> str:
    if not server.is_running:
        return "refused"
    proof = {"Authorization": f"Bearer {token}"}
    try:
        answer = requests.get(f"{server.url}/chat/room/messages?limit=1000", headers=proof, timeout=harness.PATIENCE)
        for path in ("/readyz", "/api/v1/rooms", "/chat/room/files", "/chat/room/search?query=text"):
            requests.get(f"{server.url}{path}", headers=proof, timeout=harness.PATIENCE)
        requests.post(f"{server.url}/chat/room", headers=proof, timeout=harness.PATIENCE,
                      json={"message": "more", "user_id": "zoe"})
    except requests.RequestException as error:
        return f"cut: {what}: {error} {server.lines[-3:]}"
    if answer.status_code != 200:
        assert answer.status_code in (401, 404, 500, 503), f"{what}: {answer.status_code} {answer.text}"
        return "shut"
    served = [message["message"] for message in answer.json()]
    wrong = [text for text in served if text not in texts]
    assert not wrong, f"{what}: {wrong[0]!r} was never said"
    return str(len(served))


def test_what_is_damaged_is_refused_or_left_out():
    with support.directory() as folder:
        token, texts = prepared(folder)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda number: attempt(folder, token, texts, number), range(DAMAGES)))
    served = [int(outcome) for outcome in outcomes if outcome.isdigit()]
    refused = {name: outcomes.count(name) for name in ("refused", "shut")}
    cut = [outcome for outcome in outcomes if outcome.startswith("cut")]
    assert not cut, "\n".join(cut)
    print(f"  {DAMAGES} changes: {refused['refused']} refused at the start, {refused['shut']} when it was read, "
          f"{len(served)} served, {sum(count >= MESSAGES // 2 for count in served)} of them with most messages")


def test_damaged_accounts_are_told_before_anybody_is_let_in():
    with support.directory() as folder:
        server = parley.serve()
        assert server.stop() == 0
        shutil.copytree(data_of(server), folder / "data")
        path = folder / "data" / "parley.db"
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'accounts'").fetchone()
        content = bytearray(path.read_bytes())
        content[(root - 1) * PAGE:root * PAGE] = b"\xff" * PAGE
        path.write_bytes(content)
        server = Faulty(folder)
        harness.wait_until(lambda: not server.is_running, "it ends", harness.PATIENCE * 4)
        assert server.status == 1 and "damaged; restore it from a backup" in server.last_words(), server.lines
        assert not any("listens" in line for line in server.lines), server.lines


test_what_is_damaged_is_refused_or_left_out.deadline = 300 + 2 * DAMAGES
