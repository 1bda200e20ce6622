"""What a client that was away asks for, across a start of the server; and messages that bring files uploaded before."""

import functools

import requests

import harness
from chat_client import PASSWORD, Guest, House


@functools.cache
def house():
    return House()


def native(method, path, guest=None, **more):
    """One request of the native API with a room token, by a guest or by nobody."""
    room = path.split("/")[0]
    return requests.request(
        method, f"{house().server.url}/api/v1/rooms/{path}", params={**(guest or {}), **more.pop("params", {})},
        headers={"Authorization": f"Bearer {house().token(room)}"}, timeout=harness.PATIENCE, **more)


def changes(room, since=None):
    answer = native("GET", f"{room}/changes", params={} if since is None else {"since": since})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_edits_removals_and_reactions_are_told_after_an_absence_and_a_start():
    room = house().room()
    with Guest(house()) as ann:
        joined = ann.join(room, "ann")
        ids = [ann.ask("message", room=room, message=f"m{n}")["message_id"] for n in range(4)]
        assert changes(room) == {
            "messages": [], "revision": joined["revision"], "more": False, "oldest": 1, "reset": False}
        ann.ask("edit", room=room, message_id=ids[0], message="edited")
        ann.ask("delete", room=room, message_id=ids[1])
        ann.ask("reaction", room=room, message_id=ids[2], reaction="🎉")
        heard = [ann.wait(name)["revision"] for name in ("message_edited", "message_deleted", "reaction_update")]
        assert heard == [joined["revision"] + n for n in (1, 2, 3)]
    house().server.restart()
    page = changes(room, joined["revision"])
    assert [(m["id"], m["message"], m["deleted"]) for m in page["messages"]] == [
        (ids[0], "edited", False), (ids[1], "", True), (ids[2], "m2", False)]
    assert page["messages"][2]["reactions"] == {"🎉": ["ann"]} and page["revision"] == heard[-1]
    assert changes(room, heard[-1])["messages"] == []
    with Guest(house()) as bob:
        assert bob.join(room, "bob")["revision"] == heard[-1]
        # The log goes on from where it was.
        bob.ask("reaction", room=room, message_id=ids[2], reaction="🎉")
        assert bob.wait("reaction_update")["revision"] == heard[-1] + 1
    assert requests.get(f"{house().server.url}/api/v1/rooms/nowhere/changes", timeout=60).status_code == 401


def test_one_message_brings_several_files_that_were_uploaded_before_it():
    room = house().room()
    with Guest(house()) as ann, Guest(house()) as bob:
        me = {"user_id": "ann", "guest_token": ann.join(room, "ann")["guest_token"]}
        other = {"user_id": "bob", "guest_token": bob.join(room, "bob")["guest_token"]}
        files = []
        for name, content in (("a.txt", b"first"), ("b.bin", bytes(range(256)) * 2000)):
            answer = native("POST", f"{room}/uploads", me, files={"file": (name, content)})
            assert answer.status_code == 201, answer.text
            files.append(answer.json())
        ids = [file["id"] for file in files]
        assert [file["name"] for file in files] == ["a.txt", "b.bin"] and "message_id" not in files[0]
        # Nobody sees them, and nobody else attaches them.
        assert native("GET", f"{room}/files").json()["files"] == []
        assert native("GET", f"{room}/files/{ids[0]}").status_code == 404
        assert bob.ask("message", room=room, message="mine", attachments=ids)["status"] == "error"
        answer = native("POST", f"{room}/messages", other, json={"message": "mine", "attachments": ids})
        assert answer.status_code == 404, answer.text
        # They outlive a start.
        house().server.restart()
    with Guest(house()) as ann, Guest(house()) as bob:
        ann.join(room, "ann", **{"password": PASSWORD, "guest_token": me["guest_token"]})
        bob.join(room, "bob")
        assert ann.ask("message", room=room, attachments=ids, media={"data": ""})["status"] == "error"
        sent = ann.ask("message", room=room, message="look", attachments=ids)
        assert sent["status"] == "success", sent
        heard = bob.wait("message", message="look")
        assert [file["id"] for file in heard["attachments"]] == ids and "media" not in heard
        assert bob.wait("file_uploaded", id=ids[1])["message_id"] == sent["message_id"]
        got = native("GET", f"{room}/files/{ids[1]}")
        assert got.status_code == 200 and got.content == bytes(range(256)) * 2000
        assert ann.ask("message", room=room, message="again", attachments=ids)["status"] == "error"
        # An edit tells the message with its files, and a removal takes their bytes.
        ann.ask("edit", room=room, message_id=sent["message_id"], message="better look")
        assert [file["id"] for file in bob.wait("message_edited")["attachments"]] == ids
        blobs = house().server.data / "files"
        assert sum(path.is_file() for path in blobs.rglob("*")) == 2
        ann.ask("delete", room=room, message_id=sent["message_id"])
        harness.wait_until(lambda: not any(path.is_file() for path in blobs.rglob("*")), "the bytes are gone")


def test_a_file_that_no_message_wants_is_given_up():
    room = house().room()
    with Guest(house()) as ann:
        me = {"user_id": "ann", "guest_token": ann.join(room, "ann")["guest_token"]}
        file = native("POST", f"{room}/uploads", me, files={"file": ("a.txt", b"x")}).json()
        assert native("DELETE", f"{room}/uploads/{file['id']}", me).status_code == 204
        assert native("DELETE", f"{room}/uploads/{file['id']}", me).status_code == 404
        assert ann.ask("message", room=room, message="x", attachments=[file["id"]])["status"] == "error"
    # A guest who would not be known again uploads nothing.
    answer = native("POST", f"{room}/uploads", {"user_id": "eve"}, files={"file": ("a.txt", b"x")})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == "guest_token", answer.text
