"""Members and addresses: nobody speaks as another, claims an address, hears a room that he left, or guesses on."""

from __future__ import annotations

import json

import harness
from attacks.arena import Arena, Group, parley, publish
from attacks.socketio_client import SocketIO
from attacks.vault import (MARK, OTHER, OTHER_PASSWORD, OWNER, PASSWORD, ROOM, STRANGER, assert_nobody_joins,
                           assert_room_is_shut, post_json, prepare)
from attacks.wire import ask

PART = "attack"
group = Group()
guessing = Group("guessing", env={})
brief = Group("short proofs", lambda: parley("--room-token-time", "2s", "--verified-address-time", "2s"))
proxied = Group("behind a proxy", lambda: parley("--trusted-proxies", "127.0.6.0/24,10.0.0.0/8"))


# --- Addresses --------------------------------------------------------------------------------------------------------

FORWARDED = {
    "X-Forwarded-For": ["{owner}", "{owner}, {stranger}", "{stranger}, {owner}", "{owner}:80", "[{owner}]",
                        "::ffff:{owner}", "unknown", "",
                        "{owner}\t", "127.0.0.1", ", {owner}", "{owner}," * 500],
    "Forwarded": ["for={owner}", 'for="{owner}"', "for={owner};by={owner};host=a"], "X-Real-IP": ["{owner}"],
    "Client-IP": ["{owner}"],
    "X-Client-IP": ["{owner}"], "CF-Connecting-IP": ["{owner}"], "True-Client-IP": ["{owner}"],
    "X-Cluster-Client-IP": ["{owner}"],
    "X-Originating-IP": ["{owner}"], "X-Remote-IP": ["{owner}"], "X-Remote-Addr": ["{owner}"],
    "X-ProxyUser-Ip": ["{owner}"],
    "Fastly-Client-IP": ["{owner}"], "Via": ["1.1 {owner}"], "X-Forwarded": ["for={owner}"],
    "X_Forwarded_For": ["{owner}"],
}
for title, values in FORWARDED.items():
    def _forwarded(arena: Arena, title: str = title, values: list[str] = values) -> None:
        prepare(arena)
        # The owner's address is verified, so that it needs no password.
        assert ask(arena.port, "GET", f"/chat/{ROOM}/messages", source=OWNER).status == 200
        for value in values:
            fields = {title: value.format(owner=OWNER, stranger=STRANGER)}
            assert_room_is_shut(arena, {}, fields)
            assert_nobody_joins(arena, {}, fields=fields)
    group.add(f"an address cannot be claimed: {title}", _forwarded)


@proxied.case("behind a proxy the right-most address that is not trusted counts")
def _(arena: Arena) -> None:
    prepare(arena)
    target = f"/chat/{ROOM}/messages"

    def asks(forwarded: str) -> int:
        return ask(arena.port, "GET", target, {"X-Forwarded-For": forwarded}, source="127.0.6.1").status

    assert asks(OWNER) == 200 and asks(f"{STRANGER}, {OWNER}") == 200 and asks(f"{OWNER}, 10.1.1.1, 127.0.6.9") == 200
    for forwarded in (STRANGER, f"{OWNER}, {STRANGER}", f"{OWNER}, {STRANGER}, 10.1.1.1", f"{OWNER}, unknown",
                      f"{OWNER}, 1.2.3",
                      f"{OWNER}, {STRANGER}:80", "", "10.1.1.1", f"[{OWNER}]", f"{OWNER}x"):
        assert asks(forwarded) == 401, forwarded
    # An untrusted peer that names a trusted proxy is still nobody.
    answer = ask(arena.port, "GET", target, {"X-Forwarded-For": f"{OWNER}, 127.0.6.1"}, source=STRANGER)
    assert answer.status == 401, answer


# --- Members ----------------------------------------------------------------------------------------------------------

def member(arena: Arena, name: str, source: str = STRANGER) -> SocketIO:
    socket = SocketIO(arena.port, source=source)
    socket.connect()
    answer = socket.call("join", {"room": ROOM, "user_id": name, "password": PASSWORD})
    assert answer["status"] == "success", answer
    return socket


