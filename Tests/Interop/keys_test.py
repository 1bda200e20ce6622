"""D8: `parley keys`: master keys change under load, whatever is killed in the midst of it."""

import asyncio
import contextlib
import random
import sqlite3
import subprocess

import aiohttp
from cryptography.fernet import Fernet, InvalidToken

import harness
import parley
import support
from maintenance import command, data_of, done, load, refused

PART = "crash"
ROTATIONS = 10
KILLS = 20
ROOMS = 250


def keys_of(data):
    return (data / "encryption.keys").read_text().split()


def opens(key, data):
    """How many wrapped keys and notes of the database a key opens, and how many there are."""
    with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
        tokens = [row[0] for row in connection.execute("SELECT wrapped_key FROM rooms UNION ALL "
                                                       "SELECT token FROM key_checks")]
    count = 0
    for token in tokens:
        with contextlib.suppress(InvalidToken):
            Fernet(key).decrypt(token)
            count += 1
    return count, len(tokens)


async def read_all_the_time(server, room, enough):
    """Reads the history over and over; how often. Every answer must be 200."""
    count = 0
    token = parley.post(f"{server.url}/chat/{room.name}/verify", password=room.password)["token"]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        while not enough.is_set():
            async with session.get(f"{server.url}/chat/{room.name}/messages?limit=50") as answer:
                assert answer.status == 200, await answer.text()
                await answer.read()
            count += 1
    return count


async def rotate_under_load():
    server = parley.serve("--cached-rooms", "1")
    data = data_of(server)
    former = []
    enough = asyncio.Event()
    async with load(server) as (room, senders):
        # Beside it rooms that are not in memory, so that their keys are opened again and again.
        others = [
            await asyncio.to_thread(parley.Room(server, f"other-{number}", "correct horse").create)
            for number in range(3)]
        readers = [asyncio.create_task(read_all_the_time(server, each, enough)) for each in [room, *others]]
        for _ in range(ROTATIONS):
            former += keys_of(data)
            await asyncio.to_thread(done, "keys", "rotate", data=data)
            assert len(keys_of(data)) == 2
            await asyncio.to_thread(done, "keys", "retire", data=data)
            assert len(keys_of(data)) == 1 and keys_of(data)[0] not in former
        enough.set()
        reads = sum(await asyncio.gather(*readers))
        assert "0 faults" in await asyncio.to_thread(done, "verify", data=data)
    # A sender asserts that each of its messages was taken.
    said = sum(len(sender.said) for sender in senders)
    assert said == sum(len(sender.acknowledged) for sender in senders) > 0
    parley.verify(await asyncio.to_thread(room.history), senders, [])
    assert server.stop() == 0
    for key in former:
        assert opens(key, data)[0] == 0, "an old key opens something"
    count, all_of_them = opens(keys_of(data)[0], data)
    assert count == all_of_them
    assert "entries are as they were written" in done("audit", "verify", data=data)
    # A lost key is said at the start.
    (data / "encryption.keys").write_text(former[0] + "\n")
    result = command("serve", "--port", "0", data=data)
    assert result.returncode == 1 and "do not open the database" in result.stderr, result
    print(f"  {ROTATIONS} rotations, {said} messages and {reads} pages meanwhile")


def test_ten_rotations_under_load_fail_nobody():
    asyncio.run(rotate_under_load())


test_ten_rotations_under_load_fail_nobody.deadline = 300


def test_whatever_is_killed_every_room_opens():
    server = parley.serve()
    parley.Room(server, "room-0", "correct horse").create()
    data = data_of(server)
    chance = random.Random(7)
    server.stop()
    copy_rooms(data)
    server.start()
    for turn in range(KILLS):
        words = [support.binary(), "keys", chance.choice(["rotate", "rotate", "retire"]), "--data", str(data)]
        process = subprocess.Popen(
            words, env=support.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.random() * (1.5 if turn % 2 else 0.2))
        victim = chance.choice(["command", "server", "both"])
        if victim != "server":
            process.kill()
        if victim != "command":
            server.kill()
            server.start()
        process.communicate(timeout=harness.PATIENCE * 4)
        result = command("verify", data=data)
        assert result.returncode == 0, (turn, result)
    done("keys", "rotate", data=data)
    done("keys", "retire", data=data)
    assert len(keys_of(data)) == 1
    assert parley.Room(server, "room-0", "correct horse").history() == []
    assert server.stop() == 0
    # The rooms, the lobby, and the note of the one key.
    assert opens(keys_of(data)[0], data) == (ROOMS + 2, ROOMS + 2)


test_whatever_is_killed_every_room_opens.deadline = 600


def copy_rooms(data):
    """Makes many rooms of one, for making each over REST would take long."""
    with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(rooms)") if row[1] not in ("key", "id")]
        names = ", ".join(columns)
        for number in range(1, ROOMS):
            connection.execute(
                f"INSERT INTO rooms (id, {names}) SELECT ?, {names} FROM rooms WHERE id = 'room-0'",
                (f"room-{number}",))
        connection.commit()


def test_keys_that_are_not_in_the_file_are_not_changed():
    server = parley.serve(PARLEY_ENCRYPTION_KEY="a seed that nobody would guess, 1234")
    data = data_of(server)
    assert server.stop() == 0
    seed = {"PARLEY_ENCRYPTION_KEY": "a seed that nobody would guess, 1234"}
    assert "1 rooms" in done("keys", "list", data=data, **seed)
    for word in ("rotate", "retire"):
        assert "secrets.encryption" in refused("keys", word, data=data, **seed)
    refused("keys", data=data, code=64)
    refused("keys", "burn", data=data, code=64)
