"""A room that nobody gets into without a proof, and what must stay shut."""

from __future__ import annotations

import json
from urllib.parse import quote

from attacks.arena import Arena
from attacks.socketio_client import SocketIO
from attacks.wire import Response, ask

ROOM, PASSWORD, MARK = "vault-5", "correct horse battery", "the words that only members may read"
OTHER, OTHER_PASSWORD = "elsewhere", "another secret"
OWNER, STRANGER = "127.0.9.1", "127.0.9.66"


def post_json(port: int, target: str, content: object, source: str, fields: dict[str, str] | None = None) -> Response:
    body = json.dumps(content).encode()
    return ask(port, "POST", target, {"Content-Type": "application/json", **(fields or {})}, body, source)


def prepare(arena: Arena) -> None:
    """The room, with a message in it; its owner's address is verified. Done once for each server."""
    if getattr(arena, "room_is_ready", False):
        return
    for room, password in ((ROOM, PASSWORD), (OTHER, OTHER_PASSWORD)):
        answer = post_json(arena.port, "/room/create", {"room_id": room, "password": password}, OWNER)
        assert answer.status in (200, 409), answer
    arena.token = token_of(arena, ROOM, PASSWORD)
    arena.other_token = token_of(arena, OTHER, OTHER_PASSWORD)
    answer = post_json(arena.port, f"/chat/{ROOM}", {"message": MARK, "user_id": "owner"}, OWNER)
    assert answer.status == 200, answer
    arena.room_is_ready = True


def token_of(arena: Arena, room: str, password: str) -> str:
    answer = post_json(arena.port, f"/chat/{room}/verify", {"password": password}, OWNER)
    assert answer.status == 200, answer
    return json.loads(answer.body)["token"]


def count(arena: Arena, room: str = ROOM) -> int:
    answer = ask(arena.port, "GET", f"/chat/{room}/messages?limit=1000", {"Authorization": f"Bearer {arena.token}"})
    assert answer.status == 200, answer
    return len(json.loads(answer.body))


def assert_denied(answer: Response) -> None:
    assert answer.status in (400, 401, 403, 404, 414, 422), answer
    assert MARK not in answer.text and "token\"" not in answer.text, answer


def assert_room_is_shut(arena: Arena, members: dict, fields: dict[str, str] | None = None, room: str = ROOM) -> None:
    """No route gives the room away for these members and fields."""
    port, name = arena.port, quote(room, safe="")
    before = count(arena)
    assert_denied(post_json(port, f"/chat/{name}/verify", members, STRANGER, fields))
    assert_denied(post_json(port, f"/chat/{name}", {**members, "message": "forged", "user_id": "stranger"}, STRANGER,
                            fields))
    query = "&".join(f"{key}={quote(value if isinstance(value, str) else json.dumps(value), safe='')}"
                     for key, value in members.items() if value is not None)
    assert_denied(ask(port, "GET", f"/chat/{name}/messages?{query}", fields, source=STRANGER))
    assert_denied(ask(port, "GET", f"/chat/{name}/messages?{query}&limit=1&before=0&user_id=owner", fields,
                      source=STRANGER))
    form = {**(fields or {}), "Content-Type": "application/x-www-form-urlencoded"}
    assert_denied(ask(port, "POST", f"/chat/{name}/verify", form, query.encode(), STRANGER))
    assert_denied(ask(port, "POST", f"/chat/{name}", form, f"{query}&message=forged".encode(), STRANGER))
    assert count(arena) == before, "a stranger's message is in the room"


def assert_nobody_joins(arena: Arena, members: dict, auth: object = None, fields: dict[str, str] | None = None,
                        room: str = ROOM) -> None:
    """`join` is refused, and what happens in the room does not reach who asked."""
    with SocketIO(arena.port, fields, source=STRANGER) as socket:
        socket.connect("/", auth)
        answer = socket.call("join", {"room": room, "user_id": "stranger", **members})
        assert answer["status"] == "error", answer
        assert MARK not in json.dumps(answer)
        for event, content in (("message", {"message": "forged"}), ("typing", {"is_typing": True}),
                               ("reaction", {"message_id": "1", "reaction": "\U0001f44d"}), ("leave", {})):
            answer = socket.call(event, {"room": room, "user_id": "stranger", **members, **content})
            assert answer["status"] == "error", (event, answer)
        assert post_json(arena.port, f"/chat/{ROOM}", {"message": MARK, "user_id": "owner"}, OWNER).status == 200
        assert {event[0] for event in socket.collect()} <= {"error"}, socket.events
