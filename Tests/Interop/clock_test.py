"""D10: the time of day jumps, an hour or a day, to and fro, to 1970, each second: nobody is disconnected, the order is
kept, ids and timestamps grow, and tokens end when the time of day says so.

CLOCK_JUMPS sets how many jumps there are (default 14).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time

import harness
import parley
import shims
import support
from attacks.vault import post_json
from attacks.wire import ask

PART = "crash"
JUMPS = int(os.environ.get("CLOCK_JUMPS", "14"))
CLIENTS = 8
HOUR, DAY = 3600, 86_400


def offsets() -> list[int]:
    """Where the clock is, one jump after the other: the great ones first, then steps of some seconds."""
    chance = random.Random(10)
    great = [HOUR + 100, 0, -HOUR, 0, DAY, 0, 60 - int(time.time()), 0]
    steps = [chance.choice([-1, 1]) * chance.randrange(1, 90) for _ in range(max(0, JUMPS - len(great)))]
    return great + steps


class Proofs:
    """Tokens that are the only proof where they are shown, with the time that each is good for."""

    def __init__(self, port: int, room: parley.Room) -> None:
        self.port = port
        account = post_json(port, "/api/v1/auth/register", {
            "username": "zoe", "password": "correct horse battery"}, "127.0.0.9")
        verified = post_json(port, f"/chat/{room.name}/verify", {"password": room.password}, "127.0.0.9")
        self.tokens = {
            "/api/v1/me": (json.loads(account.body)["access_token"], 15 * 60),
            f"/chat/{room.name}/messages?limit=1": (json.loads(verified.body)["token"], HOUR)}

    def check(self, offset: int) -> None:
        for path, (token, life) in self.tokens.items():
            answer = ask(self.port, "GET", path, {"Authorization": f"Bearer {token}"}, source="127.0.0.10")
            wanted = 401 if offset >= life else 200
            assert answer.status == wanted, f"{path} at {offset} s answers {answer}"


async def talk(client: parley.Client, ids: list[str], enough: asyncio.Event) -> None:
    while not enough.is_set():
        answer = await client.say(f"{client.user} {len(ids)}", client_id=f"{client.user} {len(ids)}")
        assert answer["status"] == "success", answer
        ids.append(answer["message_id"])
        await asyncio.sleep(0.02)


async def jump_about(folder) -> None:
    offset = shims.Numbers(folder / "offset", 1)
    server = parley.serve(
        "--ping-interval", "500ms", "--ping-timeout", "60s", LD_PRELOAD=str(shims.library("clock")),
        CLOCK_OFFSET=str(offset.path))
    room = parley.Room(server, "clock", "correct horse").create().admit_this_machine()
    proofs = Proofs(server.port, room)
    clients = [parley.Client(room, f"user{number}") for number in range(CLIENTS)]
    ids: list[list[str]] = [[] for _ in clients]
    enough = asyncio.Event()
    for client in clients:
        await client.__aenter__()
    tasks = [asyncio.create_task(talk(client, own, enough)) for client, own in zip(clients, ids)]
    for jump in offsets():
        offset[0] = jump
        begun = [len(own) for own in ids]
        await asyncio.to_thread(proofs.check, jump)
        while any(len(own) < count + 3 for own, count in zip(ids, begun)):
            assert not any(task.done() for task in tasks), "a client was disconnected"
            await asyncio.sleep(0.01)
    offset[0] = 0
    enough.set()
    await asyncio.gather(*tasks)
    for client in clients:
        assert client.is_open, "a client was disconnected"
        await client.__aexit__()
    check(await asyncio.to_thread(room.history), ids)
    assert server.stop() == 0
    print(f"  {len(offsets())} jumps, {sum(map(len, ids))} messages meanwhile")


def check(history: list[dict], ids: list[list[str]]) -> None:
    numbers = [int(message["id"].removeprefix("msg_")) for message in history]
    times = [message["timestamp"] for message in history]
    assert numbers == sorted(set(numbers)), "ids do not grow"
    assert times == sorted(set(times)), "timestamps do not grow"
    assert len(history) == sum(map(len, ids))
    place = {message["id"]: index for index, message in enumerate(history)}
    for own in ids:
        places = [place[each] for each in own]
        assert places == sorted(places), "messages are out of order"


def test_the_clock_jumps_and_nobody_is_disconnected():
    with support.directory() as folder:
        asyncio.run(jump_about(folder))


test_the_clock_jumps_and_nobody_is_disconnected.deadline = 300 + 10 * JUMPS
