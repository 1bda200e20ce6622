"""SIGKILL under load: what was acknowledged is there exactly once and in order, what was shown too."""

import asyncio
import random
import time

import parley

PART = "crash"
KILLS = 20
SENDERS = 8
BETWEEN = 50
"""Acknowledgements between two kills, at least."""


async def round_of_load(server, senders, wanted):
    """Lets the senders speak until `wanted` messages are acknowledged, then kills the server in the middle."""
    enough = asyncio.Event()
    start = sum(len(sender.acknowledged) for sender in senders)
    tasks = [asyncio.create_task(sender.run(enough)) for sender in senders]
    while sum(len(sender.acknowledged) for sender in senders) < start + wanted:
        assert not all(task.done() for task in tasks), "no sender reaches the server"
        await asyncio.sleep(0.001)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*tasks)


async def final_round(senders):
    """Every sender says again what was not acknowledged, and one thing more."""
    enough = asyncio.Event()
    goals = {sender.user: len(sender.said) + 1 for sender in senders}
    tasks = [asyncio.create_task(sender.run(enough)) for sender in senders]
    while any(len(sender.acknowledged) < goals[sender.user] for sender in senders):
        assert not any(task.done() for task in tasks), "a sender gave up"
        await asyncio.sleep(0.01)
    enough.set()
    await asyncio.gather(*tasks)


async def test_what_was_acknowledged_survives_twenty_kills():
    server = parley.serve()
    room = parley.Room(server, "crash", "correct horse").create()
    senders = [parley.Sender(room, f"user{number}") for number in range(SENDERS)]
    history = []
    chance = random.Random(20)
    for number in range(KILLS):
        await round_of_load(server, senders, BETWEEN + chance.randrange(BETWEEN))
        # Every fourth time the server is killed while it starts, too.
        if number % 4 == 3:
            kill_while_starting(server, chance)
        await asyncio.to_thread(server.start)
        before, history = history, await asyncio.to_thread(room.history)
        parley.verify(history, senders, before)
    await final_round(senders)
    before, history = history, await asyncio.to_thread(room.history)
    parley.verify(history, senders, before)
    assert {message["message"] for message in history} == {text for sender in senders for text in sender.said}
    print(f"  {KILLS} kills, {len(history)} messages")


test_what_was_acknowledged_survives_twenty_kills.deadline = 900


def kill_while_starting(server, chance):
    server.start(waits=False)
    time.sleep(chance.random() * 0.05)
    server.kill()
