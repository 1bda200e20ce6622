"""REST calls and Socket.IO connections to the chat, for the tests of its contract."""

from __future__ import annotations

import http.client
import json
import queue
import re
import threading
import urllib.parse

import socketio

import harness

PASSWORD = "correct horse"


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)


class House:
    """A server of its own, and the REST calls to it."""

    def __init__(self, **variables: str) -> None:
        command = [harness.program("parley"), "serve", "--port", "{port}", "--data", "{data}"]
        self.server = harness.ServerProcess(command, {"PARLEY_RATE_LIMITS": "off", **variables})
        self._rooms = 0

    def call(self, method, path, body=None, *, form=None, headers=None, source="127.0.0.1") -> Answer:
        """One request; `source` is the address that it comes from: any of the loopback."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.port, timeout=harness.PATIENCE, source_address=(source, 0))
        headers = dict(headers or {})
        if form is not None:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urllib.parse.urlencode(form)
        elif body is not None:
            headers["Content-Type"], body = "application/json", json.dumps(body)
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def room(self, password: str = PASSWORD) -> str:
        """A new room."""
        self._rooms += 1
        room = f"room-{self._rooms}"
        assert self.call("POST", "/room/create", {"room_id": room, "password": password}).status == 200
        return room

    def token(self, room: str, source: str = "127.0.0.9") -> str:
        """A token of the room, asked for from an address that nobody else uses: it is verified by that."""
        return self.call("POST", f"/chat/{room}/verify", {"password": PASSWORD}, source=source).json["token"]

    def history(self, room: str, **query) -> list[dict]:
        path = f"/chat/{room}/messages?{urllib.parse.urlencode(query)}"
        answer = self.call("GET", path, headers={"Authorization": f"Bearer {self.token(room)}"})
        assert answer.status == 200, answer.text
        return answer.json


class Guest:
    """A Socket.IO connection and everything that came over it, in order."""

    def __init__(self, house: House, transport: str = "websocket", auth=None, headers=None) -> None:
        self.client = socketio.Client(reconnection=False)
        self.events: list[tuple[str, object]] = []
        self._settlings = 0
        self._arrival = threading.Condition()
        self.client.on("*", self._came)
        self.client.on("disconnect", lambda *_: self._came("disconnect", None))
        self.client.connect(
            house.server.url, transports=[transport], auth=auth, headers=headers or {}, wait_timeout=harness.PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()

    def ask(self, event: str, **payload):
        """Sends an event and returns the acknowledgement."""
        answers: queue.Queue = queue.Queue()
        self.client.emit(event, payload, callback=lambda *args: answers.put(args[0] if args else None))
        answer = answers.get(timeout=harness.PATIENCE)
        with self._arrival:
            self.events.append((f"{event} acknowledged", answer))
        return answer

    def join(self, room: str, user: str, **proof) -> dict:
        answer = self.ask("join", room=room, user_id=user, **(proof or {"password": PASSWORD}))
        assert answer["status"] == "success", answer
        return answer

    def wait(self, event: str, nth: int = 1, /, **members) -> dict:
        """The payload of the `nth` event of that name with these members."""
        def found():
            return [data for name, data in self.events if name == event and matches(data, members)]

        with self._arrival:
            came = self._arrival.wait_for(lambda: len(found()) >= nth, harness.PATIENCE)
            assert came, f"no {event} {members} in {self.events}"
            return found()[nth - 1]

    def names(self) -> list[str]:
        with self._arrival:
            return [name for name, _ in self.events]

    def of(self, event: str) -> list:
        with self._arrival:
            return [data for name, data in self.events if name == event]

    def forget(self) -> None:
        with self._arrival:
            self._settlings = 0
            self.events.clear()

    def settle(self) -> None:
        """Returns when all that the server had sent before has arrived: a refusal comes behind it."""
        self._settlings += 1
        refusal = self.ask("leave")
        self.wait("error", self._settlings, message=refusal["message"])

    def _came(self, event: str, data: object = None) -> None:
        with self._arrival:
            self.events.append((event, data))
            self._arrival.notify_all()


def matches(data, members) -> bool:
    return isinstance(data, dict) and all(data.get(name) == value for name, value in members.items()) or not members


def refused(answer, status, **members):
    """A refusal with that status, those members, and a sentence."""
    assert answer.status == status, (answer.status, answer.text)
    body = answer.json
    assert body["success"] is False and re.search(r"[.!?]$", body["error"]), body
    assert {**body, **members} == body, body


def error(answer):
    assert answer["status"] == "error" and re.search(r"[.!?]$", answer["message"]), answer
    return answer["message"]
