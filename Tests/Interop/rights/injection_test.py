"""Texts that mean something in SQL, in patterns, in formats and to other programs mean nothing here."""

from __future__ import annotations

import functools
import itertools
import os
import re
import urllib.parse

import support
from rights import registry
from rights.scenes import Cast, Scene, Shown
from rights.sockets import WebSocketWire
from rights.town import PASSWORD, Account, Town, quoted
from rights.wires import filled, ids_of

PART = "attack"

WHOLE = os.environ.get("PARLEY_LONG") == "1"
"""Whether each parameter is given each payload, or only some of them in turn."""
EACH = 200 if WHOLE else 4


def payloads() -> list:
    quotes = ["'", '"', "`", "''", "\\'", "%27", "\u2019", "\uff07"]
    tails = [" OR 1=1--", " OR '1'='1", "; DROP TABLE messages--", " UNION SELECT * FROM accounts--", "||'", "/*",
             ")--",
             " AND (SELECT 1 FROM sqlite_master)--", "; ATTACH 'x' AS y--", " LIMIT 1 OFFSET 1--"]
    sql = [quote + tail for quote, tail in itertools.product(quotes, tails)]
    sql += ["1;--", "1 OR 1=1", "0x27", "char(39)", "NULL", "x' AND randomblob(100000000)--", "sqlite_version()",
            "load_extension('x')", "PRAGMA key", "1/**/OR/**/1", "%", "_", "%%", "[a-z]%", "*", "?", "?1", ":name",
            "@name",
            "$1", "\\", "\\\\", "\\x00", "\0", "\0'", "a\0b", "'\r\n--", "\x1a", "\x08", "\ufeff'", "\u2028"]
    formats = ["%s", "%n%n%n", "%x" * 20, "%p", "%1$s", "%99999999d", "%@", "\\(1+1)", "{0}", "{}", "{{7*7}}", "${7*7}",
               "#{7*7}", "<%= 7*7 %>", "${jndi:ldap://127.0.0.1/a}", "$(id)", "`id`", ";id", "|id", "&& id", "\nid",
               "-rf",
               "--help", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/",
               "CON", "a.b", "javascript:alert(1)", "<script>alert(1)</script>", "\"><svg onload=alert(1)>",
               "data:text/html,x",
               "a\r\nSet-Cookie: a=b", "a\r\n\r\nHTTP/1.1 200 OK", "=1+1", "@SUM(1)", "*)(uid=*", "' or ''='", "]]>",
               "<!--", "a..b", "__proto__", "constructor", "hasOwnProperty", "toString", "length"]
    objects = [{"$ne": None}, {"$gt": ""}, {"$where": "1"}, {"$regex": ".*"}, {"": ""}, {"length": 10**6}, [], [[]],
               ["' OR 1=1--"], [None], {}, None, True, False, 0, -1, 2**53, -2**63, 2**63 - 1, 1e308, -0.0, 0.5, "",
               " ", "\t", "\n", "null", "undefined", "NaN", "Infinity", "-1", "0", "00", "1e5", "0b1", "9" * 40,
               "-" * 40,
               "a" * 5_001, "\ud7ff", "\U0010ffff", "\u202e", "é" * 300, "👍" * 99]
    found = sql + formats + objects
    assert len(found) >= 200, len(found)
    return found


PAYLOADS = payloads()


@functools.cache
def scene() -> Scene:
    town = Town()
    return Scene(town, Cast(town), "owned")


@functools.cache
def unconfirmed() -> Account:
    """An administrator who has not shown the password again, and can do nothing that cannot be undone."""
    return scene().town.account("unconfirmed", "administrator")


@functools.cache
def turns():
    """Payloads, some more at each call, until all have been and then again."""
    return itertools.cycle(PAYLOADS)


def some() -> list:
    return list(itertools.islice(turns(), min(EACH, len(PAYLOADS)) if not WHOLE else len(PAYLOADS)))


def sound() -> tuple:
    """What must be as it was: the rooms, the people and the messages."""
    town, room = scene().town, scene().room
    paths = ("/api/v1/admin/rooms", "/api/v1/admin/users")
    listed = [town.done("GET", path, bearer=town.administrator.access).json for path in paths]
    names = {entry.get("id") or entry.get("username") for page in listed for each in page.values()
             if isinstance(each, list) for entry in each}
    return room in names, {"owner", "member", "extra", "boss"} <= names


def assert_harmless(reply, told) -> None:
    assert reply.status < 500, (told, reply)
    for leak in ("SQLITE", "syntax error", "sqlite3", "no such column", "near \"", "fatal", "root:", "uid="):
        assert leak not in reply.text.replace(quoted(str(told[-1])), "").replace(str(told[-1]), ""), (told, reply)


REST_ROWS = [row for row in registry.NATIVE + registry.SEED if not row.destroys]
OTHERS = {**registry.OWN, **registry.ADMINISTRATORS}
HARMLESS = [route for route in sorted(OTHERS) if route not in (
    "DELETE /api/v1/me", "POST /api/v1/auth/logout", "DELETE /api/v1/me/sessions", "PUT /api/v1/me/password")]


