"""Names in payloads: whoever says that they are somebody else is not."""

from __future__ import annotations

import functools
import json

from rights import registry
from rights.scenes import Cast, Scene, Shown
from rights.town import PASSWORD, Town
from rights.wires import WIRES, filled, ids_of

PART = "attack"

VICTIM = "owner"


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def cast() -> Cast:
    return Cast(town())


@functools.cache
def scene() -> Scene:
    return Scene(town(), cast(), "owned")


def everything() -> str:
    """What the room tells of who did what."""
    paths = ("messages?limit=200", "reads", "pins", "members", "bans", "mutes", "files")
    return "\n".join(town().done("GET", f"/api/v1/rooms/{scene().room}/{path}", bearer=cast().moderator.access).text
                     for path in paths)


def count() -> int:
    """How often the victim's name stands for a deed."""
    text = everything()
    return sum(text.count(f'"{name}":"{VICTIM}"') for name in (
        "user_id", "username", "pinned_by", "uploaded_by", "by")) + text.count(f'["{VICTIM}"') + text.count(
            f',"{VICTIM}"')


class Liar(Shown):
    """Says the victim's name beside each proof."""

    def members(self) -> dict[str, str]:
        return {**super().members(), "user_id": VICTIM, "username": VICTIM, "author": VICTIM, "sender": VICTIM,
                "uuid": cast().owner.session, "sid": cast().owner.session, "account": VICTIM, "role": "owner"}


def liars() -> dict[str, Liar]:
    here = scene()
    return {
        "a member": Liar("account", town().address(), account=cast().member),
        "a moderator of the server": Liar("account", town().address(), account=cast().server_moderator),
        "a key-holder": Liar("password", town().address(), password=PASSWORD),
        "a guest": Liar("guest token", town().address(), guest=("guest", here.guest_token("guest"))),
        "a token-holder": Liar("room token", town().address(), token=here.token()),
    }


for _who in ("a member", "a moderator of the server", "a key-holder", "a guest", "a token-holder"):
    for _wire in WIRES:
        def _test(who: str = _who, wire=_wire) -> None:
            """S14: all routes and events, 0 forged."""
            liar, before = liars()[who], count()
            visit = wire.visit(town(), liar)
            for row in wire.rows:
                # What deletes the room or the messages leaves nothing to be looked at.
                if row.destroys or row.kinds and "owned" not in row.kinds or liar.kind not in row.takes:
                    continue
                ids = {**ids_of(scene()), "id": scene().file if "file" in row.target else scene().message}
                outcome = visit.attempt(row, ids)
                assert outcome.status < 500, (row.name, outcome)
                said = json.loads(outcome.text) if outcome.done and outcome.text.startswith("{") else {}
                assert said.get("user_id") != VICTIM, (row.name, outcome)
            visit.close()
            assert count() == before, everything()
        _test.__module__ = __name__
        globals()[f"test_{_who} is never {VICTIM}, {_wire.name}"] = _test


def test_a_name_that_looks_like_an_accounts_is_no_guests():
    """S14: neither in another case, nor in letters that look the same, over any wire."""
    for name in ("owner", "OWNER", "Owner", "оwner", "ｏｗｎｅｒ", "own\u200ber", "owner\u00ad"):
        shown = Shown("password", town().address(), password=PASSWORD, name=name)
        for wire in WIRES:
            visit = wire.visit(town(), shown)
            for row in wire.rows:
                if row.action not in (("post",), ("join",)) or row.needs != "name" or row.name == "POST /chat/{room}":
                    continue
                outcome = visit.attempt(row, ids_of(scene()))
                assert not outcome.done, (name, row.name, outcome)
            visit.close()
        reply = town().ask("POST", f"/chat/{scene().room}", {"message": "x", "user_id": name, "password": PASSWORD})
        assert reply.status in (400, 401), (name, reply)


def test_the_id_of_anothers_connection_gives_no_power():
    """S14: as a room, a target or a person it is a name that nobody has."""
    wire = WIRES[2]
    victim = wire.visit(town(), Shown("account", town().address(), account=cast().owner))
    assert victim.attempt(registry.JOIN, ids_of(scene())).done
    sid = victim._connection.greeting["sid"]
    liar = wire.visit(town(), Shown("account", town().address(), account=cast().member))
    assert liar.attempt(registry.JOIN, ids_of(scene())).done
    for name in (sid, f"room:{sid}", f"session:{cast().owner.session}", "account:1"):
        for row in registry.EVENTS:
            answer = liar._connection.call(row.name, {"room": name, **filled(row.fields, ids_of(scene()))})
            assert answer["status"] == "error", (row.name, name, answer)
    heard = json.dumps(victim._connection.events())
    assert '"error"' not in heard and "forged" not in heard, heard
    victim.close()
    liar.close()
