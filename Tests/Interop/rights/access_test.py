"""docs/access.md, walked whole: everybody tries everything in every kind of room, over every wire.

What the table forbids to somebody outside answers exactly as it does for a room that is not there.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import subprocess

import support
from rights import registry
from rights.registry import Row
from rights.scenes import KINDS, Cast, Scene, Shown
from rights.town import SECRET, Town
from rights.wires import WIRES, Outcome, RESTVisit, ids_of

PART = "attack"

UNREACHABLE = {("direct", "moderator of the room"), ("direct", "owner"), ("direct", "a verified address")}
"""A conversation is everybody's alike, so that nobody can be given a role in it or let an address in."""

TELLING = {"POST /chat/{room}/verify"}
"""Says of a room with a password whether it is there, as clients of the Socket.IO dialect have it documented."""


@functools.cache
def table() -> dict[str, dict[str, dict[str, bool]]]:
    """By the kind of room and the person: whether they may, by the action."""
    text = subprocess.run([support.binary(), "settings", "--access-markdown"], capture_output=True, text=True,
                          env=support.environment(), check=True).stdout
    found = {}
    for section in text.split("\n## ")[1:]:
        title, *lines = section.splitlines()
        head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line)
        found[KINDS[title]] = {
            row[0]: {action: cell == "yes" for action, cell in zip(head[1:], row[1:], strict=True)} for row in rows}
    return found


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def cast() -> Cast:
    return Cast(town())


@functools.cache
def scene(kind: str) -> Scene:
    return Scene(town(), cast(), kind)


class Walk:
    """One person in one room over one wire."""

    def __init__(self, wire, scene: Scene, person: str, shown: Shown) -> None:
        self.wire, self.scene, self.person = wire, scene, person
        self.may = table()[scene.kind][person]
        self.shown = dataclasses.replace(shown, name=f"{shown.name}-{wire.name}")
        self.visit = wire.visit(town(), self.shown)

    def run(self) -> int:
        attempts = [self.attempt(row) for row in self.wire.rows if self.can_try(row)]
        self.visit.close()
        return len(attempts)

    def can_try(self, row: Row) -> bool:
        """Whether the proof can be shown here, and the row is for such rooms and people."""
        if row.kinds and self.scene.kind not in row.kinds or self.shown.kind and self.shown.kind not in row.takes:
            return False
        return {"password": self.shown.password is not None, "self": self.shown.has_self}.get(row.needs, True)

    def is_allowed(self, row: Row) -> bool:
        return any(self.may[action] for action in row.action) and (row.needs != "account" or bool(self.shown.account))

    def attempt(self, row: Row) -> None:
        allowed = self.is_allowed(row)
        visit, scene = self.visit, self.scene
        if row.destroys and allowed:
            scene = self.scene.again()
            visit = self.wire.visit(town(), scene.shown(self.person))
        ids = {**ids_of(scene), "id": self.target(row, allowed)}
        outcome = visit.attempt(row, ids)
        told = (self.wire.name, scene.kind, self.person, row.name, outcome)
        assert outcome.done == allowed, told
        if scene is not self.scene and scene.room == self.scene.room:
            # There is one lobby, and what was in it is gone.
            self.scene.renew()
        if not allowed:
            assert outcome.status in (0, 401, 403, 404) and SECRET not in outcome.text, told
            self.compare(row, ids, outcome)

    def compare(self, row: Row, ids: dict[str, str], outcome: Outcome) -> None:
        """To who may not even read, the room is as one that is not there."""
        if self.may["read"] or row.name in TELLING and self.scene.kind in registry.WITH_PASSWORD:
            return
        nowhere = self.visit.attempt(row, {**ids, "room": self.scene.missing})
        told = (self.wire.name, self.scene.kind, self.person, row.name, outcome, nowhere)
        assert outcome.without(ids["room"]) == nowhere.without(self.scene.missing), told

    def target(self, row: Row, allowed: bool) -> str:
        """The id of what the row is about; something new where it will change or go."""
        scene = self.scene
        match row.target:
            case "file":
                return scene.file
            case "own message" if allowed and self.wire.name in ("native", "seed"):
                rest = RESTVisit(town(), self.shown)
                return json.loads(rest.attempt(POST, ids_of(scene)).text)["id"]
            case "own message" if allowed:
                return json.loads(self.visit.attempt(SAY, ids_of(scene)).text)["message_id"]
            case "own file" | "own upload" if allowed:
                way = UPLOAD if row.target == "own file" else KEEP
                return json.loads(RESTVisit(town(), self.shown).attempt(way, ids_of(scene)).text)["id"]
            case "other message" if allowed:
                return scene.post(cast().extra)
            case "other file" if allowed:
                return scene.upload(cast().extra)
            case "own file" | "own upload" | "other file":
                return scene.file
            case "invitation":
                return scene.invite()["id"]
            case "incoming webhook" if scene.kind != "direct":
                return scene.webhook()
            case "outgoing webhook" if scene.kind != "direct":
                return scene.webhook(**registry.OUTGOING)
        return scene.message


POST = next(row for row in registry.NATIVE if row.name == f"POST {registry.API}/messages")
UPLOAD = next(row for row in registry.NATIVE if row.name == f"POST {registry.API}/files")
KEEP = next(row for row in registry.NATIVE if row.name == f"POST {registry.API}/uploads")
SAY = next(row for row in registry.EVENTS if row.name == "message")


def walk(wire, kind: str) -> None:
    here, attempts = scene(kind), 0
    for person in table()[kind]:
        shown = here.shown(person)
        assert (shown is None) == ((kind, person) in UNREACHABLE), (kind, person)
        # To hash passwords takes most of the time, and is below what tells the transports apart.
        if shown and (wire.name, shown.kind) != ("polling", "password"):
            attempts += Walk(wire, here, person, shown).run()
    assert attempts > 10, attempts
    # What was there still is.
    for path in (f"messages/{here.message}", f"files/{here.file}"):
        reply = town().done("GET", f"/api/v1/rooms/{here.room}/{path}", bearer=cast().extra.access)
        assert SECRET in reply.text, reply


def test_the_table_is_that_of_the_rooms_that_are_walked():
    assert set(table()) == set(KINDS.values())


def test_every_action_is_tried_over_every_wire_that_has_it():
    actions = set(table()["owned"]["owner"])
    tried = {wire.name: {action for row in wire.rows for action in row.action} for wire in WIRES}
    assert set().union(*tried.values()) == actions, actions
    assert tried["native"] >= actions - {"verify", "clear"}, actions - tried["native"]
    assert tried["websocket"] == tried["polling"] >= {"join", "read", "post", "react", "admit", "moderate", "govern"}


for _wire in WIRES:
    for _kind in KINDS.values():
        def _test(wire=_wire, kind=_kind) -> None:
            walk(wire, kind)
        _test.__module__ = __name__
        globals()[f"test_{_wire.name}_{_kind}"] = _test
