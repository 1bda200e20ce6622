"""D14: clients are cut while a room goes on, and come back after a while: each has every message, once and in order.

ABSENCES sets how many clients there are (default 100), LONGEST_ABSENCE for how many seconds they stay away (default 2).
"""

from __future__ import annotations

import asyncio
import os
import random

import aiohttp

import harness
import parley
from attacks.arena import allow_many_connections

PART = "load"
CLIENTS = int(os.environ.get("ABSENCES", "100"))
LONGEST = float(os.environ.get("LONGEST_ABSENCE", "2"))
CUTS = 3
PAUSE = 0.05 if CLIENTS <= 200 else 0.5
"""Between two messages of a sender."""

SENDERS = 4


class Reader:
    """A guest who listens, is cut, and asks for what was said since the last message that it has."""

    def __init__(self, room: parley.Room, number: int) -> None:
        self.room, self.name, self.chance = room, f"reader{number}", random.Random(number)
        self.proof: dict[str, str] = {}
        self.has: list[str] = []
        self.came_late = 0
        self.is_back = asyncio.Event()
        """For the last time."""

    async def run(self, is_over: asyncio.Event, session: aiohttp.ClientSession) -> None:
        for _ in range(CUTS):
            client = await self._listen(session)
            await asyncio.sleep(self.chance.random() * 0.5)
            await client.cut()
            self._take(client.seen)
            await asyncio.sleep(self.chance.random() * LONGEST)
        client = await self._listen(session)
        self.is_back.set()
        await is_over.wait()
        # All that was said has been sent before the answer to this.
        assert (await client.call("typing", {"room": self.room.name, "is_typing": False}))["status"] == "success"
        self._take(client.seen)
        await client.cut()

    async def _listen(self, session: aiohttp.ClientSession) -> parley.Client:
        """Joins, and then asks for what was missed: what comes meanwhile is kept beside it."""
        client = parley.Client(self.room, self.name, **self.proof)
        await client.__aenter__()
        if token := client.joined.get("guest_token"):
            self.proof = {"guest_token": token}
        url = f"{self.room.server.url}/chat/{self.room.name}/messages"
        is_more = bool(self.has)
        while is_more:
            async with session.get(url, params={"limit": 100, "after": self.has[-1]}) as answer:
                assert answer.status == 200, await answer.text()
                page = await answer.json()
                self._take(page)
                self.came_late += len(page)
                is_more = answer.headers.get("X-Has-More") == "true"
        return client

    def _take(self, messages: list[dict]) -> None:
        last = number(self.has[-1]) if self.has else 0
        self.has += [message["id"] for message in messages if number(message["id"]) > last]


def number(identifier: str) -> int:
    return int(identifier.rsplit("_", 1)[-1])


async def test_who_comes_back_has_everything_once_and_in_order():
    allow_many_connections()
    server = parley.serve(PARLEY_MESSAGES_PER_ROOM="1000000")
    room = parley.Room(server, "absence", "correct horse")
    await asyncio.to_thread(lambda: room.create().admit_this_machine())
    senders = [parley.Sender(room, f"sender{n}", PAUSE) for n in range(SENDERS)]
    enough, is_over = asyncio.Event(), asyncio.Event()
    talk = [asyncio.create_task(sender.run(enough)) for sender in senders]
    readers = [Reader(room, n) for n in range(CLIENTS)]
    async with aiohttp.ClientSession() as session:
        tasks = [asyncio.create_task(reader.run(is_over, session)) for reader in readers]
        backs = asyncio.gather(*(reader.is_back.wait() for reader in readers))
        while not backs.done():
            assert not any(task.done() for task in [*talk, *tasks]), "a client gave up"
            await asyncio.wait([backs], timeout=0.1)
        enough.set()
        await asyncio.gather(*talk)
        is_over.set()
        await asyncio.gather(*tasks)
    said = [message["id"] for message in await asyncio.to_thread(room.history)]
    for reader in readers:
        begin = said.index(reader.has[0])
        assert reader.has == said[begin:], f"{reader.name} has {len(reader.has)} of {len(said) - begin}"
    assert server.stop() == 0
    print(f"  {CLIENTS} clients, each cut {CUTS} times, among {len(said)} messages; "
          f"{sum(reader.came_late for reader in readers)} were asked for afterwards")


test_who_comes_back_has_everything_once_and_in_order.deadline = 300 + int(CUTS * LONGEST * 4)


if __name__ == "__main__":
    harness.alone(__file__)
