"""The golden exchanges of the Socket.IO dialect: what clients of both revisions send, and what they are answered.

Each file of `golden/` is a play in steps, which are sent to a server over REST and python-socketio:

    {"do": "POST /chat/{room}", "with": {…}, "gives": 200, "body": …, "headers": {…}}   a request; `as form` for a form
    {"do": "ann emits join", "with": {…}, "ack": …}                                     an event and its acknowledgement
    {"do": "bob hears message", "with": …}                                               the next event of that name
    {"do": "ann comes", "auth": {…}} and {"do": "ann goes"}                              a connection

A form in `<…>` stands for every value of its kind; `<id first>` also gives it the name `first`, which `{first}` in what
follows stands for. Members may be added to those that are named,
but none of `NEVER`; an event that nobody waited for is a
fault.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
import time

import harness
import requests
from chat_client import Guest, House

FILES = sorted((pathlib.Path(__file__).parent / "golden").glob("*.json"))

KINDS = {
    "any": lambda value: True,
    "text": lambda value: isinstance(value, str) and bool(value),
    "sentence": lambda value: isinstance(value, str) and bool(re.search(r"[.!?]$", value)),
    "int": lambda value: type(value) is int,
    "bool": lambda value: type(value) is bool,
    "ms": lambda value: type(value) is int and abs(value / 1000 - time.time()) < 600,
    "seconds": lambda value: type(value) is float and abs(value - time.time()) < 600,
    "date": lambda value: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)),
    "clock": lambda value: bool(re.fullmatch(r"\d\d:\d\d [AP]M", value)),
    "instant": lambda value: bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)),
    "id": lambda value: bool(re.fullmatch(r"msg_\d+", value)),
    "jwt": lambda value: bool(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", value)),
}

NEVER = {"client_ip", "ip", "address", "email", "password", "password_hash", "path", "sid"}
"""Members that tell of somebody, or of the server, what is nobody else's."""


@functools.cache
def house() -> House:
    return House(PARLEY_TYPING_TIME="60s")


class Play:
    """One file, played with clients over one transport."""

    def __init__(self, script: dict, transport: str) -> None:
        self.script, self.transport = script, transport
        self.names: dict[str, object] = {}
        self.guests: dict[str, Guest] = {}
        self.taken: dict[str, dict[str, int]] = {}

    def run(self) -> None:
        for room in self.script.get("rooms", ["room"]):
            self.names[room] = f"{pathlib.Path(self.script['file']).stem}-{self.transport}-{room}"
            house().call("POST", "/room/create", {"room_id": self.names[room], "password": "secret123"})
        try:
            for number, step in enumerate(self.script["steps"]):
                try:
                    self.play(step)
                except Exception as failure:
                    raise AssertionError(f"step {number}, {step['do']}: {failure}") from failure
            self.end()
        finally:
            for guest in self.guests.values():
                guest.client.disconnect()

    def play(self, step: dict) -> None:
        what = step["do"]
        if match := re.fullmatch(r"(\w+) (comes|goes)", what):
            return self.come(match[1], step) if match[2] == "comes" else self.go(match[1])
        if match := re.fullmatch(r"(\w+) emits (\w+)", what):
            answer = self.guests[match[1]].ask(match[2], **self.filled(step.get("with", {})))
            return self.check(answer, step["ack"])
        if match := re.fullmatch(r"(\w+) hears (\w+)", what):
            return self.hear(match[1], match[2], step["with"])
        return self.request(*what.split(" ", 1), step)

    # --- Clients ------------------------------------------------------------------------------------------------------

    def come(self, name: str, step: dict) -> None:
        self.guests[name] = Guest(house(), self.transport, auth=self.filled(step.get("auth")))
        self.taken[name] = {}

    def go(self, name: str) -> None:
        self.silent(name)
        self.guests.pop(name).client.disconnect()

    def hear(self, name: str, event: str, expected) -> None:
        number = self.taken[name][event] = self.taken[name].get(event, 0) + 1
        self.check(self.guests[name].wait(event, number), expected)

    def silent(self, name: str) -> None:
        """All that came has been waited for."""
        guest = self.guests[name]
        # A refusal comes behind all that was sent before it.
        errors = self.taken[name]["error"] = self.taken[name].get("error", 0) + 1
        guest.ask("leave")
        guest.wait("error", errors)
        heard = {event for event in guest.names() if not event.endswith("acknowledged")} - {"disconnect"}
        counts = {event: len(guest.of(event)) for event in heard}
        assert counts == {event: count for event, count in self.taken[name].items() if count}, (
            name, counts, self.taken[name], guest.events)

    def end(self) -> None:
        for name in self.guests:
            self.silent(name)

    # --- Requests -----------------------------------------------------------------------------------------------------

    def request(self, method: str, target: str, step: dict) -> None:
        is_form = target.endswith(" as form")
        target = self.filled(target.removesuffix(" as form"))
        fields = self.filled(step.get("with"))
        if "file" in step:
            answer = requests.post(
                house().server.url + target, files={"file": (step["file"], step["content"].encode())}, data=fields,
                timeout=harness.PATIENCE)
            status, headers, text = answer.status_code, answer.headers, answer.text
        else:
            options = {"form": fields} if is_form else {"body": fields}
            answer = house().call(method, target, headers=self.filled(step.get("headers sent")),
                                  source=step.get("from", "127.0.0.1"), **options)
            status, headers, text = answer.status, answer.headers, answer.text
        assert status == step["gives"], (status, text)
        for name, expected in step.get("headers", {}).items():
            self.check(headers.get(name), expected)
        if "body" in step:
            if not isinstance(step["body"], str):
                assert headers["Content-Type"] == "application/json", headers["Content-Type"]
                text = json.loads(text)
            self.check(text, step["body"])

    # --- Forms --------------------------------------------------------------------------------------------------------

    def filled(self, form):
        """The form with what its names stand for."""
        if isinstance(form, str):
            if match := re.fullmatch(r"\{(\w+)\}", form):
                return self.names[match[1]]
            return re.sub(r"\{(\w+)\}", lambda match: str(self.names[match[1]]), form)
        if isinstance(form, dict):
            return {self.filled(name): self.filled(value) for name, value in form.items()}
        return [self.filled(value) for value in form] if isinstance(form, list) else form

    def check(self, value, form, place: str = "it") -> None:
        if isinstance(form, dict):
            form = {self.filled(name): each for name, each in form.items()}
            assert isinstance(value, dict) and set(value) >= set(form), f"{place} is {value}, and not like {form}"
            assert not set(value) & NEVER, f"{place} tells too much: {value}"
            for name, each in form.items():
                self.check(value[name], each, f"{place}.{name}")
        elif isinstance(form, list):
            assert isinstance(value, list) and len(value) == len(form), f"{place} is {value}, and not like {form}"
            for number, (part, each) in enumerate(zip(value, form)):
                self.check(part, each, f"{place}[{number}]")
        elif match := re.fullmatch(r"<(\w+)(?: (\w+))?>", form) if isinstance(form, str) else None:
            assert KINDS[match[1]](value), f"{place} is {value!r}, and not {form}"
            if match[2]:
                self.names[match[2]] = value
        else:
            assert value == self.filled(form) and type(value) is type(self.filled(form)), (
                f"{place} is {value!r}, and not {self.filled(form)!r}")


