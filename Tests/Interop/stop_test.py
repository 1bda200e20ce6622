"""D12: SIGTERM under load: nothing acknowledged is lost, what is under way is answered, clients are told, exit 0."""

import asyncio
import random
import signal
import socket
import time

import aiohttp

import harness
import parley

PART = "crash"
STOPS = 20
ROOMS = 20
CONNECTIONS = 500
"""In all: one sender in each room, and listeners."""
RATE = 500
"""Messages a second, together; as many as the machine can, where that is less."""

FAREWELL = (1001, "server shutting down")


class House:
    """A server with rooms, each with one who speaks and many who listen."""

    def __init__(self):
        self.server = parley.serve()
        self.rooms = [parley.Room(self.server, f"stop{n}", "correct horse").create() for n in range(ROOMS)]
        for room in self.rooms:
            room.admit_this_machine()
        self.senders = [
            parley.Sender(room, f"user{n}", pace=ROOMS / RATE) for n, room in enumerate(self.rooms)]
        self.histories = [[] for _ in self.rooms]
        self.farewells = []
        self.rates = []
        """Messages a second before each stop."""

    @property
    def acknowledged(self):
        return sum(len(sender.acknowledged) for sender in self.senders)

    async def listen(self, number, ready):
        farewell = None
        try:
            async with parley.Client(self.rooms[number % ROOMS], f"listener{number}") as client:
                ready.release()
                await client.closed()
                farewell = client.farewell
        except (parley.Closed, aiohttp.ClientError, ConnectionError):
            pass
        self.farewells.append(farewell)

    async def gather(self):
        """Listeners who have joined, then speakers; all of them as tasks, when some were answered."""
        ready, self.farewells = asyncio.Semaphore(0), []
        tasks = [asyncio.create_task(self.listen(n, ready)) for n in range(CONNECTIONS - ROOMS)]
        for _ in tasks:
            await ready.acquire()
        tasks += [asyncio.create_task(sender.run(asyncio.Event())) for sender in self.senders]
        start = self.acknowledged
        while self.acknowledged == start:
            await asyncio.sleep(0.001)
        begin, start = time.monotonic(), self.acknowledged
        while self.acknowledged < start + RATE // 2:
            await asyncio.sleep(0.001)
        self.rates.append((self.acknowledged - start) / (time.monotonic() - begin))
        return tasks

    def verify(self, is_gentle):
        for number, (room, sender) in enumerate(zip(self.rooms, self.senders)):
            before, history = self.histories[number], room.history()
            parley.verify(history, [sender], before)
            self.histories[number] = history
            stored = {message["message"] for message in history}
            unanswered = stored - set(sender.acknowledged)
            # What the server took, it also acknowledged before it closed.
            assert not is_gentle or not unanswered, f"{len(unanswered)} messages were stored and not acknowledged"


async def gentle_stop(house):
    tasks = await house.gather()
    start = time.monotonic()
    status = await asyncio.to_thread(house.server.stop)
    took = time.monotonic() - start
    assert status == 0, f"exit code {status}"
    await asyncio.gather(*tasks)
    untold = [each for each in house.farewells if each != FAREWELL]
    assert not untold, f"{len(untold)} of {len(house.farewells)} listeners were not told, but {untold[0]}"
    assert len(house.farewells) == CONNECTIONS - ROOMS
    assert all(sender.told for sender in house.senders), "a sender was cut without a word"
    assert not harness.accepts(house.server.port), "the port is still open"
    return took


async def hasty_stop(house, delay):
    """The operator asks again: whatever the server was doing, the process ends, and what was acknowledged is there."""
    tasks = await house.gather()
    house.server.send(signal.SIGTERM)
    await asyncio.sleep(delay)
    house.server.send(signal.SIGTERM)
    await asyncio.to_thread(harness.wait_until, lambda: not house.server.is_running, "the process ends")
    # The first signal may have been enough.
    assert house.server.status in (0, 130), house.server.status
    await asyncio.gather(*tasks)


async def test_stops_under_load_lose_nothing():
    house = House()
    chance = random.Random(12)
    slowest = 0.0
    for number in range(STOPS):
        is_gentle = number % 2 == 0
        if is_gentle:
            slowest = max(slowest, await gentle_stop(house))
        else:
            await hasty_stop(house, chance.random() * 0.03)
        await asyncio.to_thread(house.server.start)
        await asyncio.to_thread(house.verify, is_gentle)
    print(f"  {STOPS} stops of {CONNECTIONS} connections at {sum(house.rates) / STOPS:.0f} messages a second, "
          f"{house.acknowledged} acknowledged; the slowest stop took {slowest:.2f} s")


test_stops_under_load_lose_nothing.deadline = 1100


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
