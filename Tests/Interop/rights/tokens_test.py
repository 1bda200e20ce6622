"""Tokens that are none: forged, changed, of another kind or over. They open nothing, wherever they are shown."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import hmac
import http.client
import json
import secrets
import time
from typing import Callable

from rights.sockets import PollingWire, WebSocketWire
from rights.town import PASSWORD, SECRET, Account, Town, quoted

PART = "attack"

SIGNING_SECRET = secrets.token_hex(32)
ROOM = "vault"


@functools.cache
def town() -> Town:
    return Town(PARLEY_SIGNING_SECRET=SIGNING_SECRET)


@functools.cache
def ann() -> Account:
    """The account that somebody wants to be, in a room of its own."""
    account = town().account("ann")
    town().done("POST", "/api/v1/rooms", {"kind": "private", "id": ROOM}, bearer=account.access)
    town().done("POST", f"/api/v1/rooms/{ROOM}/messages", {"message": SECRET}, bearer=account.access)
    return account


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


KEY = hashlib.sha256(SIGNING_SECRET.encode()).digest()
HEADER = {"alg": "HS256", "typ": "JWT"}


def signed(header: dict | str, claims: dict | str, key: bytes = KEY, digest: str = "sha256") -> str:
    """A token as the server would sign it: nothing but its content is wrong."""
    parts = [part if isinstance(part, str) else json.dumps(part, separators=(",", ":")) for part in (header, claims)]
    text = ".".join(b64(part.encode()) for part in parts)
    return f"{text}.{b64(hmac.new(key, text.encode(), digest).digest())}"


def claims(**changes) -> dict:
    """The claims of Ann's access token, changed; `None` takes one away."""
    found = {**json.loads(unpacked(ann().access.split(".")[1])), **changes}
    return {name: value for name, value in found.items() if value is not None}


def of_claims(**changes) -> Callable[[], str]:
    return lambda: signed(HEADER, claims(**changes))


def of_header(**changes) -> Callable[[], str]:
    return lambda: signed({**HEADER, **changes}, claims())


def unsigned(algorithm: str) -> Callable[[], str]:
    def make() -> str:
        head, body, _ = ann().access.split(".")
        return f"{b64(json.dumps({**HEADER, 'alg': algorithm}).encode())}.{body}."
    return make


def part(number: int, change: Callable[[str], str]) -> Callable[[], str]:
    def make() -> str:
        parts = ann().access.split(".")
        parts[number] = change(parts[number])
        return ".".join(parts)
    return make


def swapped(text: str, place: int) -> str:
    letter = "A" if text[place] != "A" else "B"
    return text[:place] + letter + text[place + 1:] if place >= 0 else text[:place] + letter


def gone() -> str:
    """The token of an account that was deleted."""
    other = town().account()
    town().done("DELETE", "/api/v1/me", {"password": PASSWORD}, bearer=other.access)
    return other.access


def logged_out() -> str:
    other = town().log_in("ann")
    town().done("POST", "/api/v1/auth/logout", bearer=other.access)
    return other.access


def room_token() -> str:
    town().ask("POST", "/room/create", {"room_id": "elsewhere", "password": PASSWORD})
    return town().done("POST", "/auth/token", {"room_id": "elsewhere", "password": PASSWORD}).json["token"]


LATER = int(time.time()) + 3600

