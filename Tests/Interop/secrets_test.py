"""D9, S15, S16: people use everything that there is, with marks in what they type and show. What one of them alone may
know reaches nobody else, in no frame and no answer; what is typed stands in clear in no file of the data folder, no
backup and not in the log, which runs at the level debug. The names that docs/data.md calls unencrypted are in the
database alone.
"""

from __future__ import annotations

import base64
import json
import re
import uuid

import harness
import parley
from attacks.socketio_client import SocketIO
from attacks.wire import Gone, Response, Wire, ask, request
from maintenance import data_of, done

NEVER = ("$argon2", "argon2id", "wrapped_key", "password_hash")
"""What nobody is told, whatever they do."""


class Marks:
    """Texts that exist once in the world, by what they are."""

    def __init__(self) -> None:
        self.typed: dict[str, str] = {}
        """In clear nowhere on the disk or in the log."""
        self.named: dict[str, str] = {}
        """In clear in the database, and nowhere else."""
        self.own: dict[str, dict[str, str]] = {}
        """By their owner: reaches no other person."""

    def text(self, what: str) -> str:
        return self._new(self.typed, what)

    def name(self, what: str) -> str:
        return self._new(self.named, what)

    def secret(self, owner: str, what: str, value: str | None = None) -> str:
        """A password or token, which is typed or shown, too."""
        value = value or f"{what}-{uuid.uuid4()}"
        self.own.setdefault(owner, {})[what] = self.typed[f"{owner}'s {what}"] = value
        return value

    def _new(self, marks: dict[str, str], what: str) -> str:
        assert what not in marks, what
        marks[what] = f"{what.replace(' ', '-')}-{uuid.uuid4().hex}"
        return marks[what]


class Person:
    """Somebody at an address of their own, and all that they were told."""

    def __init__(self, port: int, marks: Marks, name: str, source: str) -> None:
        self.port, self.marks, self.name, self.source = port, marks, name, source
        self.told: list[str] = []
        self.token: str | None = None
        marks.own.setdefault(name, {})["address"] = source
        self.socket: SocketIO | None = None

    def asks(self, method: str, path: str, members: object = None, expected: int | None = None,
             body: bytes | None = None, **fields: str) -> Response:
        if self.token:
            fields.setdefault("Authorization", f"Bearer {self.token}")
        if members is not None:
            fields["Content-Type"], body = "application/json", json.dumps(members).encode()
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        answer = ask(self.port, method, path, fields, body, self.source)
        self.told.append(f"{dict(answer.fields)} {answer.text}")
        assert answer.status == expected if expected else answer.status < 300, (method, path, answer)
        return answer

    def is_given(self, tokens: Response) -> dict:
        """Takes the tokens of a log-in."""
        told = json.loads(tokens.body)
        number = len(self.marks.own[self.name])
        self.token = self.marks.secret(self.name, f"access token {number}", told["access_token"])
        self.marks.secret(self.name, f"refresh token {number}", told["refresh_token"])
        return told

    def connects(self, auth: object = None) -> None:
        self.socket = SocketIO(self.port, source=self.source)
        self.marks.own[self.name]["engine id"] = self.socket.facts["sid"]
        self.socket.connect("/", auth or ({"token": self.token} if self.token else None))

    def emits(self, event: str, **members: object) -> dict:
        answer = self.socket.call(event, members)
        self.told.append(json.dumps(answer))
        assert answer["status"] == "success", (event, members, answer)
        return answer

    def hears(self) -> None:
        """Notes all that came to the socket."""
        if self.socket:
            self.told.append(json.dumps(self.socket.collect()))
            self.socket.events = []


