"""D9: nothing that was said stands on the disk or in the log in clear."""

import asyncio
import base64
import uuid

import harness
import parley

MARKERS = 1000
PASSWORD = "correct horse battery staple 7"


def places(server):
    """Every file of the data directory, and all that the process wrote."""
    for path in sorted(server.data.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
    yield "the log", "\n".join(server.lines).encode()


def found(server, secrets):
    """Which secrets stand somewhere, as they are or in base 64."""
    forms = []
    for secret in secrets:
        forms.append(secret.encode())
        forms.append(base64.b64encode(secret.encode())[:20])
    return [(name, form) for name, content in places(server) for form in forms if form in content]


async def say_all(room, markers):
    async with parley.Client(room, "ann") as client:
        for start in range(0, len(markers), 50):
            answers = await asyncio.gather(
                *(client.say(f"{marker} is what I said", client_id=f"c{start + index}")
                  for index, marker in enumerate(markers[start:start + 50])))
            assert all(answer["status"] == "success" for answer in answers), answers


async def test_a_thousand_texts_are_nowhere_in_clear():
    server = parley.serve("--log-level", "debug")
    room = parley.Room(server, "canary", PASSWORD)
    await asyncio.to_thread(room.create)
    markers = [f"marker-{uuid.uuid4()}" for _ in range(MARKERS)]
    await say_all(room, markers)
    token = (await asyncio.to_thread(parley.post, f"{server.url}/chat/canary/verify", password=PASSWORD))["token"]
    texts = [message["message"] for message in await asyncio.to_thread(room.history)]
    assert len(texts) == MARKERS
    # While it runs (with its journal), after a kill, and after a start and a stop, which write the journal back.
    assert not found(server, [*markers, PASSWORD, token])
    server.kill()
    assert not found(server, [*markers, PASSWORD, token])
    server.start()
    assert server.stop() == 0
    assert not found(server, [*markers, PASSWORD, token])


test_a_thousand_texts_are_nowhere_in_clear.deadline = 300