def scripts() -> list[dict]:
    return [{"file": path.name, **json.loads(path.read_text())} for path in FILES]


for _script in scripts():
    for _transport in ("websocket", "polling"):
        def _test(script=_script, transport=_transport) -> None:
            Play(script, transport).run()
        _test.__module__ = __name__
        globals()[f"test_{_script['title']}_over_{_transport}"] = _test


# --- That nothing is left out -----------------------------------------------------------------------------------------

ROWS = {
    "GET /": {200}, "POST /room/create": {200, 400, 409}, "POST /chat/{}/verify": {200, 401, 404},
    "POST /chat/{}": {200, 400, 401}, "GET /chat/{}/messages": {200, 401}, "POST /chat/{}/clear": {200, 401},
    "POST /user/profile": {200, 400}, "GET /user/profile/{}": {200, 404}, "POST /admin/verify_ip": {200, 400, 401},
    "POST /admin/delete_room": {200, 401}, "POST /admin/clear_chat": {200, 401}, "POST /room/{}/verify_ip": {200, 401},
    # Of the later revision.
    "POST /auth/token": {200, 401}, "POST /auth/verify_token": {200, 401}, "PUT /user/profile/{}": {200},
    "POST /user/presence/{}": {200, 400}, "GET /user/presence": {200, 401}, "POST /chat/{}/upload": {200, 401},
    "GET /chat/{}/files": {200, 401}, "GET /chat/{}/files/{}": {200, 401, 404}, "DELETE /chat/{}/files/{}": {200, 401},
    "GET /chat/{}/search": {200, 401}, "DELETE /chat/{}/messages/{}": {200, 401, 403},
    "POST /chat/{}/messages/mark_read": {200, 401},
}
"""Every row of the dialect, with the statuses that clients know."""

SENT = {"join", "leave", "message", "typing", "reaction", "mark_read"}
HEARD = {"online_count", "status", "message", "typing_status", "reaction_update", "error", "files_list",
         "file_uploaded", "file_deleted", "message_deleted", "messages_read"}


def test_every_row_is_played():
    statuses: dict[str, set[int]] = {}
    emitted, heard = set(), set()
    for step in [step for script in scripts() for step in script["steps"]]:
        if "gives" in step:
            name = re.sub(r"\?.*| as form$", "", step["do"])
            name = re.sub(r"(/chat/|/room/)(?!create)[^/]+", r"\1{}", name)
            name = re.sub(r"(/files/|/presence/|/profile/)[^/]+$", r"\1{}", name)
            name = re.sub(r"(/messages/)(?!mark_read)[^/]+$", r"\1{}", name)
            statuses.setdefault(name, set()).add(step["gives"])
        elif match := re.fullmatch(r"\w+ (emits|hears) (\w+)", step["do"]):
            (emitted if match[1] == "emits" else heard).add(match[2])
    missing = {row: wanted - statuses.get(row, set()) for row, wanted in ROWS.items()}
    assert not {row: wanted for row, wanted in missing.items() if wanted}, (missing, statuses)
    assert SENT <= emitted and HEARD <= heard, (SENT - emitted, HEARD - heard)


# --- The handshake ----------------------------------------------------------------------------------------------------


def test_the_handshake_of_both_revisions_of_engine_io():
    """Clients of the page's age speak revision 4; older ones are served beside them."""
    for revision, start in (("4", "0{"), ("3", None)):
        answer = house().call("GET", f"/socket.io/?EIO={revision}&transport=polling")
        assert answer.status == 200, answer.text
        opened = json.loads(answer.text[answer.text.index("{"):answer.text.rindex("}") + 1])
        assert start is None or answer.text.startswith(start), answer.text
        assert opened["upgrades"] == ["websocket"], opened
        assert (opened["pingTimeout"], opened["pingInterval"]) == (20_000, 25_000), opened
        assert revision == "3" or opened["maxPayload"] == 8_000_000, opened
