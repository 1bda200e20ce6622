"""The ways to the server: each tries to do what a row of the registry says, as somebody, in a room.

A wire is a name, the rows that it has, and `visit(town, shown)`, which gives something with
`attempt(row, ids) -> Outcome` and `close()`.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from typing import NamedTuple

from rights import registry
from rights.registry import Row
from rights.scenes import Scene, Shown
from rights.sockets import PollingWire, WebSocketWire
from rights.town import Town, quoted


class Outcome(NamedTuple):
    done: bool
    status: int
    """Of HTTP; 0 on wires that have none."""
    text: str

    def without(self, *names: str) -> "Outcome":
        """As it reads for whoever does not know these names."""
        text = self.text
        for name in names:
            text = text.replace(name, "…").replace(quoted(name), "…")
        return Outcome(self.done, self.status, text)


def filled(template, ids: dict[str, str]):
    """The template with what stands for each `{name}`."""
    if isinstance(template, str):
        return re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], template)
    if isinstance(template, dict):
        return {name: filled(value, ids) for name, value in template.items()}
    return [filled(value, ids) for value in template] if isinstance(template, list) else template


def ids_of(scene: Scene, room: str | None = None) -> dict[str, str]:
    """What rows name, in the scene's room or in one that is not there."""
    return {"room": room or scene.room, "message": scene.message, "file": scene.file, "id": scene.message,
            "extra": scene.cast.extra.name, "owner": scene.cast.owner.name, "new": f"new-{scene.town.number()}"}


def content(row: Row, shown: Shown, ids: dict[str, str]) -> tuple[dict, object]:
    """The query and the body of a request."""
    query, body, members = filled(row.query, ids), filled(row.fields, ids), proof(row, shown)
    if row.method == "GET" or isinstance(body, bytes):
        query = {**query, **members}
    else:
        body = {**body, **members}
    return query, body or None


def proof(row: Row, shown: Shown) -> dict[str, str]:
    members = shown.members()
    if "guest token" not in row.takes:
        members = {name: text for name, text in members.items() if name == "password"}
    return members if "password" in row.takes else {
        name: text for name, text in members.items() if name != "password"}


class RESTVisit:
    def __init__(self, town: Town, shown: Shown) -> None:
        self._town, self._shown = town, shown

    def attempt(self, row: Row, ids: dict[str, str]) -> Outcome:
        query, body = content(row, self._shown, ids)
        path = filled(row.path, {name: quoted(text) for name, text in ids.items()})
        target = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        reply = self._town.ask(row.method, target, body, bearer=self._shown.bearer, source=self._shown.source)
        return Outcome(reply.status in (200, 201, 204), reply.status, reply.text)

    def close(self) -> None:
        pass


class REST:
    def __init__(self, name: str, rows: list[Row]) -> None:
        self.name, self.rows = name, rows

    def visit(self, town: Town, shown: Shown) -> RESTVisit:
        return RESTVisit(town, shown)


class SocketVisit:
    """One connection, which joins a room before it does anything in it."""

    def __init__(self, connection) -> None:
        self._connection = connection
        self._shown: Shown | None = None

    def of(self, shown: Shown) -> "SocketVisit":
        self._shown = shown
        return self

    def attempt(self, row: Row, ids: dict[str, str]) -> Outcome:
        shown = self._shown
        members = {"room": ids["room"], **filled(row.fields, ids), **shown.members()}
        if shown.bearer:
            members["token"] = shown.bearer
        answer = self._connection.call(row.name, members)
        return Outcome(answer["status"] == "success", 0, json.dumps(answer, ensure_ascii=False))

    def close(self) -> None:
        self._connection.close()


class SocketIOWire:
    rows = [registry.JOIN, *registry.EVENTS]

    def __init__(self, transport) -> None:
        self.name, self._transport = transport.name, transport

    def visit(self, town: Town, shown: Shown) -> SocketVisit:
        return SocketVisit(self._transport(town, shown.source)).of(shown)


WIRES = [REST("native", registry.NATIVE), REST("seed", registry.SEED), SocketIOWire(WebSocketWire),
         SocketIOWire(PollingWire)]