class Town:
    """A server, an administrator, two accounts and a guest."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.server = parley.serve(
            "--log-level", "debug", "--webhook-networks", "127.0.0.0/8",
            PARLEY_METRICS_TOKEN="a-token-of-the-metrics-with-length")
        code = self._code()
        people = {name: Person(self.server.port, self.marks, name, f"127.0.7.{number}")
                  for number, name in enumerate(("boss", "ann", "bob", "carl"), 11)}
        self.boss, self.ann, self.bob, self.carl = people.values()
        self.people = list(people.values())
        for person in (self.boss, self.ann, self.bob):
            members = {
                "username": person.name, "password": self.marks.secret(person.name, "password"),
                "email": f"{self.marks.name(f'email of {person.name}')}@example.org",
                "display_name": self.marks.name(f"display name {person.name}"), "device": "a phone"}
            self.marks.own[person.name]["email"] = members["email"]
            path = "/api/v1/auth/register"
            if person is self.boss:
                members["code"], path = code, "/api/v1/setup"
            person.is_given(person.asks("POST", path, members, 201))

    def _code(self) -> str:
        def found() -> str | None:
            return next((match[1] for line in self.server.lines if (match := re.search(r"code (\S+)", line))), None)

        return harness.wait_until(found, "the first start prints a code")


def password(person: Person) -> str:
    return person.marks.own[person.name]["password"]


def come_in(town: Town) -> str:
    """Ann makes a room with a password; everybody enters, each in another way. The room's id."""
    marks, room = town.marks, town.marks.name("room id")
    shown = marks.text("room password")
    town.ann.asks("POST", "/api/v1/rooms", {
        "id": room, "kind": "password", "name": marks.name("room name"), "topic": marks.name("topic"),
        "password": shown}, 201)
    town.bob.asks("POST", f"/api/v1/rooms/{room}/join", {"password": marks.text("wrong room password")}, 401)
    town.bob.asks("POST", f"/api/v1/rooms/{room}/join", {"password": shown}, 200)
    for person in (town.ann, town.bob):
        person.connects()
        assert person.emits("join", room=room, user_id=person.name)["status"] == "success"
    made = json.loads(town.ann.asks("POST", f"/api/v1/rooms/{room}/invitations", {"uses": 1}, 201).body)
    town.carl.connects()
    invitation = marks.secret("carl", "invitation", made["token"])
    marks.own["ann"]["invitation"] = invitation
    let_in = json.loads(
        town.carl.asks("POST", f"/api/v1/invitations/{invitation}", {"user_id": "carl"}, 200).body)
    token = marks.secret("carl", "guest token", let_in["guest_token"])
    assert town.carl.emits("join", room=room, user_id="carl", guest_token=token)["status"] == "success"
    verified = town.ann.asks("POST", f"/chat/{room}/verify", {"password": shown}, 200)
    marks.secret("ann", "room token", json.loads(verified.body)["token"])
    return room


def talk(town: Town, room: str) -> None:
    marks, (ann, bob, carl) = town.marks, (town.ann, town.bob, town.carl)
    native = f"/api/v1/rooms/{room}/messages"
    first = ann.emits("message", room=room, message=marks.text("message"), client_id="one")["message_id"]
    json.loads(bob.asks("POST", native, {"message": f"@ann {marks.text('native message')}"}, 201).body)
    bob.asks("POST", f"/chat/{room}", {"message": marks.text("message over REST")}, 200)
    carl.emits("message", room=room, message=marks.text("message of a guest"), reply_to=first, thread=first)
    ann.emits("edit", room=room, message_id=first, message=marks.text("edited message"))
    ann.asks("PATCH", f"{native}/{first}", {"message": marks.text("message edited again")}, 200)
    ann.asks("GET", f"{native}/{first}/edits", expected=200)
    gone = ann.emits("message", room=room, message=marks.text("removed message"))["message_id"]
    ann.emits("delete", room=room, message_id=gone)
    for person in (ann, bob, carl):
        person.emits("reaction", room=room, message_id=first, reaction="👍", op="add")
        person.emits("typing", room=room, is_typing=True)
        person.emits("read", room=room, message_id=first)
        person.emits("presence", room=room, status="busy")
    ann.emits("pin", room=room, message_id=first)
    bob.emits("search", room=room, query=marks.text("search by event"))
    bob.asks("GET", f"/api/v1/search?q={marks.text('search in a query')}&context=2", expected=200)
    bob.asks("GET", f"/chat/{room}/search?query={marks.text('search of the dialect')}", expected=200)
    for path in (native, f"/chat/{room}/messages?limit=100", f"{native}/{first}/thread", "/api/v1/me/unread",
                 "/api/v1/me/mentions", f"/api/v1/rooms/{room}/pins", f"/api/v1/rooms/{room}/reads",
                 f"/api/v1/rooms/{room}/members", "/api/v1/me/rooms", "/api/v1/me/export", "/api/v1/me/sessions",
                 f"/api/v1/rooms/{room}", "/api/v1/me", f"/user/presence?room_id={room}"):
        bob.asks("GET", path)
    bob.asks("POST", "/user/profile", {"user_id": "bob", "username": marks.name("profile name")})
    carl.asks("GET", "/user/profile/bob")


