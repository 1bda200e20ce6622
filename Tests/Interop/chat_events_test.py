"""The first chat's contract: its REST calls and Socket.IO events, and the faults that must not come back."""

import base64
import functools
import json
import re
import time

import harness
from chat_client import PASSWORD, Guest, House

DENIED = {"error": "Access denied! Verify your IP or provide the correct password."}


@functools.cache
def house():
    return House()


def refused(answer, status, **members):
    """A refusal with that status, those members, and a sentence."""
    assert answer.status == status, (answer.status, answer.text)
    body = answer.json
    assert body["success"] is False and re.search(r"[.!?]$", body["error"]), body
    assert {**body, **members} == body, body


def error(answer):
    assert answer["status"] == "error" and re.search(r"[.!?]$", answer["message"]), answer
    return answer["message"]


# --- Rooms ------------------------------------------------------------------------------------------------------------


def test_a_room_is_created_by_json_or_form():
    made = house().call("POST", "/room/create", {"room_id": "12345", "password": "secret"})
    assert (made.status, made.json) == (200, {"success": True, "message": "Room 12345 created successfully!"})
    made = house().call("POST", "/room/create", form={"room_id": "12346", "password": "p&ä ="})
    assert (made.status, made.json["message"]) == (200, "Room 12346 created successfully!")
    assert house().call("POST", "/chat/12346/verify", {"password": "p&ä ="}).status == 200


def test_a_room_needs_an_id_and_a_password():
    some = {"room_id": "x", "password": "x"}
    for body in ({}, {"room_id": "x"}, {"password": "x"}, {**some, "room_id": ""}, {**some, "password": None}):
        refused(house().call("POST", "/room/create", body), 400, error="Room ID and password are required!")
    for reserved in ("ws", "create", "lobby", "all_messages"):
        assert house().call("POST", "/room/create", {"room_id": reserved, "password": "x"}).status in (400, 409)


def test_an_existing_room_is_not_taken_over():
    room = house().room()
    refused(house().call("POST", "/room/create", {"room_id": room, "password": "mine now"}), 409)
    refused(house().call("POST", f"/chat/{room}/verify", {"password": "mine now"}), 401, error="Invalid password!")
    assert house().call("POST", f"/chat/{room}/verify", {"password": PASSWORD}).status == 200


def test_the_password_gives_a_token_for_an_hour():
    room = house().room()
    for arguments in ({"body": {"password": PASSWORD}}, {"form": {"password": PASSWORD}}):
        answer = house().call("POST", f"/chat/{room}/verify", **arguments)
        assert answer.status == 200
        head, claims, _ = (decoded(part) for part in answer.json["token"].split("."))
        assert json.loads(head)["alg"] == "HS256"
        claims = json.loads(claims)
        assert claims["room_id"] == room and 3590 <= claims["exp"] - time.time() <= 3610, claims
    refused(house().call("POST", "/chat/nowhere/verify", {"password": PASSWORD}), 404, error="Room not found!")
    refused(house().call("POST", f"/chat/{room}/verify", {"password": "wrong"}), 401, error="Invalid password!")
    refused(house().call("POST", f"/chat/{room}/verify", {}), 401)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


# --- Messages over REST -----------------------------------------------------------------------------------------------


def test_a_posted_message_is_answered_pushed_and_kept():
    room = house().room()
    with Guest(house()) as guest:
        guest.join(room, "ann")
        sent = house().call("POST", f"/chat/{room}", {"message": "by REST", "password": PASSWORD, "user_id": "bob"})
        assert sent.status == 200
        assert {**sent.json, "success": True, "message": "Message sent securely!"} == sent.json
        pushed = guest.wait("message", message="by REST")
        assert (pushed["user_id"], pushed["is_sent"]) == ("bob", False)
    (kept,) = house().history(room, user_id="bob")
    assert (kept["message"], kept["user_id"], kept["is_sent"]) == ("by REST", "bob", True)


def test_a_message_needs_a_proof():
    room = house().room()
    for proof in ({}, {"password": "wrong"}, {"password": ""}, {"password": None}):
        refused(house().call("POST", f"/chat/{room}", {"message": "x", **proof}, source="127.0.0.2"), 401)
    refused(house().call("POST", f"/chat/{room}", {"message": "x"}, source="127.0.0.2"), 401, **DENIED)
    assert house().history(room, user_id="x") == []


def test_the_history_has_the_documented_shape():
    room = house().room()
    with Guest(house()) as guest:
        guest.join(room, "ann")
        before = time.time() * 1000
        answer = guest.ask("message", room=room, user_id="ann", message="first")
        (message,) = house().history(room, user_id="ann")
    assert {"id", "user_id", "username", "message", "timestamp", "date", "time", "is_sent"} <= set(message)
    assert message["id"] == answer["message_id"] and abs(message["timestamp"] - before) < 10_000
    moment = time.gmtime(message["timestamp"] / 1000)
    assert message["date"] == time.strftime("%Y-%m-%d", moment)
    assert message["time"] == time.strftime("%I:%M %p", moment)
    (other,) = house().history(room, user_id="bob")
    assert message["is_sent"] is True and other["is_sent"] is False