def test_parts_of_paths():
    """S20: each parameter of each path, as an owner and as an administrator."""
    town, before = scene().town, sound()
    routes = [(row.name, row.query, row.fields) for row in REST_ROWS] + [(name, {},
                                                                          OTHERS[name] or {}) for name in HARMLESS]
    ids = {**ids_of(scene()), "id": scene().message, "handle": "extra", "user": "extra", "bot": "bot"}
    for route, query, fields in routes:
        method, path = route.split()
        for place in set(re.findall(r"\{(\w+)\}", path)):
            for payload in some():
                here = {name: quoted(text) for name, text in ids.items()}
                here[place] = quoted(str(payload)) or "x"
                target = filled(path, here) + (f"?{urllib.parse.urlencode(filled(query, ids))}" if query else "")
                body = fields if isinstance(fields, bytes) else filled(fields, ids) or None
                bearer = unconfirmed().access if "/admin/" in path else scene().cast.owner.access
                reply = town.ask(method, target, body, bearer=bearer)
                assert_harmless(reply, (route, place, payload))
    assert sound() == before


def test_members_of_queries_and_bodies():
    """S20: each member of each body and query, as texts, numbers, lists and objects."""
    town, before = scene().town, sound()
    ids = {**ids_of(scene()), "bot": "bot"}
    routes = [(row.name, row.query, row.fields) for row in REST_ROWS] + [(name, {},
                                                                          OTHERS[name] or {}) for name in HARMLESS]
    routes += [("GET /api/v1/search", {"q": "x", "before": "1", "limit": "1"}, {}), ("GET /api/v1/rooms", {
        "query": "x", "after": "a", "limit": "1"}, {}), ("GET /api/v1/admin/users", {
            "query": "x", "after": "x", "role": "member", "disabled": "true"}, {}), ("GET /api/v1/admin/audit", {
                "after": "1"}, {}), ("GET /api/v1/rooms/{room}/messages", {
                    "before": "1", "after": "1", "around": "1", "date": "2026-01-01", "limit": "1"}, {})]
    shown = {"user_id": "x", "guest_token": "x", "password": PASSWORD, "token": "x", "client_id": "x"}
    for route, query, fields in routes:
        method, path = route.split()
        path = filled(path, {**{name: quoted(text) for name, text in ids.items()}, "handle": "extra",
                             "id": ids["message"]})
        bearer = unconfirmed().access if "/admin/" in path else scene().cast.owner.access
        body = {} if isinstance(fields, bytes) else fields
        for place in [*query, *shown] if method == "GET" else [*query, *body, *shown]:
            for payload in some():
                sent, asked = filled(body, ids), filled(query, ids)
                if place in query or method == "GET":
                    asked[place] = payload
                else:
                    sent[place] = payload
                target = f"{path}?{urllib.parse.urlencode(asked)}" if asked else path
                # As the owner, and as a stranger with the password.
                reply = town.ask(method, target, fields if isinstance(fields, bytes) else sent or None, bearer=bearer)
                assert_harmless(reply, (route, place, payload))
    assert sound() == before


def test_members_of_events():
    """S20: each member of each event."""
    town, before = scene().town, sound()
    with WebSocketWire(town, town.address(), {"token": scene().cast.owner.access}) as wire:
        assert wire.call("join", {"room": scene().room})["status"] == "success"
        for row in [registry.JOIN, *registry.EVENTS]:
            fields = {"room": scene().room, **filled(row.fields, ids_of(scene()) | {"id": scene().message})}
            for place in [*fields, "user_id", "password", "token", "guest_token", "client_id", "reply_to"]:
                for payload in some():
                    if row.name == "join" and place in ("room", "token"):
                        continue
                    answer = wire.call(row.name, {**fields, place: payload})
                    assert answer["status"] in ("success", "error"), (row.name, place, payload, answer)
                    assert "SQL" not in answer.get("message", ""), (row.name, place, payload, answer)
    assert sound() == before


def test_logging_in():
    """S20: names and passwords."""
    town, shown = scene().town, Shown("", scene().town.address())
    for payload in PAYLOADS if WHOLE else PAYLOADS[::5]:
        for body in ({"username": payload, "password": "wrong password"}, {"username": "boss", "password": payload}):
            reply = town.ask("POST", "/api/v1/auth/login", body, source=shown.source)
            assert reply.status in (401, 422), (body, reply)


def test_what_was_said_stands_there_as_it_was_said():
    """S20: texts are kept as they are, and found again by themselves."""
    town, owner = scene().town, scene().cast.owner
    path = f"/api/v1/rooms/{scene().room}"
    for text in [payload for payload in PAYLOADS if isinstance(payload, str) and payload.strip()][::3]:
        reply = town.ask("POST", f"{path}/messages", {"message": text}, bearer=owner.access)
        if reply.status == 422:
            continue
        assert reply.status == 201 and reply.json["message"] == text, (text, reply)
        kept = town.done("GET", f"{path}/messages/{reply.json['id']}", bearer=owner.access)
        assert kept.json["message"] == text, (text, kept)


# --- The source -------------------------------------------------------------------------------------------------------

STATEMENT = re.compile(r'("""(?:.*?)"""|"(?:[^"\\\n]|\\.)*")', re.S)
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|WHERE|PRAGMA|ATTACH|VACUUM)\b")


def test_no_statement_is_built_from_values():
    """S20: what a statement is given, it is given as a parameter; nothing is put into its text."""
    count, faults = 0, []
    for path in sorted(support.ROOT.glob("Sources/*/**/*.swift")):
        for text in STATEMENT.findall(path.read_text()):
            if SQL.search(text):
                count += 1
                if "\\(" in text and re.match(r'"+\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|ATTACH|WITH)\b', text):
                    faults.append(f"{path.relative_to(support.ROOT)}: {' '.join(text.split())[:80]}")
    assert count > 150, count
    assert not faults, "\n".join(faults)
