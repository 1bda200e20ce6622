"""A room's password: whatever is shown in its place opens nothing, over each route and event that takes one."""

from __future__ import annotations

import dataclasses
import functools
import json

from rights import registry
from rights.registry import Row
from rights.scenes import Cast, Scene, Shown
from rights.sockets import WebSocketWire
from rights.town import PASSWORD, SECRET, Town
from rights.wires import WIRES, ids_of

PART = "attack"

OLD, OTHERS = "the password before", "the password of another room"

INSTEAD = {
    "the old one": OLD, "another room's": OTHERS, "an array": [PASSWORD], "an object": {"$ne": None}, "null": None,
    "a number": 0, "true": True, "nothing": "", "the right one and NUL": PASSWORD + "\0",
    "fullwidth letters": "".join(chr(ord(sign) + 0xfee0) if sign != " " else "\u3000" for sign in PASSWORD),
}


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def cast() -> Cast:
    return Cast(town())


@functools.cache
def scene() -> Scene:
    """A room whose password was changed, beside one that has another."""
    here = Scene(town(), cast(), "owned")
    here.as_owner("PUT", "/password", {"password": OLD})
    here.as_owner("PUT", "/password", {"password": PASSWORD})
    town().done("POST", "/room/create", {"room_id": "other", "password": OTHERS})
    return here


def attempt_all(shown: Shown, takes: str, room: str | None = None) -> None:
    """Every row that takes such a proof, over every wire: none succeeds, and nothing of the room is told."""
    here, count = scene(), 0
    for wire in WIRES:
        someone = dataclasses.replace(shown, name=f"{shown.name}-{wire.name}")
        visit = wire.visit(town(), someone)
        for row in wire.rows:
            if takes and takes not in row.takes or row.kinds and here.kind not in row.kinds:
                continue
            outcome = visit.attempt(row, {**ids_of(here, room), "id": target(row)})
            told = (wire.name, row.name, shown, outcome)
            assert not outcome.done and outcome.status in (0, 400, 401, 403, 404, 422), told
            assert SECRET not in outcome.text and here.room not in json_names(outcome.text, here.room), told
            count += 1
        visit.close()
    assert count > 20, count


def json_names(text: str, room: str) -> str:
    """The answer without what only repeats the question."""
    return text.replace(json.dumps(room), "")


def target(row: Row) -> str:
    return scene().file if "file" in row.target else scene().message


for _title, _password in INSTEAD.items():
    def _test(password=_password) -> None:
        """S11: each route and event, generated from the registry."""
        scene()
        attempt_all(Shown("password", town().address(), password=password, name="stranger"), "password")
    _test.__module__ = __name__
    globals()[f"test_shut to {_title}"] = _test


def test_shut_without_anything():
    """S11: no proof, from an address that was never let in."""
    scene()
    attempt_all(Shown("", town().address(), name="stranger"), "")


def test_shut_to_tokens_of_the_old_password():
    """S11: a changed password ends the room tokens, guest tokens and addresses that the old one gave."""
    here = scene().again()
    address = town().address()
    token = town().done("POST", f"/chat/{here.room}/verify", {"password": PASSWORD}, source=address).json["token"]
    guest = ("guest", here.guest_token("guest"))
    assert town().ask("GET", f"/chat/{here.room}/messages", source=address).status == 200
    here.as_owner("PUT", "/password", {"password": "yet another password"})
    for shown in (Shown("", address, name="neighbour"), Shown("room token", town().address(), token=token),
                  Shown("guest token", town().address(), guest=guest)):
        for wire in WIRES:
            visit = wire.visit(town(), shown)
            for row in wire.rows:
                if shown.kind and shown.kind not in row.takes or not row.target.endswith("message"):
                    continue
                outcome = visit.attempt(row, {**ids_of(here), "id": here.message})
                assert not outcome.done and SECRET not in outcome.text, (wire.name, row.name, shown, outcome)
            visit.close()


def test_shut_to_who_was_put_out():
    """S11: a guest who was kicked comes in by no old token, and a name that is banned not even with the password."""
    here = scene()
    guest = ("kicked", here.guest_token("kicked"))
    here.town.done("DELETE", f"/api/v1/rooms/{here.room}/members/kicked", bearer=cast().owner.access)
    attempt_all(Shown("guest token", town().address(), guest=guest), "guest token")
    banned = ("banned", here.guest_token("banned"))
    here.as_owner("POST", "/bans", {"user": "banned"})
    attempt_all(Shown("guest token", town().address(), guest=banned), "guest token")
    for wire in WIRES:
        shown = Shown("password", town().address(), password=PASSWORD, name="banned")
        visit = wire.visit(town(), shown)
        for row in wire.rows:
            # Where no name is given there is only the password to go by.
            if not {"password", "guest token"} <= row.takes or isinstance(row.fields, bytes):
                continue
            outcome = visit.attempt(row, {**ids_of(here), "id": target(row)})
            assert not outcome.done and SECRET not in outcome.text, (wire.name, row.name, outcome)
        visit.close()
    account = town().account("expelled")
    here.enter(account)
    here.as_owner("POST", "/bans", {"user": "expelled"})
    attempt_all(Shown("account", town().address(), account=account), "account")


def test_shut_under_other_spellings_of_its_name():
    """S11: an address that is let in is let in to that room, and to none that is spelled almost like it."""
    here = scene()
    address = here.verified_address()
    assert town().ask("GET", f"/chat/{here.room}/messages", source=address).status == 200
    for name in (here.room.upper(), here.room + "\u200b", here.room.replace("-", "\u2010"), here.room + "%", "*",
                 here.room[:-1], here.room.replace("o", "\u043e")):
        attempt_all(Shown("", address, name="neighbour"), "", name)


def test_shut_to_who_left():
    """S11: messages, reactions and typing need a join that still holds."""
    with WebSocketWire(town(), town().address()) as socket:
        joined = socket.call("join", {"room": scene().room, "user_id": "leaver", "password": PASSWORD})
        assert joined["status"] == "success", joined
        assert socket.call("leave", {"room": scene().room, "user_id": "leaver"})["status"] == "success"
        socket.events().clear()
        scene().post(cast().extra)
        for row in registry.EVENTS:
            fields = {name: value for name, value in row.fields.items() if "{" not in str(value)}
            answer = socket.call(row.name, {"room": scene().room, "user_id": "leaver", **fields})
            assert answer["status"] == "error", (row.name, answer)
        assert {event[0] for event in socket.events()} <= {"error"}