BAD: dict[str, Callable[[], str]] = {
    "the algorithm none": unsigned("none"), "the algorithm None": unsigned("None"),
    "the algorithm nOnE": unsigned("nOnE"), "the algorithm NONE": unsigned("NONE"),
    "an empty algorithm": unsigned(""),
    "none, and signed": lambda: signed({**HEADER, "alg": "none"}, claims()),
    "HS384": lambda: signed({**HEADER, "alg": "HS384"}, claims(), digest="sha384"),
    "HS512": lambda: signed({**HEADER, "alg": "HS512"}, claims(), digest="sha512"),
    "RS256 with the key of HS256": of_header(alg="RS256"), "ES256": of_header(alg="ES256"),
    "an algorithm in small letters": of_header(alg="hs256"), "two algorithms": of_header(alg=["HS256", "none"]),
    "no algorithm": lambda: signed({"typ": "JWT"}, claims()), "another type of token": of_header(typ="JWE"),
    "another key": lambda: signed(HEADER, claims(), b"x" * 32), "an empty key": lambda: signed(HEADER, claims(), b""),
    "the secret itself as the key": lambda: signed(HEADER, claims(), SIGNING_SECRET.encode()),
    "a payload that was changed": lambda: with_payload(claims(username="boss", sub="boss")),
    "a letter of the payload": part(1, lambda text: swapped(text, 10)),
    "the first letter of the signature": part(2, lambda text: swapped(text, 0)),
    "the last but one letter of the signature": part(2, lambda text: swapped(text, len(text) - 2)),
    "half a signature": part(2, lambda text: text[:20]), "no signature": part(2, lambda text: ""),
    "one byte of a signature": part(2, lambda text: "AA"), "a signature twice": part(2, lambda text: text * 2),
    "two parts": lambda: ".".join(ann().access.split(".")[:2]), "four parts": lambda: ann().access + ".AAAA",
    "it is over": of_claims(exp=int(time.time()) - 1), "it was over in 1970": of_claims(exp=0),
    "it is not yet": of_claims(nbf=LATER), "no end": of_claims(exp=None), "an end in words": of_claims(exp="never"),
    "an end as a text": of_claims(exp=str(LATER)),
    "an end beyond all numbers": lambda: signed(HEADER, json.dumps(claims()).replace(str(claims()["exp"]), "1e400")),
    "an end that is negative": of_claims(exp=-1), "an end with a fraction": of_claims(exp=LATER + 0.5),
    "an end beyond 64 bits": lambda: signed(HEADER, json.dumps(claims()).replace(str(claims()["exp"]), "9" * 30)),
    "an end that is null": lambda: signed(HEADER, {**claims(), "exp": None}),
    "another audience": of_claims(aud="other"), "another issuer": of_claims(iss="https://evil.example"),
    "no type": of_claims(typ=None), "the type refresh": of_claims(typ="refresh"),
    "the type room": of_claims(typ="room"),
    "the type guest": of_claims(typ="guest"), "the type in capitals": of_claims(typ="ACCESS"),
    "an unknown key": of_header(kid="2"), "a key that is a path": of_header(kid="../../../../dev/null"),
    "a key that is SQL": of_header(kid="x' UNION SELECT 'key"), "a key that is empty": of_header(kid=""),
    "keys elsewhere": of_header(jku="https://evil.example/keys"), "a certificate elsewhere": of_header(
        x5u="https://evil.example/cert"),
    "its own key": of_header(jwk={"kty": "oct", "k": b64(b"x" * 32)}), "its own certificate": of_header(x5c=["AAAA"]),
    "something critical": of_header(crit=["exp"], exp=LATER), "compressed": of_header(zip="DEF"),
    "a payload that is not encoded": of_header(b64=False, crit=["b64"]),
    "the account twice": lambda: signed(
        HEADER, json.dumps(claims())[:-1] + f',"uuid":{json.dumps(claims()["uuid"])}}}'),
    "the end twice": lambda: signed(HEADER, json.dumps(claims())[:-1] + f',"exp":{LATER}}}'),
    "the algorithm twice": lambda: signed('{"alg":"none","typ":"JWT","alg":"HS256"}', claims()),
    "no session": of_claims(sid=None), "a session that is none": of_claims(sid="x"),
    "a session of nobody": of_claims(sid="00000000-0000-4000-8000-000000000000"),
    "an account that is none": of_claims(uuid="x"), "no account": of_claims(uuid=None),
    "another's account in one's own session": of_claims(uuid="00000000-0000-4000-8000-000000000000"),
    "claims that are a list": lambda: signed(HEADER, json.dumps([claims()])),
    "claims that are no JSON": lambda: signed(HEADER, "{"), "6 kilobytes": of_claims(filling="x" * 4_500),
    "padding": lambda: ann().access + "=",
    "letters of the other base 64": lambda: signed(HEADER, claims(filling="???>>>")).replace("-", "+").replace("_",
                                                                                                               "/"),
    "a base 64 that is not canonical": part(2, lambda text: text[:-1] + after(text[-1])),
    "a blank inside": part(1, lambda text: text[:9] + " " + text[9:]),
    "a line end inside": part(1, lambda text: text[:9] + "%0A" + text[9:]),
    "of an account that was deleted": gone, "of a session that has ended": logged_out,
    "a refresh token": lambda: ann().refresh, "a room's token": room_token,
}
"""More than 45 kinds; whatever can be signed is signed with the server's own key."""