def send_files(town: Town, room: str) -> None:
    marks, ann, bob = town.marks, town.ann, town.bob
    content = (marks.text("content of a file") + "\n") * 2_000
    lines = ["--edge", f'Content-Disposition: form-data; name="message"\r\n\r\n{marks.text("text of an upload")}',
             "--edge", 'Content-Disposition: form-data; name="file"; '
             f'filename="{marks.text("name of a file")}.txt"\r\n\r\n{content}', "--edge--", ""]
    told = ann.asks("POST", f"/chat/{room}/upload", body="\r\n".join(lines).encode(), expected=200,
                    Content_Type="multipart/form-data; boundary=edge")
    stored = json.loads(told.body)["file"]["stored_filename"]
    ann.asks("POST", f"/api/v1/rooms/{room}/files?name={marks.text('name in a query')}.bin", body=b"x" * 100,
             expected=201)
    media = base64.b64encode(marks.text("media of a message").encode()).decode()
    ann.emits("message", room=room, message="", media={
        "type": "text/plain", "name": marks.text("name of media"), "data": f"data:text/plain;base64,{media}"})
    ticket = json.loads(bob.asks("POST", f"/api/v1/rooms/{room}/files/ticket", expected=200).body)["ticket"]
    ticket = marks.secret("bob", "ticket", ticket)
    got = bob.asks("GET", f"/api/v1/rooms/{room}/files/{stored}?ticket={ticket}", expected=200)
    assert got.text == content
    bob.asks("GET", f"/chat/{room}/files/{stored}?token={marks.text('wrong token in a query')}")
    bob.asks("GET", f"/chat/{room}/files/{stored}?password={marks.text('wrong password in a query')}", expected=401)


def take_programs_in(town: Town, room: str) -> None:
    """Tokens, a bot and webhooks, whose secrets are told once; and a file that waits for its message."""
    marks, ann, bob = town.marks, town.ann, town.bob
    made = ann.asks("POST", "/api/v1/me/tokens", {
        "name": marks.name("name of a token"), "scopes": ["messages:read", "messages:write"]}, 201)
    token = marks.secret("ann", "API token", json.loads(made.body)["token"])
    ann.asks("POST", f"/api/v1/rooms/{room}/messages", {"message": marks.text("message by a token")}, 201,
             Authorization=f"Bearer {token}")
    made = ann.asks("POST", f"/api/v1/rooms/{room}/bots", {"username": "robot"}, 201)
    made = ann.asks("POST", "/api/v1/bots/robot/tokens", {"name": "t", "scopes": ["messages:write"]}, 201)
    marks.secret("ann", "token of a bot", json.loads(made.body)["token"])
    hooks = f"/api/v1/rooms/{room}/webhooks"
    told = json.loads(ann.asks("POST", hooks, {"kind": "incoming", "name": marks.name("name of a webhook")}, 201).body)
    secret = marks.secret("ann", "incoming secret", told["secret"])
    path = f"/api/v1/hooks/{told['id']}"
    bob.asks("POST", f"{path}/{secret}", {"text": marks.text("text of a webhook")}, 201, Authorization="")
    bob.asks("POST", f"{path}/{marks.text('wrong secret of a webhook')}", {"text": "x"}, 404, Authorization="")
    # Nobody is there: what it is told waits.
    url = f"http://127.0.0.1:9/{marks.text('address of a webhook')}"
    told = json.loads(ann.asks("POST", hooks, {
        "kind": "outgoing", "name": marks.name("name of an outgoing webhook"), "url": url}, 201).body)
    marks.secret("ann", "outgoing secret", told["secret"])
    ann.emits("message", room=room, message=marks.text("message that a webhook is told"))
    for person in (ann, bob):
        person.asks("GET", hooks, expected=200 if person is ann else 403)
    waiting = bob.asks(
        "POST", f"/api/v1/rooms/{room}/uploads?name={marks.text('name of a waiting file')}",
        body=marks.text("content of a waiting file").encode(), expected=201)
    assert json.loads(waiting.body)["id"]