def test_the_history_comes_in_pages():
    room = house().room()
    with Guest(house()) as guest:
        guest.join(room, "ann")
        ids = [guest.ask("message", room=room, user_id="ann", message=str(n))["message_id"] for n in range(105)]
    def page(**query):
        return [int(message["message"]) for message in house().history(room, user_id="ann", **query)]

    assert page() == list(range(5, 105))
    assert page(limit=3) == [102, 103, 104]
    assert page(limit=3, before=ids[50]) == [47, 48, 49]
    assert page(limit=3, after=ids[50]) == [51, 52, 53]
    assert page(limit=1000) == list(range(105))
    token = {"Authorization": f"Bearer {house().token(room)}"}
    for query in ("limit=0", "limit=-1", "limit=x", "before=x", "after=9999999999999999999999"):
        refused(house().call("GET", f"/chat/{room}/messages?{query}", headers=token), 400)


def test_the_history_needs_a_proof():
    room = house().room()
    path = f"/chat/{room}/messages?user_id=u"
    other = house().token(house().room())
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {other}"}):
        refused(house().call("GET", path, headers=headers, source="127.0.0.2"), 401)
    token = house().token(room)
    assert house().call("GET", path, headers={"Authorization": f"Bearer {token}"}, source="127.0.0.2").json == []
    refused(house().call("GET", path, source="127.0.0.2"), 401)


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


def test_a_forwarded_address_counts_from_nobody():
    room = house().room()
    assert house().call("POST", f"/chat/{room}/verify", {"password": PASSWORD}, source="127.0.0.3").status == 200
    body = {"message": "x"}
    assert house().call("POST", f"/chat/{room}", body, source="127.0.0.3").status == 200
    forged = {"X-Forwarded-For": "127.0.0.3", "X-Real-IP": "127.0.0.3", "Forwarded": "for=127.0.0.3"}
    refused(house().call("POST", f"/chat/{room}", body, headers=forged, source="127.0.0.2"), 401)


def test_a_forwarded_address_counts_from_a_trusted_proxy():
    there = House(PARLEY_TRUSTED_PROXIES="127.0.0.2/32")
    room = there.room()
    behind = {"X-Forwarded-For": "203.0.113.7"}
    verify = ("POST", f"/chat/{room}/verify", {"password": PASSWORD})
    assert there.call(*verify, headers=behind, source="127.0.0.2").status == 200
    assert there.call("POST", f"/chat/{room}", {"message": "x"}, headers=behind, source="127.0.0.2").status == 200
    refused(there.call("POST", f"/chat/{room}", {"message": "x"}, source="127.0.0.2"), 401)
    refused(there.call("POST", f"/chat/{room}", {"message": "x"}, headers=behind, source="127.0.0.4"), 401)


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


def test_guessing_passwords_ends_soon():
    there = House(PARLEY_RATE_LIMITS="on")
    room = there.room()
    answers = [there.call("POST", f"/chat/{room}/verify", {"password": str(n)}, source="127.0.0.5") for n in range(11)]
    assert [answer.status for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    right = there.call("POST", f"/chat/{room}/verify", {"password": PASSWORD}, source="127.0.0.5")
    assert right.status == 429, "the right password tells nothing either"
    assert there.call("POST", f"/chat/{room}/verify", {"password": PASSWORD}, source="127.0.0.6").status == 200


def test_rooms_are_made_ten_a_minute():
    there = House(PARLEY_RATE_LIMITS="on")
    made = [there.call("POST", "/room/create", {"room_id": f"r{n}", "password": "x"}) for n in range(11)]
    assert [answer.status for answer in made] == [200] * 10 + [429]
    assert 0 < int(made[-1].headers["Retry-After"]) <= 60


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


def test_the_root_is_a_page_for_browsers_and_facts_for_others():
    page = house().call("GET", "/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["Content-Type"].startswith("text/html") and "Accept" in page.headers["Vary"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    facts = house().call("GET", "/", headers={"Accept": "application/json"}).json
    assert (facts["message"], facts["name"]) == ("ok", "Parley")


def test_the_browser_client_is_served():
    for path in ("/socket.io/socket.io.js", "/socket.io/socket.io.min.js", "/socket.io/socket.io.esm.min.js"):
        answer = house().call("GET", path)
        assert answer.status == 200 and "javascript" in answer.headers["Content-Type"], (path, answer.status)
        cached = house().call("GET", path, headers={"If-None-Match": answer.headers["ETag"]})
        assert cached.status == 304


if __name__ == "__main__":
    harness.alone(__file__)