def after(letter: str) -> str:
    """The same bits of the last byte, and others in those that count for nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(letter) ^ 1]


def with_payload(claims: dict) -> str:
    head, _, signature = ann().access.split(".")
    return f"{head}.{b64(json.dumps(claims).encode())}.{signature}"


def assert_opens_nothing(token: str) -> None:
    source = town().address()
    mine, there = "/api/v1/me", f"/api/v1/rooms/{ROOM}/messages"
    ways = [(mine, {"Cookie": f"token={token}; access_token={token}; session={token}"})]
    ways += [(path, {"Authorization": f"Bearer {token}"}) for path in (mine, there, "/api/v1/admin/users")]
    ways += [(f"{path}?token={quoted(token)}&access_token={quoted(token)}", {}) for path in (mine, there)]
    ways.append((f"/chat/{ROOM}/messages?token={quoted(token)}", {}))
    for target, headers in ways:
        reply = town().ask("GET", target, headers=headers, source=source)
        assert reply.status in (400, 401, 414, 431), (target, reply)
        assert SECRET not in reply.text and "ann@" not in reply.text, reply
    if token != ann().refresh:
        reply = town().ask("POST", "/api/v1/auth/refresh", {"refresh_token": token}, source=source)
        assert reply.status == 401, reply
    for wire in (WebSocketWire, PollingWire):
        with wire(town(), source, {"token": token}) as socket:
            for event, payload in (("authenticate", {"token": token}), ("join", {"room": ROOM, "token": token}),
                                   ("join", {"room": ROOM, "user_id": "eve"}), ("search", {"query": "inside"})):
                answer = socket.call(event, payload)
                assert answer["status"] == "error" and SECRET not in json.dumps(answer), (event, answer)
    with WebSocketWire(town(), source, {"token": token}) as socket:
        socket._socket.send_text("40/admin," + json.dumps({"token": token}))
        assert "invalid credentials" in (said := admitted(socket)) or "token" in said, said


def admitted(socket: WebSocketWire) -> str:
    while True:
        text = socket._socket.text()
        if text.startswith(("40/admin", "44/admin")):
            assert text.startswith("44"), text
            return text


def test_the_good_token_opens_everything():
    """S1: what is signed here is what the server signs, so that a refusal is for what is wrong."""
    for token in (ann().access, signed(HEADER, claims()), signed({"alg": "HS256"}, claims(iat=1))):
        assert town().ask("GET", "/api/v1/me", bearer=token).status == 200, token


for _title, _make in BAD.items():
    def _test(make: Callable[[], str] = _make) -> None:
        """S1: over REST, in the query, in a cookie, in the handshake and in events."""
        assert_opens_nothing(make())
    _test.__module__ = __name__
    globals()[f"test_opens nothing: {_title}"] = _test


def test_a_token_of_a_megabyte_is_refused():
    """S1: before it is read whole where it stands in the head, and as any other in a body."""
    token = signed(HEADER, claims(filling="x" * 1_000_000))
    assert town().ask("POST", "/api/v1/auth/refresh", {"refresh_token": token}).status in (401, 413)
    assert town().ask("POST", "/auth/verify_token", {"token": token}).status in (401, 413)
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        assert town().ask("GET", "/api/v1/me", bearer=token, source=town().address()).status in (400, 401, 431)
    assert town().ask("GET", "/api/v1/me", bearer=ann().access).status == 200


def test_an_api_token_is_whole_and_does_what_its_scopes_say():
    """S1: changed, cut or of an account that is gone it is none; for what takes a log-in it is none either."""
    other = town().account()
    wish = {"name": "program", "scopes": ["rooms:read"]}
    token = town().done("POST", "/api/v1/me/tokens", wish, bearer=other.access).json["token"]
    assert town().ask("GET", "/api/v1/me/rooms", bearer=token).status == 200
    for wrong in (token[:-1], token + "A", swapped(token, len(token) - 1), swapped(token, 10), token.upper(),
                  token.removeprefix("parley_"), "parley_", "parley_" + "A" * 54):
        assert town().ask("GET", "/api/v1/me/rooms", bearer=wrong).status == 401, wrong
    for method, path, body in (("GET", "/api/v1/me/sessions", None), ("POST", "/api/v1/me/tokens", wish),
                               ("PUT", "/api/v1/me/password", {"current_password": PASSWORD, "new_password": "x" * 9}),
                               ("POST", "/api/v1/rooms", {"kind": "public"}), ("GET", "/api/v1/me/export", None)):
        assert town().ask(method, path, body, bearer=token).status == 403, path
    assert town().ask("GET", "/api/v1/admin/users", bearer=token).status in (403, 404)
    town().done("DELETE", "/api/v1/me", {"password": PASSWORD}, bearer=other.access)
    assert town().ask("GET", "/api/v1/me/rooms", bearer=token).status == 401


def test_no_token_passes_for_one_of_another_kind():
    """S1: tokens of rooms, guests, files and refreshing are good for their purpose alone."""
    room_id = "kinds"
    town().done("POST", "/room/create", {"room_id": room_id, "password": PASSWORD})
    room = town().done("POST", "/auth/token", {"room_id": room_id, "password": PASSWORD}).json["token"]
    with WebSocketWire(town(), town().address()) as socket:
        joined = socket.call("join", {"room": room_id, "user_id": "guest", "password": PASSWORD})
    ticket = town().done("POST", f"/api/v1/rooms/{room_id}/files/ticket", bearer=room).json["ticket"]
    source = town().address()
    for token in (joined["guest_token"], ticket, ann().refresh):
        for target in (f"/chat/{room_id}/messages?token={quoted(token)}", f"/api/v1/rooms/{room_id}/messages"):
            assert town().ask("GET", target, bearer=token, source=source).status == 401, target
        assert town().ask("POST", "/auth/verify_token", {"token": token}).status == 401
    assert town().ask("GET", f"/chat/{room_id}/messages?ticket={quoted(ticket)}", source=source).status == 401
    assert town().ask("GET", f"/chat/{room_id}/files?ticket={quoted(ticket)}", source=source).status == 200
    assert town().ask("GET", f"/chat/{room_id}/files?ticket={quoted(room)}", source=source).status == 401


assert len(BAD) >= 45, len(BAD)