def administer(town: Town, room: str) -> None:
    marks, boss, ann, bob = town.marks, town.boss, town.ann, town.bob
    confirm = {"Confirm_Password": password(boss)}
    boss.asks("GET", "/api/v1/admin/users", expected=200)
    boss.asks("GET", "/api/v1/admin/settings", expected=200)
    link = json.loads(boss.asks("POST", "/api/v1/admin/users/bob/sign-in-link", {}, 201, **confirm).body)["token"]
    marks.secret("boss", "sign-in link", link)
    marks.own["bob"]["sign-in link"] = marks.own["boss"]["sign-in link"]
    for person in (ann, bob):
        person.asks("GET", "/api/v1/admin/users", expected=404)
    ann.emits("list_ips", room=room)
    ann.emits("mute", room=room, target="carl", seconds=1, reason=marks.name("reason of a mute"))
    ann.emits("unmute", room=room, target="carl")
    ann.emits("kick", room=room, target="carl", reason=marks.name("reason of a kick"))
    ann.asks("POST", f"/api/v1/rooms/{room}/bans", {"user": "carl", "reason": marks.name("reason of a ban")}, 201)
    changed = marks.secret("bob", "new password")
    bob.asks("PUT", "/api/v1/me/password", {
        "current_password": password(bob), "new_password": changed}, 204)
    bob.is_given(bob.asks("POST", "/api/v1/auth/refresh", {
        "refresh_token": [value for what, value in marks.own["bob"].items() if what.startswith("refresh")][-1]}, 200))
    bob.is_given(bob.asks("POST", "/api/v1/auth/login", {"username": "bob", "password": changed}, 200))
    bob.asks("POST", "/api/v1/auth/login", {"username": "bob", "password": marks.text("wrong password")}, 401)
    bob.asks("POST", "/api/v1/auth/link", {"token": link, "password": marks.secret("bob", "third password")}, 200)


def stray(town: Town, room: str) -> None:
    """What is refused is not written down, either."""
    marks, port = town.marks, town.server.port
    for number, text in enumerate((
            f'42["message",{{"room":"{room}","message":"%s"', '42["message",{"message":"%s"}]trailing', '42["%s"]',
            '40/%s,', '452-["%s",{"_placeholder":true,"num":9}]', '4%s', '9%s', '42["disconnect","%s"]')):
        with SocketIO(port, source="127.0.7.50") as client:
            client.connect()
            client.send_text(text.replace("%s", marks.text(f"stray packet {number}")))
            try:
                client.collect()
            except Gone:
                pass
    for number, fields in enumerate((
            {"Authorization": "Bearer %s"}, {"Cookie": "token=%s"}, {"Content-Length": "%s"}, {"Host": "%s\x01"},
            {"X-Thing\x02": "%s"}, {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "%s"},
            {"Content-Type": "multipart/form-data; boundary=%s"}, {"Transfer-Encoding": "%s"})):
        mark = marks.text(f"stray field {number}")
        fields = {name: value.replace("%s", mark) for name, value in fields.items()}
        for path in (f"/chat/{room}/messages", "/socket.io/?EIO=4&transport=websocket", f"/?token={mark}"):
            with Wire(port, "127.0.7.51") as wire:
                wire.send(request("POST" if number % 2 else "GET", path, port, fields))
                wire.end()
                wire.rest()


