"""The faults of earlier servers that speak these dialects, each by its name: none of them is here.

Those of joining, reading and clearing without a proof, of rooms that are not there, of rooms made again, of forwarded
addresses and of `is_sent` are also in `chat_rest_test.py`, `chat_events_test.py` and `chat_later_test.py`.
"""

import functools

from chat_client import PASSWORD, Guest, House, error, refused

STRANGER = "127.0.0.99"


@functools.cache
def house():
    return House()


def register(there, name, **more):
    return there.call("POST", "/api/v1/auth/register", {"username": name, "password": PASSWORD, **more})


def test_joining_reading_and_clearing_need_a_proof():
    room = house().room()
    with Guest(house()) as guest:
        error(guest.ask("join", room=room, user_id="ann"))
    refused(house().call("GET", f"/chat/{room}/messages", source=STRANGER), 401)
    refused(house().call("POST", f"/chat/{room}/clear", source=STRANGER), 401)


def test_a_missing_password_is_not_that_of_a_missing_room():
    for path, body in (
        ("/admin/verify_ip", {"room_id": "no-such-room", "ip": "192.0.2.1"}), ("/admin/clear_chat", {}),
        ("/admin/delete_room", {}), ("/room/no-such-room/verify_ip", {"ip": "192.0.2.1"}), ("/chat/no-such-room/clear",
                                                                                            {}),
        ("/chat/no-such-room", {"message": "x"}), ("/auth/token", {}),
    ):
        for proof in ({}, {"password": None}, {"password": ""}, {"password": "x"}):
            for content in ({"body": {"room_id": "no-such-room", **body, **proof}},
                            {"form": {"room_id": "no-such-room", **body, **{name: text or "" for name,
                                                                            text in proof.items()}}}):
                answer = house().call("POST", path, **content)
                assert answer.status in (400, 401), (path, content, answer.status, answer.text)
    assert house().call("GET", "/chat/no-such-room/messages").status == 401


def test_a_json_body_is_read_where_a_form_was_meant():
    """Of which nothing was read, so that the password was missing, as that of the missing room was."""
    room = house().room()
    for path in ("/admin/clear_chat", "/admin/delete_room"):
        refused(house().call("POST", path, {"room_id": room, "password": "wrong"}, source=STRANGER), 401)
        refused(house().call("POST", path, {"room_id": room}, source=STRANGER), 401)
    assert house().history(room) == []


def test_making_a_room_again_leaves_its_password():
    room = house().room()
    for content in ({"body": {"room_id": room, "password": "mine"}}, {"form": {"room_id": room, "password": "mine"}}):
        refused(house().call("POST", "/room/create", **content), 409)
    refused(house().call("POST", f"/chat/{room}/verify", {"password": "mine"}, source=STRANGER), 401)


def test_a_forwarded_address_is_nobodys_word():
    room = house().room()
    assert house().call("POST", f"/chat/{room}/verify", {"password": PASSWORD}, source="127.0.0.98").status == 200
    refused(house().call("GET", f"/chat/{room}/messages", headers={"X-Forwarded-For": "127.0.0.98"}, source=STRANGER),
            401)


def test_a_post_over_rest_is_pushed_and_read_again():
    room = house().room()
    with Guest(house()) as ann:
        ann.join(room, "ann")
        assert house().call("POST", f"/chat/{room}", {"message": "x", "password": PASSWORD}).status == 200
        ann.wait("message", message="x")
    assert [message["message"] for message in house().history(room)] == ["x"]


def test_is_sent_is_true_for_the_sender_alone():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        ann.ask("message", room=room, user_id="ann", message="x")
        assert ann.wait("message")["is_sent"] is True and bob.wait("message")["is_sent"] is False


def test_no_page_of_history_is_as_long_as_one_likes():
    there = House(PARLEY_HISTORY_MOST="3", PARLEY_HISTORY_DEFAULT="3")
    room = there.room()
    for number in range(5):
        there.call("POST", f"/chat/{room}", {"message": str(number), "password": PASSWORD})
    assert all(len(there.history(room, limit=limit)) == 3 for limit in (3, 4, 10**9))
    token = {"Authorization": f"Bearer {there.token(room)}"}
    for limit in (0, -1, 10**30):
        assert there.call("GET", f"/chat/{room}/messages?limit={limit}", headers=token).status == 400, limit


def test_no_address_of_anybody_is_shown_to_others():
    ann, bob = (register(house(), name, email=f"{name}@example.org").json["access_token"] for name in ("ann-e",
                                                                                                       "bob-e"))
    headers = {"Authorization": f"Bearer {bob}"}
    made = house().call("POST", "/api/v1/rooms", {"kind": "public", "id": "emails"},
                        headers={"Authorization": f"Bearer {ann}"})
    assert made.status == 201, made.text
    with Guest(house(), auth={"token": ann}) as first, Guest(house(), auth={"token": bob}) as second:
        first.ask("join", room="emails")
        second.ask("join", room="emails")
        second.ask("message", room="emails", message="@ann-e hello")
        first.ask("message", room="emails", message="@bob-e hello")
        second.wait("message", message="@bob-e hello")
        told = str(second.events)
    for path in ("/api/v1/rooms/emails/members", "/api/v1/rooms/emails/messages", "/user/profile/ann-e",
                 "/user/presence?room_id=emails"):
        told += house().call("GET", path, headers=headers).text
    assert "ann-e@" not in told
    assert "ann-e@" in house().call("GET", "/api/v1/me", headers={"Authorization": f"Bearer {ann}"}).text


def test_there_is_no_list_of_people_for_strangers():
    for path in ("/auth/get_all_users", "/users/search?query=a", "/api/v1/users", "/api/v1/admin/users"):
        assert house().call("GET", path).status in (401, 404), path


def test_a_name_that_is_taken_is_said_so():
    assert register(house(), "taken").status == 201
    answer = register(house(), "taken")
    assert answer.status == 409 and answer.json["error"]["code"] == "taken", answer.text


def test_who_comes_is_not_sent_all_that_was_said():
    room = house().room()
    for number in range(5):
        house().call("POST", f"/chat/{room}", {"message": str(number), "password": PASSWORD})
    with Guest(house()) as ann:
        ann.join(room, "ann")
        ann.settle()
        assert ann.of("message") == []


def test_log_ins_are_limited():
    there = House(PARLEY_RATE_LIMITS="on", PARLEY_LOGINS_PER_MINUTE="1000")
    body = {"username": "nobody", "password": "wrong password"}
    statuses = [there.call("POST", "/api/v1/auth/login", body, source=STRANGER).status for _ in range(12)]
    assert set(statuses) == {401, 429} and statuses[-1] == 429, statuses
    there = House(PARLEY_RATE_LIMITS="on", PARLEY_LOGINS_PER_MINUTE="3")
    assert register(there, "ann").status == 201
    body = {"username": "ann", "password": PASSWORD}
    answers = [there.call("POST", "/api/v1/auth/login", body, source=STRANGER) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
