"""L5: clients talk, come and go for long: memory, descriptors and threads do not grow, and nothing fails.

SOAK_SECONDS sets for how long (default 15), SOAK_CLIENTS how many clients there are (default 100). For a long time run
it alone: `SOAK_SECONDS=1800 python Tests/Interop/soak_test.py`.
"""

from __future__ import annotations

import asyncio
import os
import time

import harness
import parley
from attacks.arena import allow_many_connections
from reliability_test import descriptors, threads
from stalled_readers_test import resident

PART = "load"
SECONDS = float(os.environ.get("SOAK_SECONDS", "15"))
CLIENTS = int(os.environ.get("SOAK_CLIENTS", "100"))
PER_ROOM = 20
RATE = 200
"""Messages a second, together; fewer where the machine cannot."""

CHURN = 10
"""Clients a second who come and go."""

WARM_UP = 0.3
"""The part of the time whose memory does not count: caches fill."""


async def talk(sender: parley.Sender, enough: asyncio.Event, faults: list[str]) -> None:
    await sender.run(enough)
    if not enough.is_set():
        faults.append(f"{sender.user} was cut")
    sender.said.clear()


async def forget(senders: list[parley.Sender], enough: asyncio.Event) -> None:
    """What was said long ago is of no interest to this end's memory."""
    while not enough.is_set():
        await asyncio.sleep(1)
        for sender in senders:
            sender.seen.clear()


async def come_and_go(rooms: list[parley.Room], enough: asyncio.Event) -> int:
    count = 0
    while not enough.is_set():
        begin = time.monotonic()
        async with parley.Client(rooms[count % len(rooms)], f"passer{count}") as client:
            assert (await client.say("here and gone", f"passer{count}"))["status"] == "success"
            if count % 2:
                await client.cut()
        count += 1
        await asyncio.sleep(max(0.0, 1 / CHURN - (time.monotonic() - begin)))
    return count


def slope(samples: list[tuple[float, int]]) -> float:
    """Bytes an hour, by least squares."""
    middle = sum(at for at, _ in samples) / len(samples)
    mean = sum(size for _, size in samples) / len(samples)
    spread = sum((at - middle) ** 2 for at, _ in samples)
    return 3600 * sum((at - middle) * (size - mean) for at, size in samples) / spread if spread else 0.0


async def watch(pid: int, samples: list[tuple[float, int]], enough: asyncio.Event) -> None:
    begin = time.monotonic()
    while not enough.is_set():
        samples.append((time.monotonic() - begin, resident(pid)))
        await asyncio.sleep(SECONDS / 100)


async def test_nothing_grows_while_clients_come_and_go():
    allow_many_connections()
    # Rooms that are full from early on, so that what they keep does not grow.
    server = parley.serve("--messages-per-room", "200")
    rooms = [parley.Room(server, f"soak-{n}", "correct horse") for n in range(-(-CLIENTS // PER_ROOM))]
    for room in rooms:
        await asyncio.to_thread(lambda: room.create().admit_this_machine())
    senders = [parley.Sender(rooms[n % len(rooms)], f"user{n}", CLIENTS / RATE) for n in range(CLIENTS)]
    enough, faults, samples = asyncio.Event(), [], []
    before = descriptors(server.pid), threads(server.pid)
    tasks = [asyncio.create_task(talk(sender, enough, faults)) for sender in senders]
    helpers = [asyncio.create_task(each) for each in (
        forget(senders, enough), come_and_go(rooms, enough), watch(server.pid, samples, enough))]
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert not faults and not any(task.done() for task in [*tasks, *helpers]), faults or "somebody gave up"
        await asyncio.sleep(0.2)
    enough.set()
    _, count, _ = await asyncio.gather(*helpers)
    await asyncio.gather(*tasks)
    settled = [sample for sample in samples if sample[0] > SECONDS * WARM_UP]
    grown = settled[-1][1] - settled[0][1]
    said = sum(sender.count for sender in senders)
    await asyncio.to_thread(
        harness.wait_until, lambda: descriptors(server.pid) <= before[0] + 10, "the descriptors are closed")
    # The runtime's own pool gives idle threads back, and may start a few again.
    assert threads(server.pid) <= before[1] + 8, (threads(server.pid), before)
    # An hour of it may cost a megabyte; in a short time, what a busy allocator keeps is many times that.
    assert grown < (64 << 20), f"grew by {grown >> 20} MiB"
    assert server.stop() == 0
    print(f"  {SECONDS:.0f} s: {said / SECONDS:.0f} messages a second of {CLIENTS} clients, {count} came and went; "
          f"memory {settled[0][1] >> 20} MiB, then {settled[-1][1] >> 20} MiB; slope "
          f"{slope(settled) / (1 << 20):+.1f} MiB an hour")


test_nothing_grows_while_clients_come_and_go.deadline = 300 + int(SECONDS * 2)


if __name__ == "__main__":
    harness.alone(__file__)
