"""What somebody says of their own address counts for nothing, unless a trusted proxy says it."""

from __future__ import annotations

import contextlib
import functools

from attacks.wire import Gone, Wire, request
from rights.town import PASSWORD, Town

PART = "attack"

LET_IN, STRANGER = "127.4.0.1", "127.4.0.66"

CLAIMS = {
    "X-Forwarded-For": LET_IN, "X-Forwarded-For of two": f"{LET_IN}, 127.0.0.1", "Forwarded": f"for={LET_IN}",
    "Forwarded, quoted": f'for="{LET_IN}";proto=https;by=127.0.0.1', "X-Real-IP": LET_IN, "Client-IP": LET_IN,
    "X-Client-IP": LET_IN, "CF-Connecting-IP": LET_IN, "True-Client-IP": LET_IN, "X-Cluster-Client-IP": LET_IN,
    "Fastly-Client-IP": LET_IN, "X-Originating-IP": LET_IN, "X-Remote-Addr": LET_IN, "X-Forwarded": f"for={LET_IN}",
    "Via": f"1.1 {LET_IN}",
}


def headers(title: str) -> dict[str, str]:
    return {title.split(",")[0].removesuffix(" of two"): CLAIMS[title]}


@functools.cache
def town() -> Town:
    return Town(PARLEY_RATE_LIMITS="on", PARLEY_LOGINS_PER_MINUTE="5")


@functools.cache
def room() -> str:
    ann = town().account("ann")
    town().done("POST", "/api/v1/rooms", {"id": "kept", "kind": "password", "password": PASSWORD}, bearer=ann.access)
    town().done("POST", "/api/v1/rooms/kept/addresses", {"network": LET_IN}, bearer=ann.access)
    assert town().ask("GET", "/chat/kept/messages", source=LET_IN).status == 200
    return "kept"


def test_an_address_that_is_let_in_cannot_be_claimed():
    """S6: 15 ways to say it, from a peer that is no proxy."""
    assert len(CLAIMS) == 15
    for title in CLAIMS:
        for path in (f"/chat/{room()}/messages", f"/chat/{room()}/files", f"/user/presence?room_id={room()}"):
            assert town().ask("GET", path, headers=headers(title), source=STRANGER).status == 401, (title, path)


def test_a_blocked_network_cannot_be_left():
    """S6: behind a trusted proxy the right-most address counts that is no proxy's, whatever else is said."""
    there = Town(PARLEY_TRUSTED_PROXIES="127.4.7.0/24", PARLEY_BLOCKED_NETWORKS="203.0.113.0/24")

    def status(forwarded: str, **more: str) -> int:
        return there.ask("GET", "/healthz", headers={"X-Forwarded-For": forwarded, **more}, source="127.4.7.1").status

    assert status("198.51.100.1") == 200 and status("203.0.113.7, 198.51.100.1") == 200
    for forwarded in ("203.0.113.7", "198.51.100.1, 203.0.113.7", "198.51.100.1, 203.0.113.7, 127.4.7.9"):
        assert status(forwarded) == 403, forwarded
    for title in CLAIMS:
        if not title.startswith("X-Forwarded-For"):
            assert status("203.0.113.7", **headers(title)) == 403, title
    # From a peer that is no proxy, it is said in vain: this machine is served.
    assert there.ask("GET", "/healthz", headers={"X-Forwarded-For": "203.0.113.7"}, source="127.4.8.1").status == 200


def test_a_limit_cannot_be_moved():
    """S6: log-ins are counted for the peer, wherever it says that it is."""
    source, statuses = "127.4.1.1", []
    for number, title in enumerate([*CLAIMS, *CLAIMS]):
        claimed = {name: text.replace(LET_IN, f"192.0.2.{number}") for name, text in headers(title).items()}
        statuses.append(town().ask("POST", "/api/v1/auth/login", {"username": "nobody", "password": "x" * 9},
                                   headers=claimed, source=source).status)
    assert statuses.count(401) <= 6 and statuses[-1] == 429, statuses


def test_a_session_tells_where_its_requests_came_from():
    """S6: and not where they said to come from."""
    source = "127.4.2.2"
    for title in CLAIMS:
        name = f"claims-{town().number()}"
        reply = town().ask("POST", "/api/v1/auth/register", {"username": name, "password": PASSWORD},
                           headers=headers(title), source=f"127.4.3.{town().number() % 250}")
        assert reply.status == 201, reply
        told = town().ask("GET", "/api/v1/me/sessions", bearer=reply.json["access_token"], source=source)
        assert LET_IN not in told.text and "127.4.3." in told.text, (title, told)


def test_a_proxys_preface_is_no_request():
    """S6: a PROXY line, of either version, is refused and lets nobody in."""
    room()
    for preface in (f"PROXY TCP4 {LET_IN} 127.0.0.1 1 {town().port}\r\n".encode(),
                    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes([127, 4, 0, 1, 127, 0, 0, 1, 0, 1, 0, 80])):
        with Wire(town().port, STRANGER) as wire, contextlib.suppress(Gone):
            wire.send(preface + request("GET", "/chat/kept/messages", town().port))
            assert wire.response().status in (400, 401)
