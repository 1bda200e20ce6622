"""D3: a disk without room: changes are refused and said so, reads go on, and all is well again once there is room."""

import asyncio
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

import requests

import harness
import parley
import support
from maintenance import stored_files

PART = "load"
CYCLES = 20
ROOM = "full", "correct horse"


def unshare():
    """The command that gives a process mounts of its own."""
    for flags in (["-m"], ["-rm"]):
        command = ["unshare", *flags]
        if shutil.which("unshare") and subprocess.run(
                [*command, "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"], capture_output=True).returncode == 0:
            return command
    raise support.Skip("this system lets nobody mount a file system of one's own")


def serve(size, **variables):
    """A server whose data lie on a file system of that size, which nobody else sees."""
    mount = f'mount -t tmpfs -o size={size} none {{data}} && exec "$0" "$@"'
    command = [*unshare(), "sh", "-c", mount, str(support.binary()), "serve", "--port", "{port}"]
    command += ["--data", "{data}/data", "--free-space", "1MiB", "--public", str(support.ROOT / "Public")]
    return harness.ServerProcess(command, {**parley.QUIET, **variables})


def inside(server):
    """The server's data as this process can reach them."""
    return pathlib.Path(f"/proc/{server.pid}/root{server.data}")


def fill(server):
    """Leaves no room at all."""
    with open(inside(server) / "filler", "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    assert file.write(b"x" * size) == size
            except (OSError, AssertionError):
                continue


def free(server):
    (inside(server) / "filler").unlink()


def ready(server):
    """The status of `/readyz` and what it says."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=harness.PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


async def until_ready(server, status):
    deadline = time.monotonic() + harness.PATIENCE
    while True:
        found, answer = await asyncio.to_thread(ready, server)
        if found == status:
            return answer
        assert time.monotonic() < deadline, f"/readyz stays at {found}: {answer}"
        await asyncio.sleep(0.1)


@contextlib.contextmanager
def copied(server):
    """The path of a copy of the database, with its log."""
    with support.directory() as folder:
        for name in os.listdir(inside(server) / "data"):
            if name.startswith("parley.db") and not name.endswith(("-shm", ".lock", ".console")):
                shutil.copy(inside(server) / "data" / name, folder / name)
        yield folder / "parley.db"


def sound(server):
    """What SQLite says of the database."""
    with copied(server) as database:
        connection = sqlite3.connect(database)
        try:
            return connection.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            connection.close()


async def cycle(server, room, client, number, acknowledged):
    """Fills the disk, posts until that is refused, reads, frees it, and posts again; how long the two took."""
    fill(server)
    count = 0
    while True:
        count += 1
        text = f"{number} {count} " + "x" * 4_000
        start = time.monotonic()
        answer = await client.say(text, client_id=f"{number}-{count}")
        refused = time.monotonic() - start
        if answer["status"] != "success":
            break
        # What an emptied log has left may be written once more.
        assert count < 10_000, "the disk does not fill up"
        acknowledged.append(text)
    assert answer["error"] == "storage_full" and answer["message"].endswith("."), answer
    complaint = await until_ready(server, 503)
    assert "free some space" in complaint["message"], complaint
    assert history(room, server)[-1] == acknowledged[-1]
    free(server)
    start = time.monotonic()
    while True:
        count += 1
        text = f"{number} {count} again"
        answer = await client.say(text, client_id=f"{number}-{count}")
        if answer["status"] == "success":
            acknowledged.append(text)
            break
        assert time.monotonic() - start < harness.PATIENCE, "no message is taken although there is room"
        await asyncio.sleep(0.05)
    await until_ready(server, 200)
    return refused, time.monotonic() - start


def history(room, server):
    """The newest texts, read with a token that was given out before."""
    request = urllib.request.Request(
        f"{server.url}/chat/{room.name}/messages?limit=100", headers={"Authorization": f"Bearer {room.token}"})
    with urllib.request.urlopen(request, timeout=harness.PATIENCE) as answer:
        return [message["message"] for message in json.load(answer)]


async def fill_and_free(size):
    server = serve(size)
    room = parley.Room(server, *ROOM).create().admit_this_machine()
    room.token = parley.post(f"{server.url}/chat/{room.name}/verify", password=room.password)["token"]
    acknowledged, times = ["first"], []
    async with parley.Client(room, "ann") as client:
        assert (await client.say("first", client_id="first"))["status"] == "success"
        for number in range(CYCLES):
            times.append(await cycle(server, room, client, number, acknowledged))
        assert await asyncio.to_thread(sound, server) == "ok"
        texts = [message["message"] for message in await asyncio.to_thread(room.history)]
        assert texts == acknowledged, "what was acknowledged is not what is there"
        # The one that is reading learns of a full disk; one that comes then is let in and reads, too.
        fill(server)
        async with parley.Client(room, "ben") as other:
            assert other.told is False
        free(server)
    assert server.stop() == 0
    refused, again = (max(column) for column in zip(*times))
    print(f"  {size}: refused within {refused * 1000:.0f} ms, taken again within {again * 1000:.0f} ms")


def test_a_disk_of_16_megabytes_is_filled_and_freed():
    asyncio.run(fill_and_free("16m"))


def test_a_disk_of_64_megabytes_is_filled_and_freed():
    asyncio.run(fill_and_free("64m"))


test_a_disk_of_16_megabytes_is_filled_and_freed.deadline = 600
test_a_disk_of_64_megabytes_is_filled_and_freed.deadline = 600


# --- Filled by what people do -----------------------------------------------------------------------------------------

RESERVE = 6 << 20
"""What is set aside, so that there is something to free."""

ROUNDS = 2
BALLAST = 0 if os.environ.get("DISK_WHOLE") else 42 << 20
"""What nobody wrote: without it people need minutes to fill the disk. DISK_WHOLE=1 leaves it out."""

FIRST = 200
"""Messages that come before the files."""



class Files:
    """Uploads into one room, and what was acknowledged of them."""

    def __init__(self, server, room):
        self.server, self.url = server, f"{server.url}/chat/{room.name}"
        self.sums = {}

    def send(self, size):
        """The status, and the code of a refusal."""
        content = os.urandom(size)
        answer = requests.post(
            f"{self.url}/upload", files={"file": ("a.bin", content)}, data={"user_id": "carl"},
            timeout=harness.PATIENCE)
        told = answer.json()
        if answer.status_code == 200:
            self.sums[told["file"]["stored_filename"]] = hashlib.sha256(content).digest()
        else:
            assert told["success"] is False and told["error"].endswith("."), told
        return answer.status_code

    def fill(self):
        """Uploads large files and then smaller ones, until none is taken."""
        for size in (2 << 20, 300_000):
            for _ in range(200):
                status = self.send(size)
                if status != 200:
                    # The file has no room, or its message has none.
                    assert status in (503, 507), status
                    break
            else:
                raise AssertionError("the disk does not fill up")

    def check(self, names=None):
        """Each that was acknowledged comes back as it was sent."""
        for name in names or self.sums:
            answer = requests.get(f"{self.url}/files/{name}", timeout=harness.PATIENCE)
            assert answer.status_code == 200, answer.text
            assert hashlib.sha256(answer.content).digest() == self.sums[name], name

    def no_more_than_rows(self):
        """Half files and orphans are gone, once those who were refused have been told."""
        def is_sound():
            with contextlib.suppress(AssertionError), copied(self.server) as database:
                files = stored_files(inside(self.server) / "data", database)
                return files == {name.split(".")[0] for name in self.sums}

        harness.wait_until(is_sound, "every file has its row, and every row its file")

    def remove(self, count):
        for name in list(self.sums)[:count]:
            answer = requests.delete(
                f"{self.url}/files/{name}", json={"user_id": "carl", "password": ROOM[1]}, timeout=harness.PATIENCE)
            assert answer.status_code == 200, answer.text
            del self.sums[name]


async def say_until_refused(client, mark, acknowledged, most=20_000):
    """Whether a message was refused before there were `most`."""
    for count in range(most):
        text = f"{mark} {count} " + "y" * 4_000
        answer = await client.say(text, client_id=f"full-{mark}-{count}")
        if answer["status"] != "success":
            assert answer["error"] == "storage_full" and answer["message"].endswith("."), answer
            return True
        acknowledged.append(text)
    return False


async def fill_by_people():
    server = serve("64m", PARLEY_MESSAGES_PER_ROOM="100000")
    room = parley.Room(server, *ROOM).create().admit_this_machine()
    room.token = parley.post(f"{server.url}/chat/{room.name}/verify", password=room.password)["token"]
    shelf = parley.Room(server, "shelf", ROOM[1]).create().admit_this_machine()
    files, acknowledged = Files(server, shelf), []
    (inside(server) / "ballast").write_bytes(b"x" * BALLAST)
    async with parley.Client(room, "ann") as client:
        for turn in range(ROUNDS):
            (inside(server) / "filler").write_bytes(b"x" * RESERVE)
            # Messages take some of it, files most, then messages what is left, and then neither is taken.
            assert not await say_until_refused(client, f"before {turn}", acknowledged, FIRST)
            await asyncio.to_thread(files.fill)
            assert await say_until_refused(client, f"behind {turn}", acknowledged)
            assert await asyncio.to_thread(files.send, 500_000) in (503, 507)
            complaint = await until_ready(server, 503)
            assert "free some space" in complaint["message"], complaint
            # Reading goes on, of both.
            assert (await asyncio.to_thread(history, room, server))[-1] == acknowledged[-1]
            await asyncio.to_thread(files.check, list(files.sums)[-2:])
            free(server)
            text = f"{turn} again"

            async def is_taken():
                return (await client.say(text, client_id=text))["status"] == "success"

            await until(is_taken, "a message is taken again")
            acknowledged.append(text)
            await until_ready(server, 200)
            # What people remove makes room, too.
            count = len(files.sums)
            await asyncio.to_thread(files.remove, count // 2)
            assert await asyncio.to_thread(files.send, 1 << 20) == 200
            await asyncio.to_thread(files.no_more_than_rows)
        await asyncio.to_thread(files.check)
        assert await asyncio.to_thread(sound, server) == "ok"
        assert [message["message"] for message in await asyncio.to_thread(room.history)] == acknowledged
    assert server.stop() == 0
    print(f"  {ROUNDS} times full, with {len(acknowledged)} messages and {count} files in the end")


async def until(condition, what):
    deadline = time.monotonic() + harness.PATIENCE * 4
    while not await condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        await asyncio.sleep(0.05)


def test_a_disk_of_64_megabytes_is_filled_by_messages_and_files():
    asyncio.run(fill_by_people())


test_a_disk_of_64_megabytes_is_filled_by_messages_and_files.deadline = 600
