"""What ends a right ends the connections that lived by it: nothing of the room arrives any more, over any transport."""

from __future__ import annotations

import contextlib
import functools
import json
from typing import Callable

import harness
from attacks.wire import Gone, WebSocket
from rights.scenes import Cast, Scene
from rights.sockets import PollingWire, WebSocketWire
from rights.town import PASSWORD, Account, Town

PART = "attack"

LATER = "what is said behind closed doors"


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def cast() -> Cast:
    return Cast(town())


# --- Connections ------------------------------------------------------------------------------------------------------


class Upgrading(PollingWire):
    """A session over polling whose WebSocket has been probed and not yet taken."""

    name = "in the midst of an upgrade"

    def call(self, event: str, payload: dict) -> dict:
        answer = super().call(event, payload)
        if event == "join":
            self._probe = WebSocket(self._town.port, self._target.replace("polling", "websocket"), source=self._source)
            self._probe.send_text("2probe")
            assert self._probe.text() == "3probe"
        return answer

    def rest(self) -> str:
        """Goes over to the WebSocket, if the session still lives."""
        said = ""
        with contextlib.suppress(Gone):
            self._probe.send_text("5")
            self._probe.send_frame(9, b"all")
            while True:
                opcode, payload = self._probe.frame()
                if opcode in (8, 10):
                    break
                said += payload.decode("utf-8", "replace")
        return said


TRANSPORTS = (WebSocketWire, PollingWire, Upgrading)


def rest(wire) -> str:
    """All that the server sends to the connection until it has no more to say."""
    if isinstance(wire, Upgrading):
        return wire.rest()
    if isinstance(wire, WebSocketWire):
        with contextlib.suppress(Gone):
            return json.dumps(wire.events())
        return json.dumps(wire._socket.events)
    said = ""
    # A poll would wait for something to come: an event of one's own brings its refusal or acknowledgement.
    for number in range(4):
        reply = wire._ask("POST", f'42{900 + number}["leave",{{}}]'.encode())
        if reply.status != 200:
            break
        reply = wire._ask("GET")
        said += reply.text
        if reply.status != 200 or f"43{900 + number}" in reply.text:
            break
    return said


# --- Endings ----------------------------------------------------------------------------------------------------------

Ending = Callable[[Scene, Account], None]


def me(method: str, path: str, body: dict | None = None) -> Ending:
    return lambda scene, account: town().done(method, f"/api/v1/me{path}", body, bearer=account.access)


def owner(method: str, path: str, body: dict | None = None) -> Ending:
    def end(scene: Scene, account: Account) -> None:
        filled = {name: value.format(name=account.name) if isinstance(value, str) else value
                  for name, value in (body or {}).items()}
        scene.as_owner(method, path.format(name=account.name), filled if body is not None else None)
    return end


def administrator(method: str, path: str, body: dict | None = None) -> Ending:
    return lambda scene, account: town().govern(
        method, path.format(name=account.name, room=scene.room), body) and None


def elsewhere(method: str, path: str, body: dict | None = None) -> Ending:
    """From another session of the same account."""
    return lambda scene, account: town().done(
        method, f"/api/v1/me{path.format(session=account.session)}", body,
        bearer=town().log_in(account.name).access) and None


def log_out(scene: Scene, account: Account) -> None:
    town().done("POST", "/api/v1/auth/logout", bearer=account.access)


def use_twice(scene: Scene, account: Account) -> None:
    refresh = {"refresh_token": account.refresh}
    town().done("POST", "/api/v1/auth/refresh", refresh)
    assert town().ask("POST", "/api/v1/auth/refresh", refresh).status == 401


def follow_link(scene: Scene, account: Account) -> None:
    link = town().govern("POST", f"/api/v1/admin/users/{account.name}/sign-in-link", {}).json["token"]
    town().done("POST", "/api/v1/auth/link", {"token": link, "password": "another password"})


ENDINGS: dict[str, Ending] = {
    "a log-out": log_out, "the end of the session": elsewhere("DELETE", "/sessions/{session}"),
    "the end of all other sessions": elsewhere("DELETE", "/sessions"),
    "a new password": elsewhere("PUT", "/password", {"current_password": PASSWORD, "new_password": "another password"}),
    "the account's deletion": me("DELETE", "", {"password": PASSWORD}), "a refresh token used twice": use_twice,
    "a sign-in link with a new password": follow_link,
    "an administrator's log-out": administrator("POST", "/api/v1/admin/users/{name}/logout", {}),
    "an administrator's refusal of the account": administrator(
        "PATCH", "/api/v1/admin/users/{name}", {"disabled": True}),
    "an administrator's deletion of the account": administrator("DELETE", "/api/v1/admin/users/{name}", {}),
    "a ban": owner("POST", "/bans", {"user": "{name}"}), "a kick": owner("DELETE", "/members/{name}"),
    "leaving on another device": lambda scene, account: town().done(
        "DELETE", f"/api/v1/me/rooms/{scene.room}", bearer=account.access) and None,
    "the room's deletion": owner("DELETE", ""),
    "an administrator's deletion of the room": administrator("DELETE", "/api/v1/admin/rooms/{room}", {}),
}


def joined(transport, scene: Scene, account: Account):
    wire = transport(town(), account.source, {"token": account.access})
    answer = wire.call("join", {"room": scene.room})
    assert answer["status"] == "success", answer
    return wire


def assert_deaf(wire, scene: Scene) -> None:
    """What is said in the room from now on does not arrive."""
    path = f"/api/v1/rooms/{scene.room}"
    if town().ask("GET", path, bearer=cast().owner.access).status == 200:
        town().done("POST", f"{path}/messages", {"message": LATER}, bearer=cast().owner.access)
    said = rest(wire)
    assert LATER not in said, said
    with contextlib.suppress(Gone):
        wire.close()


