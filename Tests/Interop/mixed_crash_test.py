"""SIGKILL under everything at once: messages, edits, reactions, removals, files with their message and before it,
backups, and master keys that change. What was acknowledged is there once and as it was left; no file is without its
row; the audit log's chain holds.

MIXED_KILLS sets how often the server is killed (default 8).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import subprocess

import aiohttp

import harness
import parley
import support
from maintenance import command, data_of, done, stored_files

PART = "crash"
KILLS = int(os.environ.get("MIXED_KILLS", "8"))
TALKERS = 6
UPLOADERS = 2
BETWEEN = 60
"""Acknowledgements between two kills, at least."""

MOST_EDITS = 15
EMOJI = ("👍", "🎉", "🚀")
CUT = (parley.Closed, aiohttp.ClientError, ConnectionError, asyncio.TimeoutError)


class Said:
    """A message, and what may have become of it: an answer that did not come leaves two ways."""

    def __init__(self, text: str) -> None:
        self.id: str | None = None
        self.texts: set[str | None] = {None, text}
        """`None` where it is not there."""
        self.reactions: dict[str, set[bool]] = {}
        self.edits = 0

    @property
    def is_settled(self) -> bool:
        return self.id is not None and None not in self.texts


class Talker:
    """A guest who posts, and edits, removes and reacts to what it has posted."""

    def __init__(self, room: parley.Room, name: str, chance: random.Random) -> None:
        self.room, self.name, self.chance = room, name, chance
        self.proof: dict[str, str] = {}
        self.said: dict[str, Said] = {}
        """By the client id."""
        self.count = 0

    async def run(self) -> None:
        """Until the server goes."""
        with contextlib.suppress(*CUT):
            async with parley.Client(self.room, self.name, **self.proof) as client:
                if token := client.joined.get("guest_token"):
                    self.proof = {"guest_token": token}
                for mark, said in self.said.items():
                    if said.id is None:
                        await self._post(client, mark, said)
                while True:
                    await self._act(client)

    async def _act(self, client: parley.Client) -> None:
        settled = [said for said in list(self.said.values())[-30:] if said.is_settled]
        act = self.chance.random()
        if act < 0.4 or not settled:
            mark = f"{self.name}-{len(self.said)}"
            said = self.said[mark] = Said(f"{mark} as it was posted")
            await self._post(client, mark, said)
        elif act < 0.6:
            await self._edit(client, self.chance.choice(settled))
        elif act < 0.9:
            await self._react(client, self.chance.choice(settled))
        else:
            await self._remove(client, self.chance.choice(settled))

    async def _post(self, client: parley.Client, mark: str, said: Said) -> None:
        answer = await self._ask(client, "message", message=f"{mark} as it was posted", client_id=mark)
        said.id = answer["message_id"]
        # One that is sent again may have been stored, and nothing else can have been done to it.
        said.texts.discard(None)

    async def _edit(self, client: parley.Client, said: Said) -> None:
        if said.edits >= MOST_EDITS:
            return
        said.edits += 1
        text = f"{said.id} as edit {said.edits} has it"
        said.texts.add(text)
        await self._ask(client, "edit", message_id=said.id, message=text)
        said.texts = {text}

    async def _react(self, client: parley.Client, said: Said) -> None:
        emoji, is_there = self.chance.choice(EMOJI), self.chance.random() < 0.7
        said.reactions.setdefault(emoji, {False}).add(is_there)
        await self._ask(
            client, "reaction", message_id=said.id, reaction=emoji, op="add" if is_there else "remove")
        said.reactions[emoji] = {is_there}

    async def _remove(self, client: parley.Client, said: Said) -> None:
        said.texts.add(None)
        await self._ask(client, "delete", message_id=said.id)
        said.texts = {None}

    async def _ask(self, client: parley.Client, event: str, **members: str) -> dict:
        answer = await client.call(event, {"room": self.room.name, "user_id": self.name, **members})
        assert answer["status"] == "success", (event, members, answer)
        self.count += 1
        return answer

    def check(self, history: dict[str, dict]) -> None:
        """`history` by the client id; what is there is true from now on."""
        for mark, said in self.said.items():
            shown = history.pop(mark, None)
            text = shown["message"] if shown else None
            assert text in said.texts, f"{mark} says {text!r} and should be one of {said.texts}"
            was_stored = said.id is not None
            said.texts = {text}
            if shown is None:
                # Not stored at all, and to be sent again; or removed.
                said.texts = {None} if was_stored else {None, f"{mark} as it was posted"}
                continue
            assert said.id in (None, shown["id"]), f"{mark} has another id than was acknowledged"
            said.id = shown["id"]
            for emoji, ways in said.reactions.items():
                found = self.name in shown["reactions"].get(emoji, [])
                assert found in ways, f"{mark} has {shown['reactions']}, and {emoji} should be one of {ways}"
                said.reactions[emoji] = {found}


class Uploader:
    """A guest who sends files, some of them before their message, and removes some of them again."""

    def __init__(self, room: parley.Room, name: str, chance: random.Random) -> None:
        self.room, self.name, self.chance = room, name, chance
        self.proof: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}
        """By the client id."""
        self.waiting: dict[str, str] = {}
        """The ids of files that were sent, and whose message was not acknowledged."""
        self.names: dict[str, str] = {}
        """The stored names of those that were acknowledged."""
        self.gone: dict[str, bool] = {}
        """Those that were to be removed, and whether that was acknowledged."""
        self.count = 0

    async def run(self) -> None:
        with contextlib.suppress(*CUT):
            if not self.proof:
                async with parley.Client(self.room, self.name) as client:
                    self.proof = {"user_id": self.name, "guest_token": client.joined["guest_token"]}
            async with aiohttp.ClientSession() as session:
                for mark in [mark for mark in self.contents if mark not in self.names and mark not in self.gone]:
                    await self._send(session, mark)
                while True:
                    mark = f"{self.name}-{len(self.contents)}"
                    self.contents[mark] = self.chance.randbytes(self.chance.randrange(1, 200_000))
                    await self._send(session, mark)
                    if self.chance.random() < 0.3:
                        await self._remove(session, mark)

    @property
    def _url(self) -> str:
        return f"{self.room.server.url}/chat/{self.room.name}"

    async def _send(self, session: aiohttp.ClientSession, mark: str) -> None:
        if mark in self.waiting or self.chance.random() < 0.4:
            return await self._send_before(session, mark)
        form = aiohttp.FormData({**self.proof, "client_id": mark, "message": mark})
        form.add_field("file", self.contents[mark], filename=f"{mark}.bin")
        async with session.post(f"{self._url}/upload", data=form) as answer:
            told = await answer.json()
            assert answer.status == 200, told
        self.names[mark] = told["file"]["stored_filename"]
        self.count += 1

    async def _send_before(self, session: aiohttp.ClientSession, mark: str) -> None:
        """The file first, and then its message; a file that was acknowledged can have its message after a kill, too."""
        native = f"{self.room.server.url}/api/v1/rooms/{self.room.name}"
        if mark not in self.waiting:
            async with session.post(f"{native}/uploads", params=self.proof, data=self.contents[mark]) as answer:
                told = await answer.json()
                assert answer.status == 201, told
            self.waiting[mark] = told["id"]
            self.count += 1
        members = {**self.proof, "message": mark, "client_id": mark, "attachments": [self.waiting[mark]]}
        async with session.post(f"{native}/messages", json=members) as answer:
            told = await answer.json()
            assert answer.status == 201, told
        (file,) = told["attachments"]
        self.names[mark] = file["stored_name"]
        self.count += 1

    async def _remove(self, session: aiohttp.ClientSession, mark: str) -> None:
        self.gone[mark] = False
        async with session.delete(f"{self._url}/files/{self.names[mark]}", json=self.proof) as answer:
            assert answer.status == 200, await answer.text()
        self.gone[mark] = True
        self.count += 1

    async def check(self, history: dict[str, dict], session: aiohttp.ClientSession) -> None:
        for mark in self.contents:
            shown = history.pop(mark, None)
            assert shown or mark not in self.names, f"{mark} was acknowledged and is lost"
            # What was said about a file that is removed stays.
            files = shown.get("attachments", []) if shown else []
            if not files:
                assert mark not in self.names or mark in self.gone, f"the file of {mark} is lost"
            elif mark in self.gone:
                assert not self.gone.pop(mark), f"the file of {mark} was removed and is there"
            for file in files:
                assert self.names.setdefault(mark, file["stored_name"]) == file["stored_name"], mark
            if mark in self.gone:
                self.gone[mark] = True
        there = [mark for mark in self.names if mark not in self.gone]
        for mark in there[-6:] + there[:2]:
            async with session.get(f"{self._url}/files/{self.names[mark]}") as answer:
                content = await answer.read()
                assert answer.status == 200, content
            assert hashlib.sha256(content).digest() == hashlib.sha256(self.contents[mark]).digest(), mark


class Operator:
    """Changes the master key and makes backups, one after the other, as long as the server runs."""

    def __init__(self, server: harness.ServerProcess, backups: os.PathLike, chance: random.Random) -> None:
        self.data, self.backups, self.chance = data_of(server), backups, chance
        self.turn = 0
        self.count = 0
        self.made: list = []
        self.process: subprocess.Popen | None = None
        self.is_over = False

    def run(self) -> None:
        self.is_over = False
        while not self.is_over:
            self.turn += 1
            backup = self.backups / f"backup-{self.turn}"
            words = [["backup", "--to", str(backup), "--with-keys"], ["keys", "rotate"], ["keys", "retire"]]
            self.process = subprocess.Popen(
                [support.binary(), *words[self.turn % 3], "--data", str(self.data)], env=support.environment(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self.process.wait(harness.PATIENCE * 4) == 0:
                self.count += 1
                if self.turn % 3 == 0:
                    self.made.append(backup)

    def end(self) -> None:
        """Lets the command that runs come to its end, or kills it, too."""
        self.is_over = True
        if self.process and self.chance.random() < 0.5:
            self.process.kill()


async def check(server: harness.ServerProcess, talkers: list[Talker], uploaders: list[Uploader]) -> None:
    """What the server has is what was acknowledged; `start` has been called."""
    stored_files(data_of(server))
    histories: dict[str, dict[str, dict]] = {}
    for room in {each.room for each in [*talkers, *uploaders]}:
        messages = await asyncio.to_thread(room.history)
        marks = {message["client_id"]: message for message in messages}
        assert len(marks) == len(messages), "a message is there twice"
        assert len({message["id"] for message in messages}) == len(messages), "an id is there twice"
        histories[room.name] = marks
    for talker in talkers:
        talker.check(histories[talker.room.name])
    async with aiohttp.ClientSession() as session:
        for uploader in uploaders:
            await uploader.check(histories[uploader.room.name], session)
    assert not any(histories.values()), f"there is what nobody sent: {histories}"


def check_database(server: harness.ServerProcess) -> None:
    """What a killed server has left is sound."""
    result = command("verify", data=data_of(server))
    assert result.returncode == 0, result
    assert "entries are as they were written" in done("audit", "verify", data=data_of(server))


async def kill_often(folder) -> None:
    server = parley.serve(PARLEY_UPLOADS_PER_PERSON="100")
    chance = random.Random(50)
    rooms = [parley.Room(server, f"mixed-{n}", "correct horse").create().admit_this_machine() for n in range(3)]
    talkers = [Talker(rooms[n % 2], f"talker{n}", random.Random(n)) for n in range(TALKERS)]
    uploaders = [Uploader(rooms[2], f"sender{n}", random.Random(100 + n)) for n in range(UPLOADERS)]
    operator = Operator(server, folder, chance)
    workers = [*talkers, *uploaders]
    for _ in range(KILLS):
        start = sum(worker.count for worker in workers)
        tasks = [asyncio.create_task(worker.run()) for worker in workers]
        operations = asyncio.create_task(asyncio.to_thread(operator.run))
        while sum(worker.count for worker in workers) < start + BETWEEN:
            for task in tasks:
                assert not task.done(), f"a worker gave up: {task}"
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.random() * 0.5)
        await asyncio.to_thread(server.kill)
        operator.end()
        await asyncio.gather(*tasks)
        await operations
        await asyncio.to_thread(check_database, server)
        await asyncio.to_thread(server.start)
        await check(server, talkers, uploaders)
    assert server.stop() == 0
    if operator.made:
        restored = folder / "restored"
        done("restore", operator.made[-1], data=restored)
        assert "0 faults" in done("verify", data=restored)
    print(f"  {KILLS} kills, {sum(worker.count for worker in workers)} acknowledgements, "
          f"{operator.count} commands, {len(operator.made)} of them backups")


def test_whenever_it_is_killed_nothing_acknowledged_is_lost_or_there_twice():
    with support.directory() as folder:
        asyncio.run(kill_often(folder))


test_whenever_it_is_killed_nothing_acknowledged_is_lost_or_there_twice.deadline = 300 + 30 * KILLS
