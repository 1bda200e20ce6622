"""The first chat's contract over Socket.IO, and the faults that must not come back."""

import functools
import re

import harness
from chat_client import PASSWORD, Guest, House, error, refused


@functools.cache
def house():
    return House()


# --- Who may join -----------------------------------------------------------------------------------------------------


def test_each_proof_lets_in():
    room = house().room()
    token = house().token(room)
    for proof in ({"password": PASSWORD}, {"token": token}):
        with Guest(house()) as guest:
            guest.join(room, "ann", **proof)
        with Guest(house(), auth=proof) as guest:
            assert guest.ask("join", room=room, user_id="ann")["status"] == "success"
    with Guest(house(), headers={"Authorization": f"Bearer {token}"}) as guest:
        assert guest.ask("join", room=room, user_id="ann")["status"] == "success"


def test_a_verified_address_lets_in_and_a_wrong_password_does_not():
    room = house().room()
    with Guest(house()) as guest:
        error(guest.ask("join", room=room, user_id="ann"))
        assert house().call("POST", f"/chat/{room}/verify", {"password": PASSWORD}).status == 200
        assert guest.ask("join", room=room, user_id="ann")["status"] == "success"
    with Guest(house()) as guest:
        error(guest.ask("join", room=room, user_id="ann", password="wrong"))


def test_a_refused_guest_hears_of_it_and_of_nothing_else():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as eve:
        ann.join(room, "ann")
        message = error(eve.ask("join", room=room, user_id="eve"))
        assert eve.wait("error") == {"message": message}
        for event, more in {
            "message": {"message": "x"}, "typing": {"is_typing": True}, "leave": {},
            "reaction": {"message_id": "msg_1", "reaction": "👍"},
        }.items():
            error(eve.ask(event, room=room, user_id="eve", **more))
        ann.ask("message", room=room, user_id="ann", message="for members")
        eve.settle()
        heard = {name for name in eve.names() if not name.endswith("acknowledged")}
        assert heard == {"error"} | heard & {"socket.io:offset"}, eve.events
        assert [message["message"] for message in ann.of("message")] == ["for members"]


def test_a_room_that_does_not_exist_authorises_nobody():
    with Guest(house()) as guest:
        for proof in ({}, {"password": ""}, {"password": None}, {"token": None}, {"password": "x"}, {"token": ""}):
            error(guest.ask("join", room="no-such-room", user_id="ann", **proof))
    refused(house().call("GET", "/chat/no-such-room/messages?user_id=u"), 401)
    for body in ({"message": "x"}, {"message": "x", "password": None}, {"message": "x", "password": ""}):
        refused(house().call("POST", "/chat/no-such-room", body), 401)


def test_malformed_events_are_refused_in_words():
    with Guest(house()) as guest:
        room = house().room()
        both = {"room": room, "user_id": "ann"}
        for payload in ({}, {"room": room}, {"user_id": "ann"}, {**both, "room": {"$ne": None}}, {**both, "room": []}):
            error(guest.ask("join", **payload, password=PASSWORD))
        guest.join(room, "ann")
        for payload in ({}, {"message": None}, {"message": 7}, {"message": {}}, {"message": ""}, {"message": " \n"}):
            error(guest.ask("message", room=room, user_id="ann", **payload))
        assert house().history(room, user_id="ann") == []


# --- In the room ------------------------------------------------------------------------------------------------------


def test_joining_is_told_to_everybody():
    room = house().room()
    with Guest(house()) as ann, Guest(house(), "polling") as bob:
        answer = ann.join(room, "ann")
        assert {**answer, "room": room, "user_id": "ann", "online": ["ann"]} == answer and answer["guest_token"]
        assert ann.wait("online_count", room=room, count=1)
        assert ann.wait("status", msg="👋 ann has joined the room")
        assert bob.join(room, "bob")["online"] == ["ann", "bob"]
        for guest in (ann, bob):
            guest.wait("status", msg="👋 bob has joined the room")
            guest.wait("online_count", room=room, count=2)


def test_a_message_reaches_everybody_and_is_sent_by_one():
    room = house().room()
    with Guest(house()) as ann, Guest(house(), "polling") as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        answer = ann.ask("message", room=room, user_id="ann", message="<b>&amp; ☃ 😀</b>")
        assert answer["status"] == "success" and answer["message_id"]
        own, copy = ann.wait("message"), bob.wait("message")
        assert {**own, "is_sent": False} == copy and own["is_sent"] is True
        assert (copy["id"], copy["user_id"], copy["username"]) == (answer["message_id"], "ann", "ann")
        assert copy["message"] == "<b>&amp; ☃ 😀</b>" and re.fullmatch(r"\d{4}-\d\d-\d\d", copy["date"])
        names = ann.names()
        assert names.index("message") < names.index("message acknowledged"), names


def test_the_name_is_the_connections():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        error(bob.ask("message", room=room, user_id="ann", message="I am Ann"))
        with Guest(house()) as eve:
            assert "name" in error(eve.ask("join", room=room, user_id="ann", password=PASSWORD))
        assert bob.of("message") == []


def test_a_guest_token_gives_the_name_back():
    room = house().room()
    with Guest(house()) as first, Guest(house()) as second:
        token = first.join(room, "ann")["guest_token"]
        answer = second.join(room, "ann", password=PASSWORD, guest_token=token)
        assert (answer["user_id"], answer["online"]) == ("ann", ["ann"])


def test_the_longest_message_is_taken_and_one_more_character_is_not():
    room = house().room()
    with Guest(house()) as ann:
        ann.join(room, "ann")
        assert ann.ask("message", room=room, user_id="ann", message="😀" * 5_000)["status"] == "success"
        assert "5000" in error(ann.ask("message", room=room, user_id="ann", message="x" * 5_001))


