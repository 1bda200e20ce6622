"""A Parley process, and a client of its chat that is made of bare WebSocket messages."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import urllib.request
import uuid

import aiohttp

import harness
import support

QUIET = {"PARLEY_RATE_LIMITS": "off"}


def serve(*flags: str, **variables: str) -> harness.ServerProcess:
    """A server on a free port of the loopback with a new data directory, without rate limits."""
    command = [str(support.binary()), "serve", "--port", "{port}", "--data", "{data}/data", *flags]
    command += ["--public", str(support.ROOT / "Public")]
    return harness.ServerProcess(command, {**QUIET, **variables})


def post(url: str, **fields: str) -> dict:
    request = urllib.request.Request(
        url, json.dumps(fields).encode(), {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=harness.PATIENCE) as answer:
        return json.load(answer)


class Room:
    """A room as REST shows it."""

    def __init__(self, server: harness.ServerProcess, name: str, password: str) -> None:
        self.server, self.name, self.password = server, name, password
        self.is_open = False

    def create(self) -> "Room":
        post(f"{self.server.url}/room/create", room_id=self.name, password=self.password)
        return self

    def admit_this_machine(self) -> "Room":
        """Lets this machine's address in from now on, so that nobody's password has to be hashed."""
        post(f"{self.server.url}/chat/{self.name}/verify", password=self.password)
        self.is_open = True
        return self

    def proof(self) -> dict[str, str]:
        """What a join shows."""
        return {} if self.is_open else {"password": self.password}

    def history(self) -> list[dict]:
        """All messages, oldest first."""
        token = post(f"{self.server.url}/chat/{self.name}/verify", password=self.password)["token"]
        messages: list[dict] = []
        while True:
            query = f"limit=1000&after={messages[-1]['id']}" if messages else "limit=1000&after=0"
            request = urllib.request.Request(
                f"{self.server.url}/chat/{self.name}/messages?{query}", headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=harness.PATIENCE) as answer:
                page = json.load(answer)
            if not page:
                return messages
            messages += page


class Closed(Exception):
    """The connection is over; `told` says whether the server closed it as the protocols have it."""

    def __init__(self, told: bool) -> None:
        super().__init__("closed by the server" if told else "cut")
        self.told = told


class Client:
    """One Socket.IO connection over WebSocket. Keeps the events of its room as they came."""

    def __init__(self, room: Room, user: str, **proof: str) -> None:
        self.room, self.user, self.proof = room, user, proof
        self.joined: dict = {}
        """The answer to the join."""
        self.seen: list[dict] = []
        self.told = False
        self.farewell: tuple[int, str] | None = None
        """The code and the reason with which the server closed."""
        self._answers: dict[int, asyncio.Future] = {}
        self._next = 0

    async def __aenter__(self) -> "Client":
        self._session = aiohttp.ClientSession()
        try:
            url = f"{self.room.server.url}/socket.io/?EIO=4&transport=websocket"
            self._socket = await self._session.ws_connect(url, max_msg_size=0, autoclose=False)
            await self._expect("0")
            await self._socket.send_str("40")
            await self._expect("40")
            self._reader = asyncio.create_task(self._read())
            self.joined = await self.call(
                "join", {"room": self.room.name, "user_id": self.user, **self.room.proof(), **self.proof})
            assert self.joined["status"] == "success", self.joined
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(self, *_) -> None:
        await self._socket.close()
        await self._session.close()
        self._reader.cancel()

    async def call(self, event: str, payload: dict) -> dict:
        """Emits and waits for the acknowledgement; raises `Closed` where the connection ends before it."""
        number, self._next = self._next, self._next + 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        if self._reader.done():
            raise Closed(self.told)
        try:
            await self._socket.send_str(f"42{number}{json.dumps([event, payload])}")
        except ConnectionError:
            raise Closed(self.told) from None
        return await answer

    async def say(self, text: str, client_id: str) -> dict:
        payload = {"room": self.room.name, "user_id": self.user, "message": text, "client_id": client_id}
        return await self.call("message", payload)

    @property
    def is_open(self) -> bool:
        return not self._reader.done()

    async def cut(self) -> None:
        """Ends the connection with RST, without a word of any protocol."""
        self._socket.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self._session.close()

    async def closed(self) -> bool:
        """Waits for the end of the connection; whether the server told of it."""
        await asyncio.wait([self._reader])
        return self.told

    async def _expect(self, start: str) -> None:
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT or not message.data.startswith(start):
            raise Closed(False)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionError):
            while (message := await self._socket.receive()).type is aiohttp.WSMsgType.TEXT:
                await self._take(message.data)
            self.told = message.type is aiohttp.WSMsgType.CLOSE
            if self.told:
                self.farewell = (message.data, message.extra)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Closed(self.told))
                # Not everybody waits for an answer.
                answer.exception()

    async def _take(self, text: str) -> None:
        if text == "2":
            await self._socket.send_str("3")
        elif text.startswith("43"):
            digits = text[2:text.index("[")]
            answer = self._answers.pop(int(digits))
            if not answer.done():
                answer.set_result(json.loads(text[2 + len(digits):])[0])
        elif text.startswith("42["):
            event, payload = json.loads(text[2:])
            if event == "message":
                self.seen.append(payload)


class Sender:
    """Says one text after the other under one name, and again what was not acknowledged.

    Between the beginnings of two messages it waits at least `pace` seconds.
    """

    def __init__(self, room: Room, user: str, pace: float = 0) -> None:
        self.room, self.user, self.pace = room, user, pace
        # In the order in which they were said: text, and the id once it is acknowledged.
        self.said: list[str] = []
        self.acknowledged: dict[str, str] = {}
        self.seen: list[dict] = []
        self.count = 0
        self.told = False

    async def run(self, enough: asyncio.Event) -> None:
        """Until the server goes, or until `enough` is set."""
        try:
            async with Client(self.room, self.user) as client:
                self.seen = client.seen
                try:
                    for text in [text for text in self.said if text not in self.acknowledged]:
                        await self._say(client, text)
                    while not enough.is_set():
                        ticket = asyncio.create_task(asyncio.sleep(self.pace))
                        self.count += 1
                        text = f"{self.user} {self.count} {uuid.uuid4()}"
                        self.said.append(text)
                        await self._say(client, text)
                        await ticket
                finally:
                    self.told = client.told
        except (Closed, aiohttp.ClientError, ConnectionError):
            pass

    async def _say(self, client: Client, text: str) -> None:
        answer = await client.say(text, client_id=text)
        if re.search("shutting down|server stops", answer.get("message", "")):
            # Refused by a server that stops: not stored, and the connection is about to end.
            await client.closed()
            raise Closed(client.told)
        assert answer["status"] == "success", answer
        self.acknowledged[text] = answer["message_id"]


def verify(history: list[dict], senders: list[Sender], before: list[dict]) -> None:
    """What was acknowledged or shown is there once, in order; nothing else is; nothing has changed since `before`."""
    texts = [message["message"] for message in history]
    ids = [message["id"] for message in history]
    assert len(set(texts)) == len(texts), "a message is there twice"
    assert len(set(ids)) == len(ids), "an id is there twice"
    stable = [(message["id"], message["message"], message["user_id"], message["timestamp"]) for message in history]
    assert stable[:len(before)] == [
        (message["id"], message["message"], message["user_id"], message["timestamp"]) for message in before
    ], "what was there has changed"
    place = {text: index for index, text in enumerate(texts)}
    for sender in senders:
        lost = [text for text in sender.acknowledged if text not in place]
        assert not lost, f"{len(lost)} acknowledged messages of {sender.user} are lost, the first is {lost[0]!r}"
        for text, identifier in sender.acknowledged.items():
            assert ids[place[text]] == identifier, f"{text!r} has another id than was acknowledged"
        own = [place[text] for text in sender.said if text in place]
        assert own == sorted(own), f"messages of {sender.user} are out of order"
        shown = [message["id"] for message in sender.seen]
        assert [each for each in ids if each in set(shown)] == shown, "shown in another order, or lost"
    said = {text for sender in senders for text in sender.said}
    assert set(texts) <= said, "there is a message that nobody sent"


