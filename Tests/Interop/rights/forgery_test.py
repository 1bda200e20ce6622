"""Requests that a page of another site can have a browser send: none of them changes anything."""

from __future__ import annotations

import functools
import json
import re
import urllib.parse

from rights import declared, registry
from rights.scenes import Cast, Scene
from rights.town import PASSWORD, SECRET, Town

PART = "attack"

CONTENT_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain")
"""What a form can send without asking first."""

FOREIGN = (
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
)


@functools.cache
def scene() -> Scene:
    town = Town()
    return Scene(town, Cast(town), "owned")


def changing() -> list[str]:
    return sorted(route for route in declared.routes() if not route.startswith("GET "))


def fields(route: str) -> dict:
    """What the route takes, as the registry knows it."""
    for row in [*registry.NATIVE, *registry.SEED]:
        if row.name == route and isinstance(row.fields, dict):
            return row.fields
    return registry.OWN.get(route) or registry.ADMINISTRATORS.get(route) or {"username": "forged", "token": "x"}


def target(route: str) -> str:
    here = {"room": scene().room, "id": scene().message, "user": "member", "handle": "member", "user_id": "member",
            "name": scene().file, "token": "x", "bot": "bot", "secret": "x", "reaction": "%F0%9F%91%8D"}
    return re.sub(r"\{(\w+)\}", lambda match: here[match[1]], route.split()[1])


def bodies(members: dict) -> dict[str, bytes]:
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                    for name, value in flat.items())
    return dict(zip(CONTENT_TYPES, (
        urllib.parse.urlencode(flat).encode(), f"{parts}--b--\r\n".encode(), json.dumps(members).encode())))


def test_no_page_of_another_site_changes_anything():
    """S9: each route that changes something, with credentials of the owner and of an administrator, in each form."""
    town, cast = scene().town, scene().cast
    count = 0
    for route in changing():
        members = {**fields(route), "password": PASSWORD, "room_id": scene().room, "confirm_password": PASSWORD}
        for content_type, body in bodies(members).items():
            for foreign in FOREIGN:
                for bearer in (cast.owner.access, town.administrator.access, None):
                    reply = town.ask(route.split()[0], target(route), body, bearer=bearer,
                                     headers={"Content-Type": content_type, **foreign})
                    assert reply.status == 403, (route, content_type, foreign, reply)
                    assert reply.headers.get("Access-Control-Allow-Origin") is None, (route, foreign)
                    count += 1
    assert count > 60 * len(CONTENT_TYPES) * len(FOREIGN) * 3, count
    for path in (f"messages/{scene().message}", f"files/{scene().file}"):
        assert SECRET in town.done("GET", f"/api/v1/rooms/{scene().room}/{path}", bearer=cast.extra.access).text


def test_a_page_of_another_site_is_asked_first_and_refused():
    """S9: other methods and content types need a preflight, which no foreign origin passes."""
    for route in changing():
        method, path = route.split()[0], target(route)
        reply = scene().town.ask("OPTIONS", path, headers={
            "Origin": "https://evil.example", "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type"})
        told = {name.lower() for name in reply.headers}
        assert not told & {"access-control-allow-origin", "access-control-allow-credentials"}, (route, reply)


def test_there_is_no_cookie_to_be_ridden_on():
    """S9: credentials stand in `Authorization` and in bodies, which a browser adds to nothing by itself."""
    town = scene().town
    answers = [town.ask("GET", "/", headers={"Accept": "text/html"}), town.ask("GET", "/api/v1/me")]
    answers += [town.ask("POST", "/api/v1/auth/login", {"username": "member", "password": PASSWORD}),
                town.ask("GET", "/api/v1/me", bearer=scene().cast.member.access),
                town.ask("GET", "/socket.io/?EIO=4&transport=polling")]
    for reply in answers:
        assert reply.headers.get("Set-Cookie") is None, reply
    cookie = f"token={scene().cast.owner.access}; access_token={scene().cast.owner.access}"
    assert town.ask("GET", "/api/v1/me", headers={"Cookie": cookie}).status == 401