for _title, _end in ENDINGS.items():
    for _transport in TRANSPORTS:
        def _test(end: Ending = _end, transport=_transport) -> None:
            """S13: 0 later events, the moment the ending is answered; and no way back without the right."""
            scene = Scene(town(), cast(), "private")
            account = town().account()
            scene.enter(account)
            wire = joined(transport, scene, account)
            end(scene, account)
            assert_deaf(wire, scene)
            with WebSocketWire(town(), account.source, {"token": account.access}) as again:
                answer = again.call("join", {"room": scene.room})
                assert answer["status"] == "error", answer
        _test.__module__ = __name__
        globals()[f"test_{_title}, {_transport.name}"] = _test


GUEST_ENDINGS: dict[str, Ending] = {
    "a guest's ban": lambda scene, _: scene.as_owner("POST", "/bans", {"user": "guest"}) and None,
    "a guest's kick": lambda scene, _: scene.as_owner("DELETE", "/members/guest") and None,
    "the end of an address": lambda scene, _: scene.as_owner("DELETE", "/addresses?network=127.6.0.1") and None,
}

for _title, _end in GUEST_ENDINGS.items():
    for _transport in TRANSPORTS:
        def _test(end: Ending = _end, transport=_transport, title: str = _title) -> None:
            """S13: guests likewise; an address that is taken back shuts out who came from it."""
            scene = Scene(town(), cast(), "owned")
            scene.as_owner("PATCH", "", {"address_rule": "require"})
            scene.as_owner("POST", "/addresses", {"network": "127.6.0.1"})
            wire = transport(town(), "127.6.0.1")
            answer = wire.call("join", {"room": scene.room, "user_id": "guest", "password": PASSWORD})
            assert answer["status"] == "success", answer
            end(scene, cast().member)
            assert_deaf(wire, scene)
            with WebSocketWire(town(), "127.6.0.1") as again:
                answer = again.call(
                    "join", {"room": scene.room, "user_id": "guest", "guest_token": answer["guest_token"]})
                assert answer["status"] == "error", answer
        _test.__module__ = __name__
        globals()[f"test_{_title}, {_transport.name}"] = _test


for _transport in TRANSPORTS:
    def _test(transport=_transport) -> None:
        """S13: an API token that is revoked closes what was opened with it."""
        scene = Scene(town(), cast(), "private")
        account = town().account()
        scene.enter(account)
        wish = {"name": "program", "scopes": ["messages:read", "messages:write"]}
        made = town().done("POST", "/api/v1/me/tokens", wish, bearer=account.access).json
        wire = joined(transport, scene, account._replace(access=made["token"]))
        town().done("DELETE", f"/api/v1/me/tokens/{made['id']}", bearer=account.access)
        assert_deaf(wire, scene)
        with WebSocketWire(town(), account.source, {"token": made["token"]}) as again:
            assert again.call("join", {"room": scene.room})["status"] == "error"
        assert town().ask("GET", f"/api/v1/rooms/{scene.room}", bearer=made["token"]).status == 401
    _test.__module__ = __name__
    globals()[f"test_an API token's revocation, {_transport.name}"] = _test


def test_a_mute_and_an_archive_silence_at_once():
    """S13: who may read and not write hears on, and is refused."""
    scene = Scene(town(), cast(), "private")
    account = town().account()
    scene.enter(account)
    with joined(WebSocketWire, scene, account) as wire:
        for end, mend in ((owner("POST", "/mutes", {"user": "{name}"}), owner("DELETE", "/mutes/{name}")),
                          (owner("PATCH", "", {"archived": True}), owner("PATCH", "", {"archived": False}))):
            end(scene, account)
            for event, fields in (("message", {"message": "x"}), ("typing", {"is_typing": True}),
                                  ("reaction", {"message_id": scene.message, "reaction": "👍"})):
                answer = wire.call(event, {"room": scene.room, **fields})
                assert answer["status"] == "error", (event, answer)
            mend(scene, account)
            assert wire.call("message", {"room": scene.room, "message": "x"})["status"] == "success"


def test_a_role_that_is_taken_is_gone_at_once():
    """S13: moderators of a room, of the server, and administrators, on connections that they have."""
    scene = Scene(town(), cast(), "public")
    moderator, official = town().account(), town().account(role="moderator")
    scene.enter(moderator)
    scene.as_owner("PUT", f"/members/{moderator.name}", {"role": "moderator"})
    for account, end in ((moderator, lambda: scene.as_owner("PUT", f"/members/{moderator.name}", {"role": "member"})),
                         (official, lambda: town().govern(
                             "PATCH", f"/api/v1/admin/users/{official.name}", {"role": "member"}))):
        with joined(WebSocketWire, scene, account) as wire:
            pin = {"room": scene.room, "message_id": scene.message}
            assert wire.call("pin", pin)["status"] == "success"
            end()
            for event, fields in (("unpin", pin), ("delete", pin), ("ban", {"room": scene.room, "target": "x"})):
                answer = wire.call(event, fields)
                assert answer["status"] == "error", (event, answer)


def test_an_administrator_no_longer_sees_nothing():
    """S13: the namespace `/admin` lets go of who is no administrator any more."""
    account = town().account(role="administrator")
    with WebSocketWire(town(), account.source, {"token": account.access}) as wire:
        assert "sid" in wire._socket.connect("/admin", {"token": account.access})
        town().govern("PATCH", f"/api/v1/admin/users/{account.name}", {"role": "member"})

        def is_out() -> bool:
            text = wire._socket.text()
            return text.startswith("41/admin")

        harness.wait_until(is_out, "the namespace is left")
        assert "sid" not in wire._socket.connect("/admin", {"token": account.access})