def forms(mark: str) -> list[bytes]:
    """A text as it is, and in base 64 wherever it may begin."""
    text = mark.encode()
    encoded = [base64.b64encode(b"x" * skip + text)[4 if skip else 0:20 + 4] for skip in range(3)]
    return [text, *encoded[:1], *(each for each in encoded[1:] if len(each) == 20)]


def found(places: dict[str, bytes], marks: dict[str, str]) -> list[tuple[str, str]]:
    return [(what, place) for what, mark in marks.items() for place, content in places.items()
            if any(form in content for form in forms(mark))]


def on_disk(town: Town) -> dict[str, bytes]:
    return {str(path.relative_to(town.server.data)): path.read_bytes()
            for path in town.server.data.rglob("*") if path.is_file()}


def check_disk(town: Town) -> None:
    places = on_disk(town)
    assert any("backups/" in place for place in places) and any(place.startswith("data/files/") for place in places)
    assert not (there := found(places, town.marks.typed)), there
    # What is looked for would be found: these are kept as they are.
    known = {what for what, place in found(places, town.marks.named) if "parley.db" in place}
    # The mute was lifted.
    assert known >= set(town.marks.named) - {"reason of a mute"}, set(town.marks.named) - known
    elsewhere = {place: content for place, content in places.items() if "parley.db" not in place}
    assert not (there := found(elsewhere, town.marks.named)), there


def check_log(town: Town) -> None:
    log = {"the log": "\n".join(town.server.lines).encode()}
    marks = {**town.marks.typed, **town.marks.named}
    # The id of a room is no secret, and is in the addresses of requests.
    del marks["room id"]
    assert not (there := found(log, marks)), there
    keys = [line for name in ("encryption.keys", "signing.key")
            for line in (data_of(town.server) / name).read_text().split()]
    assert not any(key.encode() in log["the log"] for key in keys)
    for line in town.server.lines:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x1b]", line), f"a control character in {line!r}"
        assert not re.search(r"eyJ[\w-]{10,}\.[\w-]{10,}", line), f"a token in {line!r}"


def check_told(town: Town) -> None:
    """S15: each was told what is theirs, and nothing of others."""
    keys = [line for name in ("encryption.keys", "signing.key")
            for line in (data_of(town.server) / name).read_text().split()]
    for person in town.people:
        told = "\n".join(person.told)
        assert not (there := [word for word in [*NEVER, *keys] if word in told]), (person.name, there)
        if person is town.boss:
            continue
        mine = set(town.marks.own[person.name].values())
        for owner, secrets in town.marks.own.items():
            for what, value in secrets.items():
                # Who moderates a room sees where people come from.
                if owner == person.name or value in mine or (what == "address" and person is town.ann):
                    continue
                assert value not in told, f"{person.name} was told {owner}'s {what}"


def test_what_is_typed_and_shown_stays_where_it_belongs():
    town = Town()
    room = come_in(town)
    talk(town, room)
    send_files(town, room)
    take_programs_in(town, room)
    for person in (town.ann, town.bob, town.carl):
        person.hears()
    administer(town, room)
    stray(town, room)
    town.ann.hears()
    done("backup", data=data_of(town.server))
    done("keys", "rotate", data=data_of(town.server))
    check_told(town)
    check_log(town)
    check_disk(town)
    # After a kill, with the journal as it lies; and after a start and a stop, which write it back.
    town.server.kill()
    check_disk(town)
    town.server.start()
    assert town.server.stop() == 0
    check_disk(town)
    check_log(town)
    print(f"  {len(town.marks.typed)} texts and secrets, {sum(len(each.told) for each in town.people)} answers, "
          f"{len(town.server.lines)} lines of log")