def test_a_repeated_client_id_is_one_message():
    room = house().room()
    with Guest(house()) as ann:
        ann.join(room, "ann")
        first, second = (
            ann.ask("message", room=room, user_id="ann", message="once", client_id="c1") for _ in range(2))
        assert first["message_id"] == second["message_id"]
        ann.settle()
        assert len(ann.of("message")) == 1
    assert len(house().history(room, user_id="ann")) == 1


def test_typing_is_told_with_the_keys_of_every_revision():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        bob.ask("typing", room=room, user_id="bob", is_typing=True)
        expected = {"room": room, "typing_users": ["bob"], "user_id": "bob", "is_typing": True}
        assert ann.wait("typing_status") == expected
        bob.ask("typing", room=room, user_id="bob", is_typing=False)
        assert ann.wait("typing_status", 2) == {**expected, "typing_users": [], "is_typing": False}
        bob.ask("typing", room=room, user_id="bob", is_typing=True)
        bob.client.disconnect()
        assert ann.wait("typing_status", 4)["typing_users"] == []


def test_reactions_name_the_message_by_id_or_timestamp():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        ann.ask("message", room=room, user_id="ann", message="hello")
        message = bob.wait("message")
        beside = {"id": message["id"], "timestamp": message["timestamp"]}
        bob.ask("reaction", room=room, user_id="bob", message_id=message["id"], reaction="👍")
        update = ann.wait("reaction_update")
        assert {**update, **beside, "message_id": message["id"], "reactions": {"👍": ["bob"]}} == update
        ann.ask("reaction", room=room, user_id="ann", message_id=message["timestamp"], reaction="👍")
        update = bob.wait("reaction_update", 2)
        assert {**update, **beside, "message_id": message["timestamp"], "reactions": {"👍": ["bob", "ann"]}} == update
        bob.ask("reaction", room=room, user_id="bob", message_id=message["id"], reaction="👍")
        assert ann.wait("reaction_update", 3)["reactions"] == {"👍": ["ann"]}
        error(bob.ask("reaction", room=room, user_id="bob", message_id="msg_999999", reaction="👍"))
    (kept,) = house().history(room, user_id="ann")
    assert kept["reactions"] == {"👍": ["ann"]}


def test_leaving_ends_delivery_and_coming_back_brings_what_was_missed():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        ann.ask("message", room=room, user_id="ann", message="before")
        bob.wait("message")
        ann.forget()
        bob.ask("leave", room=room, user_id="bob")
        ann.wait("status", msg="👋 bob has left the room")
        ann.wait("online_count", room=room, count=1)
        for number in range(3):
            ann.ask("message", room=room, user_id="ann", message=f"missed {number}")
        error(bob.ask("message", room=room, user_id="bob", message="from outside"))
        bob.settle()
        bob.forget()
        bob.join(room, "bob")
        names = bob.names()
        assert names[:3] == ["message"] * 3, names
        assert [message["message"] for message in bob.of("message")] == [f"missed {number}" for number in range(3)]
        ann.ask("message", room=room, user_id="ann", message="after")
        assert bob.wait("message", message="after")


def test_coming_back_brings_the_newest_200_at_most():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        bob.ask("leave", room=room, user_id="bob")
        for number in range(201):
            ann.ask("message", room=room, user_id="ann", message=str(number))
        bob.join(room, "bob")
        assert [message["message"] for message in bob.of("message")] == [str(number) for number in range(1, 201)]


def test_a_lost_connection_is_told():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        bob.client.disconnect()
        ann.wait("status", msg="👋 bob has disconnected")
        harness.wait_until(lambda: ann.of("online_count")[-1]["count"] == 1, "the count goes down")


# --- Bounds and durability --------------------------------------------------------------------------------------------


def test_who_joined_nothing_may_send_little():
    room = house().room()
    with Guest(house()) as guest:
        guest.client.emit("join", {"filling": "x" * 100_000})
        guest.wait("disconnect")
    with Guest(house()) as guest:
        guest.join(room, "ann")
        assert "5000" in error(guest.ask("message", room=room, user_id="ann", message="x" * 200_000))


def test_what_was_acknowledged_survives_a_kill_and_is_encrypted_on_disk():
    there = House()
    room = there.room()
    with Guest(there) as ann:
        ann.join(room, "ann")
        for number in range(20):
            ann.ask("message", room=room, user_id="ann", message=f"a very plain text {number}")
        (first, *_) = ann.of("message")
        ann.ask("reaction", room=room, user_id="ann", message_id=first["id"], reaction="👍")
        there.server.kill()
    stored = b"".join(path.read_bytes() for path in there.server.data.rglob("*") if path.is_file())
    assert b"a very plain text" not in stored and PASSWORD.encode() not in stored
    there.server.start()
    kept = there.history(room, user_id="ann")
    assert [message["message"] for message in kept] == [f"a very plain text {number}" for number in range(20)]
    assert kept[0]["reactions"] == {"👍": ["ann"]}


def test_secrets_are_for_the_owner_only_and_never_printed():
    there = House()
    files = [path for path in there.server.data.rglob("*") if path.is_file()]
    assert files and all(path.stat().st_mode & 0o077 == 0 for path in files), files
    output = "\n".join(there.server.lines)
    for path in files:
        for word in re.findall(rb"[\w+/=-]{32,}", path.read_bytes()[:4096]):
            assert word.decode() not in output


if __name__ == "__main__":
    harness.alone(__file__)
