"""Rooms: nobody reads, writes or joins one without a proof, over any route and event."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Callable

from attacks.arena import HASHING, MAX_GROWTH, Arena, Group, publish
from attacks.socketio_client import SocketIO
from attacks.vault import (OTHER, OTHER_PASSWORD, OWNER, PASSWORD, ROOM, STRANGER, assert_nobody_joins,
                           assert_room_is_shut, post_json, prepare)
from attacks.wire import Response, Wire, ask, request

PART = "attack"
group = Group()

# --- Proofs that are none ---------------------------------------------------------------------------------------------

def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header: dict, claims: object, key: bytes = b"") -> str:
    """A token with a signature under a key that is not the server's."""
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{text}.{b64(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


CLAIMS = {"room_id": ROOM, "sub": ROOM, "room": ROOM, "exp": int(time.time()) + 3600}

PASSWORDS: dict[str, object] = {
    "none": None, "an empty one": "", "a wrong one": "wrong", "another room's": OTHER_PASSWORD, "an array": [PASSWORD],
    "an empty array": [], "CVE-2021-22911: an object": {"$ne": None},
    "an object of the right one": {"password": PASSWORD},
    "a number": 0, "true": True,
    "false": False, "the right one and NUL": PASSWORD + "\0", "NUL": "\0", "a blank before": " " + PASSWORD,
    "a blank behind": PASSWORD + " ",
    "a line end behind": PASSWORD + "\n", "capitals": PASSWORD.upper(), "its beginning": PASSWORD[:-1],
    "one letter more": PASSWORD + "a",
    "fullwidth letters": "".join(chr(ord(letter) + 0xfee0) if letter != " " else "\u3000" for letter in PASSWORD),
    "a zero-width blank inside": PASSWORD.replace(" ", "\u200b "), "no-break blanks": PASSWORD.replace(" ", "\u00a0"),
    "a soft hyphen inside": PASSWORD.replace("h", "h\u00ad"), "Cyrillic letters": PASSWORD.replace("o", "\u043e"),
    "a percent": "%", "a star": "*", "a quote of SQL": "' OR '1'='1", "a comment of SQL": "'--",
    "10,000 letters": "a" * 10_000,
    "the right one many times": PASSWORD * 400, "the room's name": ROOM, "null in letters": "null",
    "undefined": "undefined",
    "a hash": "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA", "a template": "{{password}}",
    "the right one in base 64": base64.b64encode(PASSWORD.encode()).decode(),
    "the right one in an array of letters": list(PASSWORD),
}
TOKENS: dict[str, Callable[[Arena], object]] = {
    "an empty one": lambda arena: "", "letters": lambda arena: "token", "points": lambda arena: "..",
    "null": lambda arena: None,
    "another room's": lambda arena: arena.other_token, "cut": lambda arena: arena.token[:-1],
    "one letter more": lambda arena: arena.token + "A",
    "without its signature": lambda arena: arena.token.rsplit(".", 1)[0] + ".",
    "without its end": lambda arena: arena.token.rsplit(".", 1)[0],
    "its letters changed": lambda arena: changed(arena.token, 2, -2),
    "other claims": lambda arena: with_claims(arena.token, CLAIMS),
    "the algorithm none": lambda arena: f"{b64(b'{}')}.{b64(json.dumps(CLAIMS).encode())}.",
    "the algorithm none, said": lambda arena: forged({"alg": "none", "typ": "JWT"}, CLAIMS).rsplit(".", 1)[0] + ".",
    "the algorithm nOnE": lambda arena: forged({"alg": "nOnE", "typ": "JWT"}, CLAIMS),
    "an empty key": lambda arena: forged({"alg": "HS256", "typ": "JWT"}, CLAIMS),
    "the key secret": lambda arena: forged({"alg": "HS256", "typ": "JWT"}, CLAIMS, b"secret"),
    "the room as the key": lambda arena: forged({"alg": "HS256", "typ": "JWT"}, CLAIMS, ROOM.encode()),
    "a key of its own": lambda arena: forged({"alg": "HS256", "jwk": {"kty": "oct", "k": b64(b"key")}}, CLAIMS, b"key"),
    "a key file": lambda arena: forged({"alg": "HS256", "kid": "/dev/null"}, CLAIMS),
    "claims that are an array": lambda arena: forged({"alg": "HS256"}, [CLAIMS]),
    "8,000 letters": lambda arena: "a." * 4000, "an array": lambda arena: [arena.token],
    "an object": lambda arena: {"token": arena.token},
    "padding": lambda arena: arena.token + "==",
    "a blank inside": lambda arena: arena.token[:20] + " " + arena.token[20:],
}


def changed(token: str, part: int, place: int) -> str:
    parts = token.split(".")
    letter = "A" if parts[part][place] != "A" else "B"
    parts[part] = parts[part][:place] + letter + parts[part][place + 1 or len(parts[part]):]
    return ".".join(parts)


def with_claims(token: str, claims: object) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{b64(json.dumps(claims).encode())}.{signature}"


for title, password in PASSWORDS.items():
    def _password(arena: Arena, password: object = password) -> None:
        prepare(arena)
        assert_room_is_shut(arena, {"password": password})
        assert_nobody_joins(arena, {"password": password})
        if isinstance(password, str):
            assert_nobody_joins(arena, {}, {"password": password})
    group.add(f"shut to the password: {title}", _password)

for title, make in TOKENS.items():
    def _token(arena: Arena, make: Callable[[Arena], object] = make) -> None:
        prepare(arena)
        token = make(arena)
        assert_room_is_shut(arena, {"token": token})
        assert_nobody_joins(arena, {"token": token})
        assert_nobody_joins(arena, {}, {"token": token})
        if isinstance(token, str) and len(token) < 5000:
            for value in (f"Bearer {token}", token, f"bearer  {token}"):
                assert_room_is_shut(arena, {}, {"Authorization": value})
            assert_nobody_joins(arena, {}, fields={"Authorization": f"Bearer {token}"})
    group.add(f"shut to the token: {title}", _token)


@group.case("shut to fields of every kind")
def _(arena: Arena) -> None:
    prepare(arena)
    for fields in ({"Authorization": f"Basic {base64.b64encode(f'owner:{PASSWORD}'.encode()).decode()}"},
                   {"Authorization": "Bearer"}, {"Authorization": ""}, {"Authorization": "null"},
                   {"Cookie": f"token={arena.token}"},
                   {"X-Password": PASSWORD}, {"X-Original-URL": "/"}, {"X-HTTP-Method-Override": "GET"}):
        assert_room_is_shut(arena, {}, fields)


NAMES = {
    "another case": ROOM.upper(), "blanks around": f" {ROOM} ", "a blank behind": ROOM + " ",
    "NUL behind": ROOM + "\0", "a point before": f"./{ROOM}",
    "a slash behind": ROOM + "/", "fullwidth digits": ROOM.replace("5", "\uff15"),
    "a zero-width blank": ROOM + "\u200b",
    "a soft hyphen": ROOM.replace("-", "-\u00ad"), "another hyphen": ROOM.replace("-", "\u2010"),
    "the channel's name": "room:1",
    "a star": "*", "a percent": "%", "encoded twice": "vault%2d5", "a room that is not there": "nowhere",
    "an empty name": "", "__proto__": "__proto__",
    "a quote of SQL": f"{ROOM}' OR '1'='1", "10,000 letters": ROOM * 1400, "a list": f"{ROOM},{OTHER}",
    "a variation selector": ROOM + "\ufe0f",
}
for title, name in NAMES.items():
    def _name(arena: Arena, name: str = name) -> None:
        prepare(arena)
        for members in ({}, {"password": OTHER_PASSWORD}, {"token": arena.other_token}):
            assert_nobody_joins(arena, members, room=name)
            if name and len(name) < 200 and "/" not in name:
                assert_room_is_shut(arena, members, room=name)
    group.add(f"shut under the name: {title}", _name)


@group.case("a room that is not there authorises nobody and looks like one that is")
def _(arena: Arena) -> None:
    prepare(arena)
    def shape(answer: Response) -> tuple:
        return answer.status, answer.text.replace("nowhere-at-all", "X").replace(ROOM, "X")

    for members in ({"password": "wrong"}, {"password": ""}, {}, {"token": arena.other_token}, {"token": "x"}):
        there = post_json(arena.port, f"/chat/{ROOM}", {**members, "message": "a"}, STRANGER)
        nowhere = post_json(arena.port, "/chat/nowhere-at-all", {**members, "message": "a"}, STRANGER)
        assert shape(there) == shape(nowhere), (there, nowhere)
        with SocketIO(arena.port, source=STRANGER) as socket:
            socket.connect()
            answers = [socket.call("join", {"room": room, "user_id": "a", **members})
                       for room in (ROOM, "nowhere-at-all")]
            assert answers[0] == answers[1], answers
    assert ask(arena.port, "GET", "/chat/nowhere-at-all/messages", source=STRANGER).status == 401


@group.case("creating a room again changes nothing")
def _(arena: Arena) -> None:
    prepare(arena)
    answer = post_json(arena.port, "/room/create", {"room_id": ROOM, "password": "mine now"}, STRANGER)
    assert answer.status == 409 and "token" not in answer.text, answer
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(arena.port, "POST", "/room/create", form, f"room_id={ROOM}&password=mine".encode(),
               STRANGER).status == 409
    assert_room_is_shut(arena, {"password": "mine now"})
    assert_room_is_shut(arena, {"password": "mine"})
    assert post_json(arena.port, f"/chat/{ROOM}/verify", {"password": PASSWORD}, OWNER).status == 200


@group.case("fifty who create one room at once: one does", growth=MAX_GROWTH + HASHING)
def _(arena: Arena) -> None:
    wires = []
    for number in range(50):
        wire = Wire(arena.port)
        body = json.dumps({"room_id": "raced", "password": f"password {number}"}).encode()
        wire.send(request("POST", "/room/create", arena.port, {"Content-Type": "application/json"}, body))
        wires.append(wire)
    statuses = []
    for wire in wires:
        with wire:
            statuses.append(wire.response().status)
    assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 503}, statuses
    winner = statuses.index(200)
    for number in (winner, (winner + 1) % 50):
        status = post_json(arena.port, "/chat/raced/verify", {"password": f"password {number}"}, OWNER).status
        assert status == (200 if number == winner else 401), (number, winner, status)


@group.case("CVE-2026-4635: joins, messages, leaves and ends of fifty members at once", growth=MAX_GROWTH + HASHING)
def _(arena: Arena) -> None:
    prepare(arena)
    for round in range(4):
        sockets = []
        for number in range(50):
            socket = SocketIO(arena.port, source=STRANGER)
            socket.connect()
            # Some names are those of two.
            content = {"room": ROOM, "user_id": f"racer-{number % 40}", "password": PASSWORD, "message": "a"}
            for event in ("join", "message", "typing", "leave", "join")[:number % 5 + 1]:
                socket.emit(event, content)
            if number % 3 == round % 3:
                socket.send_text("41")
            sockets.append(socket)
        for number, socket in enumerate(sockets):
            (socket.reset if number % 2 else socket.close)()
    assert_nobody_joins(arena, {"password": "wrong"})


publish(globals())
