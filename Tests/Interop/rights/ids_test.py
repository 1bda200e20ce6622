"""Ids of what is somebody else's: whoever has learnt one is answered as if there were nothing."""

from __future__ import annotations

import base64
import dataclasses
import functools
import re

from rights import declared, registry
from rights.registry import Row
from rights.scenes import Cast, Scene, Shown
from rights.sockets import WebSocketWire
from rights.town import PASSWORD, SECRET, Account, Town
from rights.wires import WIRES, Outcome, filled, ids_of

PART = "attack"

NOBODY = "00000000-0000-4000-8000-000000000000"

NOTHING = {"message": "msg_999999999", "other message": "msg_999999999", "own message": "msg_999999999",
           "file": "0" * 32, "other file": "0" * 32, "own file": "0" * 32,
           "own upload": "0" * 32,
           "invitation": NOBODY, "incoming webhook": NOBODY, "outgoing webhook": NOBODY}
"""Ids that are nobody's, of each kind."""

ELSEWHERE = {
    "DELETE /api/v1/me/sessions/{id}", "DELETE /api/v1/me/rooms/{room}", "GET /user/profile/{user_id}",
    "PUT /user/profile/{user_id}", "POST /user/presence/{user_id}", "GET /api/v1/invitations/{token}",
    "POST /api/v1/invitations/{token}", "POST /api/v1/hooks/{id}", "POST /api/v1/hooks/{id}/{secret}",
    "DELETE /api/v1/me/tokens/{id}", "DELETE /api/v1/bots/{bot}", "GET /api/v1/bots/{bot}/tokens",
    "POST /api/v1/bots/{bot}/tokens", "DELETE /api/v1/bots/{bot}/tokens/{id}",
}
"""Routes with an id that are about no room of the registry: each has a test here or in `enumeration_test.py`."""


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def cast() -> Cast:
    return Cast(town())


@functools.cache
def hers() -> Scene:
    """A private room of `owner`."""
    return Scene(town(), cast(), "private")


@functools.cache
def people() -> dict[str, tuple[Shown, str]]:
    """Three accounts and a guest, each with a room in which they may do as much as they can."""
    found = {}
    for name, kind in (("bob", "private"), ("carol", "public"), ("dave", "password")):
        account = town().account(name)
        body = {"kind": kind, "id": f"{name}s-room", "password": PASSWORD}
        town().done("POST", "/api/v1/rooms", body, bearer=account.access)
        found[name] = (Shown("account", account.source, account=account), f"{name}s-room")
    town().done("POST", "/room/create", {"room_id": "guests-room", "password": PASSWORD})
    guest = Shown("password", town().address(), password=PASSWORD, name="eve")
    return {**found, "a guest": (guest, "guests-room")}


def taking_ids() -> list[tuple]:
    rows = [(wire, row) for wire in WIRES[:3] for row in wire.rows]
    return [(wire, row) for wire, row in rows
            if "{id}" in f"{row.name} {row.fields}" or "{message}" in f"{row.name} {row.fields}"]


def test_every_route_that_takes_an_id_is_tried():
    """S12: a new route without an entry fails the build."""
    named = {route for route in declared.routes() if re.search(r"\{(?!room\})\w+\}", route)}
    tried = {row.name for row in registry.NATIVE + registry.SEED}

    def is_tried(route: str) -> bool:
        wanted = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)))
        return any(wanted.fullmatch(name) for name in tried)

    left = {route for route in named if not is_tried(route)} - ELSEWHERE - set(registry.ADMINISTRATORS)
    assert not left, left


def real(row: Row) -> str:
    if "file" in row.target:
        return hers().file
    if row.target == "own upload":
        return waiting()
    if "webhook" in row.target:
        return webhook(row.target)
    return invitation() if row.target == "invitation" else hers().message


@functools.cache
def webhook(kind: str) -> str:
    return hers().webhook(**(registry.OUTGOING if kind.startswith("outgoing") else {}))


@functools.cache
def waiting() -> str:
    """A file that `extra` has uploaded and sent with no message yet."""
    path = f"/api/v1/rooms/{hers().room}/uploads?name=a.txt"
    return town().done("POST", path, SECRET.encode(), bearer=cast().extra.access).json["id"]


@functools.cache
def invitation() -> str:
    return hers().invite()["id"]


