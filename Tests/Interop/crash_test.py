"""D1, D13. SIGKILL under load: what was acknowledged is there exactly once and in order, what was shown too.

RETRIES sets how often one message is sent again (default 1,000).
"""

import asyncio
import os
import random
import time

import parley

PART = "crash"
KILLS = 20
SENDERS = 8
RETRIES = int(os.environ.get("RETRIES", "1000"))
AT_ONCE = 25
"""Retries that are under way together on one connection."""

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


async def test_a_message_that_is_sent_again_is_stored_once():
    """D13: under one client id, over reconnects and kills, two connections at a time."""
    server = parley.serve()
    room = parley.Room(server, "again", "correct horse").create().admit_this_machine()
    async with parley.Client(room, "ann") as client:
        proof = {"guest_token": client.joined["guest_token"]}
    identifiers, done, turn = set(), 0, 0
    while done < RETRIES:
        turn += 1
        async with parley.Client(room, "ann", **proof) as one, parley.Client(room, "ann", **proof) as two:
            calls = [asyncio.create_task(client.say("once", client_id="the same"))
                     for client in (one, two) for _ in range(AT_ONCE)]
            if turn % 5 == 1:
                # Some of the answers come, and some do not.
                await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.to_thread(server.kill)
            answers = await asyncio.gather(*calls, return_exceptions=True)
        if not server.is_running:
            await asyncio.to_thread(server.start)
        for answer in answers:
            if isinstance(answer, parley.Closed):
                continue
            assert isinstance(answer, dict) and answer["status"] == "success", answer
            identifiers.add(answer["message_id"])
        done += len(calls)
    (identifier,) = identifiers
    history = await asyncio.to_thread(room.history)
    assert [(message["id"], message["message"]) for message in history] == [(identifier, "once")], history
    print(f"  {done} retries")


test_a_message_that_is_sent_again_is_stored_once.deadline = 300 + RETRIES // 10
