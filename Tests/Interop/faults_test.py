"""D4: the n-th call of the system on a file fails, for many n: the server ends with a sentence or refuses what it
cannot do, and the next start has what was acknowledged, whole and once. No failed sync becomes a success.

FAULTS sets how many calls of each kind fail, spread over all that there are (default 3; `all` for each of them).
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import errno
import hashlib
import os
import pathlib
import re
import sqlite3

import requests

import harness
import parley
import shims
import support
from maintenance import stored_files

PART = "crash"
MOST = os.environ.get("FAULTS", "3")
KINDS = {
    "open": [errno.EMFILE, errno.EIO], "read": [errno.EIO], "write": [errno.ENOSPC, errno.EIO],
    "sync": [errno.EIO, errno.ENOSPC], "name": [errno.EIO, errno.ENOSPC], "remove": [errno.EIO],
}
CONTENT = b"some bytes of a file " * 5_000


class Faulty(harness.ServerProcess):
    """A server on the data of a folder; it may end by itself, at the start or later."""

    def __init__(self, folder: pathlib.Path, **variables: str) -> None:
        # Its own choice of a port: many servers come and go, beside each other.
        command = [str(support.binary()), "serve", "--port", "0", "--data", str(folder / "data")]
        super().__init__([*command, "--public", str(support.ROOT / "Public")], {**parley.QUIET, **variables})

    def start(self, waits: bool = True) -> None:
        super().start(waits=False)
        harness.wait_until(
            lambda: not self.is_running or self._port(), "the server listens or ends", harness.PATIENCE * 4)
        self.port = self._port()
        self.url = f"http://127.0.0.1:{self.port}"

    def _port(self) -> int | None:
        """Where it says that it listens."""
        said = (re.fullmatch(r"Parley listens on http://127.0.0.1:(\d+)", line) for line in list(self.lines))
        return next((int(match[1]) for match in said if match), None)


class Visit:
    """What one person does, whatever fails, and what was acknowledged of it."""

    def __init__(self) -> None:
        self.has_room = False
        self.token: str | None = None
        self.said: list[str] = []
        self.acknowledged: list[str] = []
        self.files: list[str] = []
        self.removed: list[str] = []

    def pay(self, url: str) -> None:
        self.has_room = self._post(f"{url}/room/create", {"room_id": "room", "password": "correct horse"}) is not None
        told = self._post(f"{url}/chat/room/verify", {"password": "correct horse"})
        self.token = told["token"] if told else None
        if not self.token:
            return
        for number in range(6):
            self._say(url, f"text {number}")
            if number in (1, 3, 4):
                self._upload(url)
        self._remove(url)
        self._say(url, "the last text")

    def _say(self, url: str, text: str) -> None:
        self.said.append(text)
        if self._post(f"{url}/chat/room", {"message": text, "user_id": "ann", "client_id": text}):
            self.acknowledged.append(text)

    def _upload(self, url: str) -> None:
        with contextlib.suppress(requests.RequestException):
            answer = requests.post(
                f"{url}/chat/room/upload", files={"file": ("a.bin", CONTENT)}, headers=self._proof,
                data={"user_id": "ben", "message": "a file"}, timeout=harness.PATIENCE)
            if answer.status_code == 200:
                self.files.append(answer.json()["file"]["stored_filename"])
            else:
                refused(answer)

    def _remove(self, url: str) -> None:
        with contextlib.suppress(requests.RequestException, IndexError):
            answer = requests.delete(
                f"{url}/chat/room/files/{self.files[0]}", headers=self._proof, timeout=harness.PATIENCE,
                json={"user_id": "ben", "password": "correct horse"})
            # Whatever is said of it: it may be gone.
            name = self.files.pop(0)
            if answer.status_code == 200:
                self.removed.append(name)
            else:
                refused(answer)

    @property
    def _proof(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _post(self, url: str, members: dict[str, str]) -> dict | None:
        """`None` for a refusal, and where the server has gone."""
        headers = self._proof if self.token else {}
        with contextlib.suppress(requests.RequestException):
            answer = requests.post(url, json=members, headers=headers, timeout=harness.PATIENCE)
            if answer.status_code == 200:
                return answer.json()
            refused(answer)
        return None

    def check(self, server: harness.ServerProcess, data: pathlib.Path) -> None:
        """What another start has, on a disk that does what it is told."""
        stored_files(data)
        with contextlib.closing(sqlite3.connect(f"file:{data / 'parley.db'}?mode=ro", uri=True)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not self.token:
            return
        answer = requests.get(
            f"{server.url}/chat/room/messages?limit=100", headers=self._proof, timeout=harness.PATIENCE)
        assert answer.status_code == 200, answer.text
        texts = [message["message"] for message in answer.json() if message["message"] != "a file"]
        assert len(set(texts)) == len(texts), f"a message is there twice: {texts}"
        assert set(self.acknowledged) <= set(texts) <= set(self.said), (self.acknowledged, texts, self.said)
        assert texts == [text for text in self.said if text in texts], f"another order: {texts}"
        for name in self.files:
            got = requests.get(f"{server.url}/chat/room/files/{name}", headers=self._proof, timeout=harness.PATIENCE)
            assert got.status_code == 200 and hashlib.sha256(got.content).digest() == hashlib.sha256(CONTENT).digest()
        for name in self.removed:
            got = requests.get(f"{server.url}/chat/room/files/{name}", headers=self._proof, timeout=harness.PATIENCE)
            assert got.status_code == 404, got.status_code
        # And all goes on.
        assert self._post(f"{server.url}/chat/room", {"message": "and on", "user_id": "cy"})


def refused(answer: requests.Response) -> None:
    """With a status that says whose fault it is, and a sentence."""
    told = answer.json()
    assert answer.status_code in (401, 404, 500, 503, 507), (answer.status_code, answer.text)
    sentence = told["error"]["message"] if isinstance(told["error"], dict) else told["error"]
    assert re.search(r"[.!]$", sentence), answer.text


def attempt(kind: str, code: int, number: int, stays: bool = False) -> tuple[int, int, Visit]:
    """One server that is failed, and one that is not; how many calls there were, and how many failed."""
    with support.directory() as folder:
        folder = folder.resolve()
        notes = shims.Numbers(folder / "notes", 2)
        variables = {
            "LD_PRELOAD": str(shims.library("faults")), "FAULT_FOLDER": str(folder / "data"), "FAULT_KIND": kind,
            "FAULT_NUMBER": str(number), "FAULT_ERRNO": str(code), "FAULT_STAYS": str(int(stays)),
            "FAULT_NOTES": str(notes.path)}
        server, visit = Faulty(folder, **variables), Visit()
        what = f"{kind} {number} with {errno.errorcode.get(code, code)}"
        try:
            if server.is_running:
                visit.pay(server.url)
            status = server.stop()
            assert status >= 0, f"ended by signal {-status}:\n" + "\n".join(server.lines[-20:])
            if status != 0:
                said = server.last_words()
                assert re.search(r"[.)]$", said), f"ended with {status} and {said!r}: {server.lines}"
            counts = notes[0], notes[1]
            server.discard()
            server = Faulty(folder)
            assert server.is_running, "it does not start again:\n" + "\n".join(server.lines[-20:])
            visit.check(server, folder / "data")
            assert server.stop() == 0
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from error
        finally:
            server.discard()
        return *counts, visit


def spread(count: int) -> list[int]:
    """Some of the calls from 1 to `count`, more of the first ones, for those are each of another place."""
    if MOST == "all" or count <= int(MOST):
        return list(range(1, count + 1))
    most = int(MOST)
    return sorted({1 + round((count - 1) * (step / (most - 1)) ** 2) for step in range(most)})


def sweep(stays: bool) -> None:
    total = failed = acknowledged = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        calls = {kind: pool.submit(attempt, kind, 0, 0) for kind in KINDS}
        tries = []
        for kind, codes in KINDS.items():
            count, _, visit = calls[kind].result()
            assert count > 0 and visit.said == visit.acknowledged and len(visit.removed) == 1, (kind, count)
            for place, number in enumerate(spread(count)):
                tries += [pool.submit(attempt, kind, codes[place % len(codes)], number, stays)]
                if MOST == "all" and len(codes) > 1:
                    tries.append(pool.submit(attempt, kind, codes[(place + 1) % len(codes)], number, stays))
        faults = [str(each.exception()) for each in tries if each.exception()]
        assert not faults, "\n\n".join(faults)
        for each in tries:
            _, hits, visit = each.result()
            total, failed = total + 1, failed + (hits > 0)
            acknowledged += len(visit.acknowledged)
    assert failed >= total * 3 // 4, f"only {failed} of {total} faults came"
    print(f"  {failed} faults of {total} came, beside which {acknowledged} messages were acknowledged")


def test_one_call_fails_and_nothing_acknowledged_is_lost():
    sweep(stays=False)


def test_all_calls_fail_from_one_on_and_nothing_acknowledged_is_lost():
    sweep(stays=True)


for each in (test_one_call_fails_and_nothing_acknowledged_is_lost,
             test_all_calls_fail_from_one_on_and_nothing_acknowledged_is_lost):
    each.deadline = 600 if MOST != "all" else 1_100
del each
