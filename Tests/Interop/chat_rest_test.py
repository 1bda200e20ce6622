"""The first chat's contract over REST, and the faults that must not come back."""

import base64
import functools
import json
import time

import harness
from chat_client import PASSWORD, Guest, House, refused

DENIED = {"error": "Access denied! Verify your IP or provide the correct password."}


@functools.cache
def house():
    return House()


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


# --- Addresses, rates, pages ------------------------------------------------------------------------------------------


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


if __name__ == "__main__":
    harness.alone(__file__)
