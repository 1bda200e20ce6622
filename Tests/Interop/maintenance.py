"""What the tests of `parley backup`, `keys`, `audit` and `verify` share."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import re
import sqlite3
import subprocess

import harness
import parley
import support


def command(*words, data, **variables):
    """Runs a subcommand on a data folder to its end."""
    return subprocess.run(
        [support.binary(), *map(str, words), "--data", str(data)], capture_output=True, text=True,
        env={**support.environment(), **variables}, timeout=harness.PATIENCE * 4)


def done(*words, data, **variables):
    """The same where it must succeed; what it said."""
    result = command(*words, data=data, **variables)
    assert result.returncode == 0, (words, result)
    return result.stdout


def refused(*words, data, code=1, **variables):
    """The same where it must refuse, with one sentence."""
    result = command(*words, data=data, **variables)
    assert result.returncode == code, (words, result)
    assert "Fatal" not in result.stderr and re.search(r"[.)]\n$", result.stderr), (words, result)
    return result.stderr


def data_of(server: harness.ServerProcess) -> pathlib.Path:
    return server.data / "data"


def server_on(data: pathlib.Path, *flags: str) -> harness.ServerProcess:
    """A server on data that are there."""
    command = [str(support.binary()), "serve", "--port", "{port}", "--data", str(data), *flags]
    return harness.ServerProcess([*command, "--public", str(support.ROOT / "Public")], parley.QUIET)


def messages(data: pathlib.Path) -> list[int]:
    """The ids of all messages of a database that nobody serves."""
    with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return [row[0] for row in connection.execute("SELECT id FROM messages ORDER BY id")]


def stored_files(data: pathlib.Path, database: pathlib.Path | None = None) -> set[str]:
    """The ids of the files, each of which has its message or waits for it, its bytes, and its place in the sums.

    `database` is a copy of the data's own, where that cannot be opened.
    """
    lying = {path.name for path in (data / "files").rglob("*") if path.is_file()}
    with contextlib.closing(sqlite3.connect(f"file:{database or data / 'parley.db'}?mode=ro", uri=True)) as connection:
        sizes = dict(connection.execute("SELECT id, size FROM attachments UNION ALL SELECT id, size FROM uploads"))
        assert connection.execute("SELECT count(*) FROM removed_files").fetchone() == (0,)
        usage = connection.execute("SELECT bytes, files FROM file_usage WHERE room = 0").fetchone()
    assert lying == set(sizes), f"without a row: {lying - set(sizes)}, without bytes: {set(sizes) - lying}"
    assert usage == (sum(sizes.values()), len(sizes)), usage
    return lying


@contextlib.asynccontextmanager
async def load(server: harness.ServerProcess, count: int = 4, pace: float = 0.01):
    """A room in which some speak all the time."""
    room = await asyncio.to_thread(lambda: parley.Room(server, "load", "correct horse").create())
    senders = [parley.Sender(room, f"user{number}", pace) for number in range(count)]
    enough = asyncio.Event()
    tasks = [asyncio.create_task(sender.run(enough)) for sender in senders]
    try:
        yield room, senders
    finally:
        enough.set()
        await asyncio.gather(*tasks)
