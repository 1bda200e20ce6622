"""Connections that are lost and come back (connection state recovery), and what became of their rights meanwhile."""

import base64
import contextlib
import functools
import json
import os
import socket
import struct

import harness
from chat_client import PASSWORD, House


@functools.cache
def house():
    return House(PARLEY_RECOVERY="on")


class Wire:
    """One Socket.IO connection over a WebSocket, which can be cut and come back as JavaScript clients do."""

    def __init__(self, auth=None):
        self.auth = auth
        self.private_id = self.offset = None
        self.open()

    def open(self):
        """Connects; returns whether the server took the connection for the one that was lost."""
        self.events = []
        self.acks = {}
        self.stream = socket.create_connection(("127.0.0.1", house().server.port), harness.PATIENCE)
        self.unread = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.stream.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.unread:
            self.fill()
        self.unread = self.unread.split(b"\r\n\r\n", 1)[1]
        former = self.private_id
        shown = dict(self.auth or {})
        if former:
            shown.update(pid=former, offset=self.offset)
        self.send("40" + json.dumps(shown))
        self.private_id = None
        while self.private_id is None:
            self.take()
        return self.private_id == former

    def cut(self):
        """The network fails: no word of farewell."""
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.stream.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.stream.close()

    def send(self, text):
        payload = text.encode()
        head = bytes([0x81, 0x80 | len(payload)]) if len(payload) < 126 else (
            bytes([0x81, 0xFE]) + struct.pack(">H", len(payload)))
        self.stream.sendall(head + b"\0\0\0\0" + payload)

    def fill(self):
        some = self.stream.recv(65_536)
        assert some, "the server closed the connection"
        self.unread += some

    def bytes(self, count):
        while len(self.unread) < count:
            self.fill()
        taken, self.unread = self.unread[:count], self.unread[count:]
        return taken

    def take(self):
        """One frame."""
        first, length = self.bytes(2)
        if length == 126:
            length = struct.unpack(">H", self.bytes(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.bytes(8))[0]
        text = self.bytes(length).decode(errors="replace")
        assert first & 15 != 8, f"the server closed the WebSocket: {text!r}"
        if text == "2":
            self.send("3")
        elif text.startswith("40"):
            self.private_id = json.loads(text[2:])["pid"]
        elif text.startswith("42"):
            name, *arguments = json.loads(text[2:])
            self.offset = arguments[-1]
            self.events.append((name, arguments[0]))
        elif text.startswith("43"):
            number, answer = text[2:].split("[", 1)
            self.acks[int(number)] = json.loads("[" + answer)[0]

    def ask(self, event, **payload):
        number = len(self.acks) + 1
        self.send(f"42{number}" + json.dumps([event, payload]))
        while number not in self.acks:
            self.take()
        return self.acks[number]

    def wait(self, event, **members):
        def found():
            return [data for name, data in self.events if name == event and members.items() <= data.items()]

        while not found():
            self.take()
        return found()[0]

    def of(self, event):
        return [data for name, data in self.events if name == event]

    def texts(self):
        return [data["message"] for data in self.of("message")]

    def join(self, room, user, **proof):
        answer = self.ask("join", room=room, user_id=user, **(proof or {"password": PASSWORD}))
        assert answer["status"] == "success", answer
        return answer

    def say(self, room, text):
        answer = self.ask("message", room=room, message=text)
        assert answer["status"] == "success", answer

    def until_gone(self, *names):
        """Returns when the server has seen that the others are gone."""
        for name in names:
            self.wait("status", msg=f"👋 {name} has disconnected")


def account(name):
    content = {"username": name, "password": "a good password"}
    answer = house().call("POST", "/api/v1/auth/register", content)
    assert answer.status in (200, 201), answer.text
    return answer.json


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def own_room(tokens, name):
    answer = house().call(
        "POST", "/api/v1/rooms", {"id": name, "kind": "password", "password": PASSWORD}, headers=bearer(tokens))
    assert answer.status == 201, answer.text
    return name


def test_a_member_comes_back_to_its_rooms_and_hears_once_what_it_missed():
    room = house().room()
    ann, bob = Wire(), Wire()
    ann.join(room, "ann")
    bob.join(room, "bob")
    ann.say(room, "heard")
    bob.wait("message", message="heard")
    named = ann.of("message")[0]["id"]
    bob.cut()
    ann.until_gone("bob")
    ann.say(room, "missed 1")
    ann.ask("edit", room=room, message_id=named, message="edited")
    ann.say(room, "missed 2")
    assert bob.open()
    assert bob.texts() == ["missed 1", "missed 2"]
    assert [event["message"] for event in bob.of("message_edited")] == ["edited"]
    ann.say(room, "later")
    bob.wait("message", message="later")
    # It is a member, and nobody else has its name.
    bob.say(room, "back")
    assert ann.wait("message", message="back")["user_id"] == "bob"
    assert bob.texts() == ["missed 1", "missed 2", "later", "back"]
    assert ann.wait("online_count", count=2)["online"] == ["ann", "bob"]
    # To leave and to come in again brings nothing twice.
    bob.ask("leave", room=room)
    ann.say(room, "while away")
    bob.join(room, "bob")
    assert bob.texts()[4:] == ["while away"]
    for wire in (ann, bob):
        wire.close()


def test_who_was_kicked_or_banned_while_away_is_not_back_and_hears_nothing():
    owner = account("owner1")
    for act in ("kick", "ban"):
        room = own_room(owner, f"club-{act}")
        ann, eve = Wire({"token": owner["access_token"]}), Wire()
        ann.join(room, "owner1")
        eve.join(room, "eve")
        ann.say(room, "heard")
        eve.wait("message", message="heard")
        eve.cut()
        ann.until_gone("eve")
        ann.say(room, "before")
        answer = ann.ask(act, room=room, target="eve", reason="noise")
        assert answer["status"] == "success", answer
        ann.say(room, "after")
        assert eve.open()
        told = eve.wait("removed_from_room")
        assert (told["room"], told["cause"]) == (room, "not_recovered"), told
        assert eve.ask("message", room=room, message="am I?")["status"] == "error"
        ann.say(room, "later")
        assert eve.ask("leave", room=room)["status"] == "error"
        assert eve.texts() == [], eve.events
        assert not eve.of("online_count") and not eve.of("status"), eve.events
        for wire in (ann, eve):
            wire.close()


def test_a_guest_is_asked_for_the_new_password_and_a_member_is_not():
    owner, member = account("owner2"), account("member2")
    room = own_room(owner, "club-password")
    ann, bob, eve = Wire({"token": owner["access_token"]}), Wire({"token": member["access_token"]}), Wire()
    for wire, name in ((ann, "owner2"), (bob, "member2"), (eve, "eve")):
        wire.join(room, name)
    bob.cut()
    eve.cut()
    ann.until_gone("member2", "eve")
    answer = house().call(
        "PUT", f"/api/v1/rooms/{room}/password", {"password": "another one"}, headers=bearer(owner))
    assert answer.status in (200, 204), answer.text
    ann.say(room, "secret")
    assert bob.open() and eve.open()
    assert bob.texts() == ["secret"]
    assert eve.wait("removed_from_room")["room"] == room and eve.texts() == []
    for wire in (ann, bob, eve):
        wire.close()


def test_a_session_that_ended_while_its_connection_was_lost_brings_nothing_back():
    owner, member = account("owner3"), account("member3")
    room = own_room(owner, "club-session")
    ann, bob = Wire({"token": owner["access_token"]}), Wire({"token": member["access_token"]})
    ann.join(room, "owner3")
    bob.join(room, "member3")
    bob.cut()
    ann.until_gone("member3")
    answer = house().call("POST", "/api/v1/auth/logout", {}, headers=bearer(member))
    assert answer.status in (200, 204), answer.text
    ann.say(room, "hello @member3")
    assert bob.open()
    assert bob.wait("removed_from_room")["room"] == room
    assert bob.ask("message", room=room, message="am I?")["status"] == "error"
    assert bob.texts() == [] and not bob.of("mention"), bob.events
    for wire in (ann, bob):
        wire.close()


def test_a_room_that_was_deleted_and_made_again_is_another():
    room = house().room()
    ann, bob = Wire(), Wire()
    ann.join(room, "ann")
    bob.join(room, "bob")
    bob.cut()
    ann.until_gone("bob")
    answer = house().call("POST", "/admin/delete_room", {"room_id": room, "password": PASSWORD})
    assert answer.status == 200, answer.text
    assert house().call("POST", "/room/create", {"room_id": room, "password": PASSWORD}).status == 200
    ann.join(room, "ann")
    ann.say(room, "a new beginning")
    assert bob.open()
    assert bob.wait("removed_from_room")["room"] == room and bob.texts() == []
    for wire in (ann, bob):
        wire.close()
