"""SIGTERM under load: nothing acknowledged is lost, what is under way is answered, clients are told, exit 0."""

import asyncio
import signal
import socket

import aiohttp

import harness
import parley

PART = "crash"
STOPS = 5
SENDERS = 20
LISTENERS = 80


async def listen(room, user, ready, told):
    try:
        async with parley.Client(room, user) as client:
            ready.release()
            told.append(await client.closed())
    except (parley.Closed, aiohttp.ClientError, ConnectionError) as error:
        told.append(getattr(error, "told", False))


async def one_stop(server, room, senders):
    enough, ready, told = asyncio.Event(), asyncio.Semaphore(0), []
    listeners = [asyncio.create_task(listen(room, f"listener{number}", ready, told)) for number in range(LISTENERS)]
    for _ in listeners:
        await ready.acquire()
    start = sum(len(sender.acknowledged) for sender in senders)
    tasks = [asyncio.create_task(sender.run(enough)) for sender in senders]
    while sum(len(sender.acknowledged) for sender in senders) < start + 5 * SENDERS:
        await asyncio.sleep(0.001)
    status = await asyncio.to_thread(server.stop)
    assert status == 0, f"exit code {status}"
    await asyncio.gather(*tasks, *listeners)
    assert all(told) and len(told) == LISTENERS, f"{told.count(False)} of {len(told)} listeners were cut without a word"
    assert all(sender.told for sender in senders), "a sender was cut without a word"
    assert not harness.accepts(server.port), "the port is still open"


async def test_a_stop_under_load_loses_nothing():
    server = parley.serve()
    room = parley.Room(server, "stop", "correct horse").create()
    senders = [parley.Sender(room, f"user{number}") for number in range(SENDERS)]
    history = []
    for _ in range(STOPS):
        await one_stop(server, room, senders)
        await asyncio.to_thread(server.start)
        before, history = history, await asyncio.to_thread(room.history)
        parley.verify(history, senders, before)
        # What the server took, it also acknowledged before it closed.
        stored = {message["message"] for message in history}
        acknowledged = {text for sender in senders for text in sender.acknowledged}
        assert stored == acknowledged, f"{len(stored - acknowledged)} messages were stored and not acknowledged"


test_a_stop_under_load_loses_nothing.deadline = 600


async def test_a_second_signal_ends_a_stop_at_once():
    server = parley.serve("--drain-time", "600s")
    # A request that is never finished holds the drain.
    with socket.create_connection(("127.0.0.1", server.port)) as held:
        held.sendall(b"POST /room/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        await asyncio.to_thread(harness.wait_until, lambda: harness.accepts(server.port), "the server listens")
        server.send(signal.SIGTERM)
        await asyncio.to_thread(
            harness.wait_until, lambda: not harness.accepts(server.port), "the server accepts no more")
        assert server.is_running, "the stop did not wait for the request that is under way"
        server.send(signal.SIGTERM)
        await asyncio.to_thread(harness.wait_until, lambda: not server.is_running, "the process ends")


async def test_an_idle_server_stops_at_once():
    for number in [signal.SIGTERM, signal.SIGINT]:
        server = parley.serve("--drain-time", "600s")
        server.send(number)
        await asyncio.to_thread(harness.wait_until, lambda: not server.is_running, "the process ends")
        assert server.status == 0, server.status