@group.case("CVE-2026-28759: a member cannot speak, join or leave as another")
def _(arena: Arena) -> None:
    prepare(arena)
    with member(arena, "alice") as alice, member(arena, "mallory") as mallory:
        for event, content in (("message", {"message": "forged"}), ("typing", {"is_typing": True}), ("leave", {}),
                               ("reaction", {"message_id": "1", "reaction": "\U0001f44d"})):
            answer = mallory.call(event, {"room": ROOM, "user_id": "alice", **content})
            assert answer["status"] == "error", (event, answer)
        assert mallory.call("join", {"room": ROOM, "user_id": "alice", "password": PASSWORD})["status"] == "error"
        assert alice.call("message", {"room": ROOM, "user_id": "alice", "message": "mine"})["status"] == "success"
        assert not [event for event in alice.collect() if event[0] == "message" and event[1]["message"] == "forged"]


@group.case("after leaving, nothing of the room arrives and nothing is taken")
def _(arena: Arena) -> None:
    prepare(arena)
    with member(arena, "leaver") as socket:
        assert socket.call("leave", {"room": ROOM, "user_id": "leaver"})["status"] == "success"
        socket.collect().clear()
        assert post_json(arena.port, f"/chat/{ROOM}", {"message": MARK, "user_id": "owner"}, OWNER).status == 200
        for event, content in (("message", {"message": "late"}), ("typing", {"is_typing": True})):
            assert socket.call(event, {"room": ROOM, "user_id": "leaver", **content})["status"] == "error"
        assert {event[0] for event in socket.collect()} <= {"error"}, socket.events


@group.case("CVE-2026-9162: a connection that left the namespace hears and says nothing more")
def _(arena: Arena) -> None:
    prepare(arena)
    with member(arena, "gone") as socket:
        socket.collect().clear()
        socket.send_text("41")
        assert post_json(arena.port, f"/chat/{ROOM}", {"message": MARK, "user_id": "owner"}, OWNER).status == 200
        assert not socket.collect(), socket.events
        # Whoever comes back is a stranger again.
        socket.connect()
        answer = socket.call("message", {"room": ROOM, "user_id": "gone", "message": "late"})
        assert answer["status"] == "error", answer
        assert post_json(arena.port, f"/chat/{ROOM}", {"message": MARK, "user_id": "owner"}, OWNER).status == 200
        assert {event[0] for event in socket.collect()} <= {"error"}, socket.events


@brief.case("CVE-2026-9162: proofs that have run out open nothing")
def _(arena: Arena) -> None:
    answer = post_json(arena.port, "/room/create", {"room_id": "brief", "password": PASSWORD}, OWNER)
    assert answer.status == 200, answer
    token = json.loads(post_json(arena.port, "/chat/brief/verify", {"password": PASSWORD}, OWNER).body)["token"]

    def is_shut(source: str, fields: dict[str, str]) -> bool:
        return ask(arena.port, "GET", "/chat/brief/messages", fields, source=source).status == 401

    harness.wait_until(lambda: is_shut(OWNER, {}), "the owner's address is verified no more")
    harness.wait_until(lambda: is_shut(STRANGER, {"Authorization": f"Bearer {token}"}), "the token has run out")
    with SocketIO(arena.port, source=STRANGER) as socket:
        socket.connect()
        answer = socket.call("join", {"room": "brief", "user_id": "late", "token": token})
        assert answer["status"] == "error", answer


@group.case("a membership of one room is none of another")
def _(arena: Arena) -> None:
    prepare(arena)
    with member(arena, "visitor") as socket:
        for event, content in (("message", {"message": "late"}), ("typing", {"is_typing": True}), ("leave", {}),
                               ("reaction", {"message_id": "1", "reaction": "\U0001f44d"})):
            assert socket.call(event, {"room": OTHER, "user_id": "visitor", **content})["status"] == "error"


