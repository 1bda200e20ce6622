"""The events and routes of the first chat's later revision, over python-socketio."""

import functools

from chat_client import PASSWORD, Guest, House, error, refused


@functools.cache
def house():
    return House()


def post(guest, room, text, **more):
    answer = guest.ask("message", room=room, message=text, **more)
    assert answer["status"] == "success", answer
    return answer


def test_a_message_is_removed_by_its_sender_and_the_room_hears_it():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        sent = post(ann, room, "oops")
        error(bob.ask("delete", room=room, message_id=sent["message_id"]))
        assert ann.ask("delete", room=room, message_id=sent["timestamp"])["status"] == "success"
        told = bob.wait("message_deleted")
        assert told.pop("revision") > 0 and told == {
            "message_id": sent["message_id"], "deleted_by": "ann", "is_admin_delete": False, "id": sent["message_id"],
            "timestamp": sent["timestamp"], "room": room}
    assert house().history(room) == []


def test_a_message_is_removed_over_rest_by_its_sender_and_by_nobody_else():
    room = house().room()
    with Guest(house()) as ann:
        token = ann.join(room, "ann")["guest_token"]
        sent = post(ann, room, "oops")
        path = f"/chat/{room}/messages/{sent['message_id']}"
        refused(house().call("DELETE", path, {"user_id": "bob", "password": PASSWORD}), 403)
        refused(house().call("DELETE", path, {"user_id": "bob"}, source="127.0.0.77"), 401)
        own = {"user_id": "ann", "guest_token": token, "password": PASSWORD}
        answer = house().call("DELETE", path, own)
        assert answer.status == 200 and answer.json["success"] is True, answer.text
        refused(house().call("DELETE", path, own), 404)
        assert ann.wait("message_deleted")["deleted_by"] == "ann"


def test_read_messages_are_told_to_the_room():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        ids = [post(ann, room, text)["message_id"] for text in ("1", "2", "3")]
        assert bob.ask("mark_read", room=room, user_id="bob", message_ids=ids[:2]) == {
            "status": "success", "updated_messages": 2}
        assert ann.wait("messages_read") == {
            "room_id": room, "message_ids": ids[:2], "read_by": "bob", "sequence": 2, "room": room}
        answer = house().call(
            "POST", f"/chat/{room}/messages/mark_read",
            {"user_id": "cy", "message_ids": ids, "password": PASSWORD})
        assert answer.status == 200, answer.text
        assert answer.json["success"] is True and answer.json["updated_messages"] == 3
        assert ann.wait("messages_read", read_by="cy")["message_ids"] == ids


def test_a_room_is_cleared_with_its_password_alone():
    for content in ({"body": {"password": PASSWORD}}, {"form": {"password": PASSWORD}}):
        room = house().room()
        with Guest(house()) as ann:
            ann.join(room, "ann")
            post(ann, room, "x")
            refused(house().call("POST", f"/chat/{room}/clear", source="127.0.0.77"), 401)
            refused(house().call("POST", f"/chat/{room}/clear", {"password": "wrong"}), 401)
            answer = house().call("POST", f"/chat/{room}/clear", **content)
            assert (answer.status, answer.json) == (200, {"success": True, "message": "Chat cleared!"})
        assert house().history(room) == []


def test_search_finds_in_one_room_what_its_members_may_read():
    room, other = house().room(), house().room()
    with Guest(house()) as ann:
        ann.join(room, "ann")
        ann.join(other, "ann")
        post(ann, room, "Ein Käfig")
        post(ann, other, "noch ein Käfig")
        proof = f"user_id=ann&password={PASSWORD.replace(' ', '+')}"
        answer = house().call("GET", f"/chat/{room}/search?query=kafig&{proof}")
        assert answer.status == 200, answer.text
        assert {key: answer.json[key] for key in ("success", "query", "result_count")} == {
            "success": True, "query": "kafig", "result_count": 1}
        assert [result["message"] for result in answer.json["results"]] == ["Ein Käfig"]
        refused(house().call("GET", f"/chat/{room}/search?query=kafig", source="127.0.0.77"), 401)
        found = ann.ask("search", room=other, query="käfig noch")
        assert [result["message"] for result in found["results"]] == ["noch ein Käfig"], found


def test_edits_replies_threads_and_reactions_by_name():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        root = post(ann, room, "root")["message_id"]
        post(bob, room, "reply", reply_to=root, thread=root)
        assert ann.wait("message", message="reply")["reply_to"] == root
        assert ann.ask("edit", room=room, message_id=root, message="better root")["status"] == "success"
        edited = bob.wait("message_edited")
        assert (edited["message_id"], edited["message"], edited["user_id"]) == (root, "better root", "ann")
        for op, names in (("add", ["bob"]), ("add", ["bob"]), ("remove", None)):
            answer = bob.ask("reaction", room=room, message_id=root, reaction="🎉", op=op)
            assert answer["reactions"].get("🎉") == names, answer
        error(bob.ask("reaction", room=room, message_id=root, reaction="text"))


def test_typing_ends_by_itself():
    own = House(PARLEY_TYPING_TIME="1s")
    room = own.room()
    with Guest(own) as ann, Guest(own) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        ann.ask("typing", room=room, is_typing=True)
        bob.wait("typing_status", typing_users=["ann"])
        bob.wait("typing_status", typing_users=[], user_id="ann")
