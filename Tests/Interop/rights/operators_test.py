"""What is for operators and administrators: without a right there is nothing but that the server lives."""

from __future__ import annotations

import functools
import json
import secrets

from rights import declared, registry
from rights.town import PASSWORD, Account, Town

PART = "attack"


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def moderator() -> Account:
    return town().account("official", "moderator")


FORWARDED = {"X-Forwarded-For": "198.51.100.7"}
"""From a proxy on this machine, for somebody else."""


def test_health_tells_that_the_server_lives_and_nothing_else():
    """S26: no version, no path, no number of anything."""
    assert town().ask("GET", "/healthz").json == {"status": "ok"}
    for bearer in (None, moderator().access):
        ready = town().ask("GET", "/readyz", bearer=bearer, headers=FORWARDED)
        assert ready.status == 200 and set(ready.json) <= {"status", "message"}, ready
    told = town().ask("GET", "/").json
    assert set(told) == {"message", "name", "version", "endpoints"}, told


def test_metrics_are_for_this_machine_or_the_bearer_of_the_token():
    """S26: to all others there is nothing at the address."""
    token = secrets.token_hex(32)
    there = Town(PARLEY_METRICS_TOKEN=token)
    nothing = there.ask("GET", "/no-such-path", headers=FORWARDED)
    for bearer in (None, "wrong", token[:-1], there.administrator.access, moderator().access):
        reply = there.ask("GET", "/metrics", bearer=bearer, headers=FORWARDED)
        assert (reply.status, reply.text) == (nothing.status, nothing.text), (bearer, reply)
    assert there.ask("GET", f"/metrics?token={token}", headers=FORWARDED).status == 404
    reply = there.ask("GET", "/metrics", bearer=token, headers=FORWARDED)
    assert reply.status == 200 and "parley" in reply.text, reply
    assert town().ask("GET", "/metrics").status == 200


def test_there_is_nothing_to_debug_with():
    """S26: paths at which other servers tell of themselves."""
    nothing = town().ask("GET", "/no-such-path")
    for path in ("/debug", "/debug/pprof", "/debug/vars", "/env", "/actuator", "/actuator/env", "/server-status",
                 "/status",
                 "/info", "/config", "/settings", "/.env", "/.git/config", "/console", "/_debug", "/trace",
                 "/phpinfo.php",
                 "/api/v1/debug", "/api/v1/settings", "/api/v1/metrics", "/auth/get_all_users", "/users/search",
                 "/signing.key", "/encryption.keys", "/parley.db", "/data/parley.db"):
        for bearer in (None, moderator().access):
            reply = town().ask("GET", path, bearer=bearer)
            assert reply.status == 404, (path, reply)
            assert path.startswith("/api/") or reply.text == nothing.text, (path, reply)
    reply = town().ask("TRACE", "/healthz")
    assert reply.status in (400, 405, 501) and "Authorization" not in reply.text, reply


def test_errors_tell_nothing_of_the_inside():
    """S26: neither files, nor lines, nor names of types."""
    for method, path, body in (("POST", "/api/v1/auth/login", b"{"), ("POST", "/api/v1/rooms", b"\xff"),
                               ("GET", "/api/v1/rooms/%ff", None), ("GET", "/chat/lobby/messages?limit=x", None),
                               ("DELETE", "/healthz", None), ("POST", "/chat/lobby", b"[" * 1_000)):
        reply = town().ask(method, path, body, headers={"Content-Type": "application/json"})
        assert 400 <= reply.status < 500, (path, reply)
        for leak in (".swift", "Sources/", "/home", "/tmp", "Optional(", "Error.", "0x", "stack", "thread"):
            assert leak not in reply.text, (path, reply)
        assert not {"server",
                    "x-powered-by"} & {name.lower() for name in reply.headers if reply.headers[name].count("/")}


def test_deeds_of_administrators_are_written_down():
    """S26: who did what to whom, from where, and why."""
    town().account("subject")
    before = len(records())
    source = "127.9.9.9"
    reply = town().ask("PATCH", "/api/v1/admin/users/subject", {
        "disabled": True, "reason": "spam", "confirm_password": PASSWORD}, bearer=town().administrator.access,
        source=source)
    assert reply.status == 200, reply
    entry = records()[0]
    assert len(records()) > before
    who = town().done("GET", "/api/v1/me", bearer=town().administrator.access).text
    assert entry["actor"] in who, (entry, who)
    assert (entry["action"], entry["address"], entry["reason"]) == ("user.changed", source, "spam"), entry
    assert {**entry["details"], "disabled": "true", "handle": "subject"} == entry["details"], entry
    assert PASSWORD not in json.dumps(entry)


def records() -> list[dict]:
    reply = town().done("GET", "/api/v1/admin/audit", bearer=town().administrator.access)
    return reply.json["records"]


def test_nobody_changes_the_audit_log():
    """S26: there is no way to write to it, not for administrators either."""
    assert {route for route in declared.routes() if "/audit" in route} == {"GET /api/v1/admin/audit"}
    before = records()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api/v1/admin/audit", "/api/v1/admin/audit/1"):
            reply = town().ask(method, path, {}, bearer=town().administrator.access,
                               headers={"Confirm-Password": PASSWORD})
            assert reply.status in (404, 405), (method, path, reply)
    assert records()[-len(before):] == before


def test_every_route_of_administrators_is_known():
    """S26: which ones refuse everybody else is tried in `ids_test.py` for each of them."""
    routes = {route for route in declared.routes() if " /api/v1/admin" in route}
    assert routes == set(registry.ADMINISTRATORS)


def test_settings_are_shown_without_their_secrets():
    """S26: to administrators, too."""
    token, secret = secrets.token_hex(32), secrets.token_hex(32)
    there = Town(PARLEY_METRICS_TOKEN=token, PARLEY_SIGNING_SECRET=secret)
    reply = there.done("GET", "/api/v1/admin/settings", bearer=there.administrator.access)
    assert token not in reply.text and secret not in reply.text