for _who in ("bob", "carol", "dave", "a guest"):
    def _test(who: str = _who) -> None:
        """S12: in a room of one's own, an id of another room is as one that is nobody's."""
        shown, room = people()[who]
        visits = {wire.name: wire.visit(town(), dataclasses.replace(shown, name=f"eve-{wire.name}"))
                  for wire in WIRES[:3]}
        joined = visits["websocket"].attempt(registry.JOIN, {**ids_of(hers()), "room": room})
        assert joined.done, joined
        for wire, row in taking_ids():
            if shown.kind not in row.takes:
                continue
            answers: list[Outcome] = []
            for id in (real(row), NOTHING[row.target]):
                ids = {**ids_of(hers()), "room": room, "id": id, "message": id if "message" in row.target else ""}
                outcome = visits[wire.name].attempt(row, ids)
                assert SECRET not in outcome.text, (wire.name, row.name, outcome)
                answers.append(outcome.without(id))
            assert answers[0] == answers[1], (wire.name, row.name, answers)
            assert not answers[0].done or "message_ids" in row.fields, (wire.name, row.name, answers)
        for visit in visits.values():
            visit.close()
        for path in (f"messages/{hers().message}", f"files/{hers().file}"):
            reply = town().done("GET", f"/api/v1/rooms/{hers().room}/{path}", bearer=cast().extra.access)
            assert SECRET in reply.text and '"reactions":{"' not in reply.text, reply
    _test.__module__ = __name__
    globals()[f"test_ids of another room are nothing to {_who}"] = _test


def test_answers_and_threads_name_messages_of_their_own_room():
    """S12: `reply_to`, `thread`, `before`, `after` and `around` reach no other room."""
    shown, room = people()["bob"]
    for name in ("reply_to", "thread"):
        replies = [town().ask("POST", f"/api/v1/rooms/{room}/messages", {"message": "x", name: id},
                              bearer=shown.bearer) for id in (hers().message, NOTHING["message"])]
        assert replies[0].status == replies[1].status >= 400 and replies[0].text == replies[1].text, replies
    replies = [town().ask("POST", f"/api/v1/rooms/{room}/messages", {"message": "x", "attachments": [id]},
                          bearer=shown.bearer) for id in (waiting(), NOTHING["file"])]
    assert replies[0].status == replies[1].status >= 400 and replies[0].text == replies[1].text, replies
    for name in ("before", "after", "around"):
        reply = town().ask("GET", f"/api/v1/rooms/{room}/messages?{name}={hers().message}", bearer=shown.bearer)
        assert SECRET not in reply.text, reply
    for query in (f"q=inside&before={hers().message}", f"q=in:{hers().room}+inside", "q=inside", "q=from:extra"):
        for path in ("/api/v1/search", f"/api/v1/rooms/{room}/search"):
            assert SECRET not in town().ask("GET", f"{path}?{query}", bearer=shown.bearer).text, (path, query)


def test_a_profile_and_a_status_are_set_by_their_owner_alone():
    """S12, S14: of an account by its token, of a guest from where it is."""
    bob, guest = people()["bob"][0], people()["a guest"][0]
    before = town().ask("GET", "/user/profile/owner").text
    for shown in (bob, guest, Shown("", town().address())):
        for method, path, body in (
            ("POST", "/user/profile", {"user_id": "owner", "username": "forged", "avatar": ""}),
            ("PUT", "/user/profile/owner", {"username": "forged", "avatar": ""}),
            ("POST", "/user/presence/owner", {"status": "offline"}),
            ("POST", "/user/presence/%EF%BD%8Fwner", {"status": "offline"}),
        ):
            reply = town().ask(method, path, body, bearer=shown.bearer, source=shown.source)
            assert reply.status in (401, 403, 404), (method, path, reply)
    assert town().ask("GET", "/user/profile/owner").text == before


def test_a_room_of_others_is_left_by_nobody_else():
    """S12: as one that is not there, and all who are in it stay."""
    bob = people()["bob"][0]
    replies = [town().ask("DELETE", f"/api/v1/me/rooms/{room}", bearer=bob.bearer) for room in (hers().room, "nowhere")]
    assert replies[0].status == replies[1].status == 404 and replies[0].text == replies[1].text, replies