@group.case("a reaction cannot reach a message of another room")
def _(arena: Arena) -> None:
    prepare(arena)
    answer = post_json(arena.port, f"/chat/{OTHER}", {"message": "elsewhere", "password": OTHER_PASSWORD}, OWNER)
    told = json.loads(answer.body)
    with member(arena, "reactor") as socket:
        for number in (told["message_id"], told["timestamp"], str(told["timestamp"])):
            answer = socket.call("reaction", {"room": ROOM, "user_id": "reactor", "message_id": number,
                                              "reaction": "\U0001f44d"})
            assert answer["status"] == "error", answer


@group.case("a room named like a client's id or a channel reaches nobody else")
def _(arena: Arena) -> None:
    prepare(arena)
    with member(arena, "victim") as victim, SocketIO(arena.port, source=STRANGER) as socket:
        sid = socket.connect()["sid"]
        for name in (sid, "room:1", "room:2", f"room:{ROOM}", "/", "#"):
            post_json(arena.port, "/room/create", {"room_id": name, "password": "p"}, STRANGER)
            socket.call("join", {"room": name, "user_id": "eavesdropper", "password": "p"})
        socket.collect().clear()
        assert victim.call("message", {"room": ROOM, "user_id": "victim", "message": MARK})["status"] == "success"
        assert MARK not in json.dumps(socket.collect()), socket.events


@group.case("CVE-2025-13821, CVE-2026-2463: what the room hears holds no secrets of anybody")
def _(arena: Arena) -> None:
    prepare(arena)
    with member(arena, "listener") as listener, member(arena, "speaker") as speaker:
        speaker.call("message", {"room": ROOM, "user_id": "speaker", "message": "hello", "password": PASSWORD,
                                 "token": arena.token})
        speaker.call("typing", {"room": ROOM, "user_id": "speaker", "is_typing": True})
        heard = json.dumps(listener.collect())
        history = ask(arena.port, "GET", f"/chat/{ROOM}/messages?password={PASSWORD.replace(' ', '+')}",
                      source=STRANGER).text
        for text in (heard, history):
            for word in (PASSWORD, arena.token, "argon2", STRANGER, OWNER, speaker.facts["sid"], "guest_token"):
                assert word not in text, word


# --- Guessing ---------------------------------------------------------------------------------------------------------

@guessing.case("a room's password can be tried a few times from one address, however it is asked")
def _(arena: Arena) -> None:
    prepare(arena)
    looked_at = 0
    for number in range(12):
        for way in range(4):
            wrong = f"guess {number} {way}"
            claimed = {"X-Forwarded-For": f"10.0.{number}.{way}"}
            if way == 0:
                status = post_json(arena.port, f"/chat/{ROOM}/verify", {"password": wrong}, STRANGER, claimed).status
            elif way == 1:
                status = post_json(arena.port, f"/chat/{ROOM}", {"password": wrong, "message": "a"}, STRANGER,
                                   claimed).status
            elif way == 2:
                status = ask(arena.port, "GET", f"/chat/{ROOM}/messages?password={number}", claimed,
                             source=STRANGER).status
            else:
                with SocketIO(arena.port, claimed, source=STRANGER) as socket:
                    socket.connect()
                    answer = socket.call("join", {"room": ROOM, "user_id": f"g{number}", "password": wrong})
                    status = 429 if answer.get("error") == "rate_limited" else 401
            assert status in (401, 429), status
            looked_at += status == 401
    assert looked_at <= 20, f"{looked_at} guesses were looked at"
    # Not even the right one is looked at from there; elsewhere it is.
    assert post_json(arena.port, f"/chat/{ROOM}/verify", {"password": PASSWORD}, STRANGER).status == 429
    assert post_json(arena.port, f"/chat/{ROOM}/verify", {"password": PASSWORD}, OWNER).status == 200


@guessing.case("rooms can be made a few times a minute from one address")
def _(arena: Arena) -> None:
    statuses = [post_json(arena.port, "/room/create", {"room_id": f"many-{number}", "password": "p"}, "127.0.9.77",
                          {"X-Forwarded-For": f"10.1.1.{number}"}).status for number in range(30)]
    assert statuses.count(200) <= 15 and statuses[-1] == 429, statuses


publish(globals())