def test_what_is_an_administrators_is_nobody_elses():
    """S12, S26: each route of administrators, for three accounts, a moderator of the server and a guest."""
    token = town().done("POST", "/auth/token", {"room_id": "guests-room", "password": PASSWORD}).json["token"] \
        if people() else ""
    accounts: list[Account | None] = [people()[name][0].account for name in ("bob", "carol", "dave")]
    accounts.append(cast().server_moderator)
    here = {"room": hers().room, "id": hers().message, "handle": "owner"}
    for route, body in registry.ADMINISTRATORS.items():
        method, path = route.split()[0], filled(route.split()[1], here)
        for account in accounts:
            reply = town().ask(method, path, body, bearer=account.access, headers={"Confirm-Password": PASSWORD})
            assert reply.status == 404 and SECRET not in reply.text, (route, account.name, reply)
        for bearer in (None, token):
            reply = town().ask(method, path, body, bearer=bearer, headers={"Confirm-Password": PASSWORD})
            assert reply.status == 401 and SECRET not in reply.text, (route, reply)
    assert town().ask("GET", "/api/v1/me", bearer=cast().owner.access).status == 200


def test_events_of_administrators_are_heard_by_them_alone():
    """S12, S26: nobody else comes into the namespace `/admin`."""
    for shown in [*(shown for shown, _ in people().values()), Shown("account", "127.0.0.1", cast().server_moderator)]:
        with WebSocketWire(town(), shown.source) as wire:
            for auth in ({"token": shown.bearer}, {"username": "bob", "password": PASSWORD}, {}, None):
                assert "sid" not in wire._socket.connect("/admin", auth), (shown, auth)


def test_a_webhook_is_posted_to_with_its_secret_alone():
    """S12: a wrong id, a wrong secret and another webhook's have one answer, and post nothing."""
    made = [town().done("POST", f"/api/v1/rooms/{hers().room}/webhooks", {"kind": "incoming", "name": name},
                        bearer=cast().owner.access).json for name in ("one", "two")]
    id, secret = made[0]["id"], made[0]["secret"]
    replies = [town().ask("POST", f"/api/v1/hooks/{id}/{wrong}", {"text": "forged"})
               for wrong in (made[1]["secret"], "x" * len(secret), secret[:-1], secret.swapcase())]
    replies.append(town().ask("POST", f"/api/v1/hooks/{NOBODY}/{secret}", {"text": "forged"}))
    replies += [town().ask("POST", f"/api/v1/hooks/{id}", {"text": "forged"}, bearer=bearer)
                for bearer in (None, made[1]["secret"], cast().owner.access, "")]
    assert {(reply.status, reply.text) for reply in replies} == {(404, replies[0].text)}, replies
    assert town().ask("POST", f"/api/v1/hooks/{id}/{secret}", {"text": "genuine"}).status == 201
    told = town().done("GET", f"/api/v1/rooms/{hers().room}/messages", bearer=cast().owner.access).text
    assert "genuine" in told and "forged" not in told


def test_tokens_and_bots_are_their_makers():
    """S12: to others they are not there, and go on as they were."""
    bob, owner = people()["bob"][0], cast().owner
    token = town().done("POST", "/api/v1/me/tokens", {"name": "x", "scopes": ["rooms:read"]}, bearer=owner.access).json
    town().done("POST", f"/api/v1/rooms/{hers().room}/bots", {"username": "helper"}, bearer=owner.access)
    wish = {"name": "x", "scopes": ["rooms:read"]}
    own = town().done("POST", "/api/v1/bots/helper/tokens", wish, bearer=owner.access).json["id"]
    for method, path, body in (("DELETE", "/api/v1/me/tokens/{}", None), ("DELETE", "/api/v1/bots/{}", None),
                               ("GET", "/api/v1/bots/{}/tokens", None), ("POST", "/api/v1/bots/{}/tokens", wish),
                               ("DELETE", "/api/v1/bots/{}/tokens/" + own, None)):
        real, other = (token["id"], NOBODY) if "/me/" in path else ("helper", "no-bot")
        replies = [town().ask(method, path.format(id), body, bearer=bob.bearer) for id in (real, other)]
        assert replies[0].status == replies[1].status == 404 and replies[0].text == replies[1].text, (path, replies)
    assert "helper" not in town().ask("GET", "/api/v1/bots", bearer=bob.bearer).text
    assert town().ask("GET", "/api/v1/me/rooms", bearer=token["token"]).status == 200


def test_ids_cannot_be_guessed():
    """S12: those that stand for a right have 128 bits and more, and are new each time."""
    files = {hers().upload(cast().extra) for _ in range(20)}
    tokens = {hers().invite()["token"] for _ in range(20)}
    for ids in (files, tokens):
        assert len(ids) == 20
        for id in ids:
            raw = bytes.fromhex(id) if re.fullmatch(r"[0-9a-f]{32,}", id) else base64.urlsafe_b64decode(id + "==")
            assert len(raw) >= 16, id
        # What two have in common is not more than chance.
        first = {id[:6] for id in ids}
        assert len(first) == 20, first
