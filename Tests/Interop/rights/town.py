"""A server with an administrator and accounts, and requests to it from any address of the loopback."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import urllib.parse
from typing import NamedTuple

import harness
import support

PASSWORD = "correct horse battery"
SECRET = "what only those inside may read"
"""Part of every text, file and name that is somebody's own: it stands in no answer to a stranger."""


class Reply:
    """An answer, read whole."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {self.text[:300]}"


class Account(NamedTuple):
    name: str
    access: str
    refresh: str
    session: str
    source: str


class Town:
    """A server without rate limits unless told. Connections are kept, one for each address that requests come from."""

    def __init__(self, *flags: str, **variables: str) -> None:
        command = [harness.program("parley"), "serve", "--port", "{port}", "--data", "{data}/data", "--threads", "2",
                   "--public", str(support.ROOT / "Public"), *flags]
        self.server = harness.ServerProcess(command, {"PARLEY_RATE_LIMITS": "off", **variables})
        self.port = self.server.port
        self._connections: dict[str, http.client.HTTPConnection] = {}
        self._numbers = itertools.count(1)
        self._addresses = (f"127.{a}.{b}.{c}" for a in range(20, 200) for b in range(250) for c in range(1, 250))
        self.administrator = self._began("boss", self.ask("POST", "/api/v1/setup", {
            "code": self.setup_code(), "username": "boss", "password": PASSWORD}))

    def setup_code(self) -> str:
        def found():
            return next((match[1] for line in self.server.lines if (match := re.search(r"the code (\S+) \(", line))),
                        None)

        return harness.wait_until(found, "the server tells the code of the first administrator")

    def number(self) -> int:
        """Another one each time."""
        return next(self._numbers)

    def address(self) -> str:
        """One of the loopback that nothing has come from."""
        return next(self._addresses)

    # --- Requests -----------------------------------------------------------------------------------------------------

    def ask(self, method: str, target: str, body=None, *, bearer: str | None = None, source: str = "127.0.0.1",
            headers: dict[str, str] | None = None) -> Reply:
        """One request; `body` is sent as JSON, or as it is where it is made of bytes."""
        fields = {"Authorization": f"Bearer {bearer}"} if bearer is not None else {}
        if isinstance(body, bytes):
            fields["Content-Type"] = "application/octet-stream"
        elif body is not None:
            fields["Content-Type"], body = "application/json", json.dumps(body)
        fields.update(headers or {})
        for is_last in (False, True):
            connection = self._connections.get(source)
            is_kept = connection is not None
            if connection is None:
                connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=harness.PATIENCE, source_address=(source, 0))
                self._connections[source] = connection
            try:
                connection.request(method, target, body, fields)
                reply = Reply(connection.getresponse())
                if reply.headers.get("Connection", "").lower() == "close":
                    self._connections.pop(source).close()
                return reply
            except (http.client.HTTPException, ConnectionError):
                # One that was kept may have been closed for its age meanwhile.
                self._connections.pop(source).close()
                if is_last or not is_kept:
                    raise
        raise AssertionError("unreachable")

    def done(self, *arguments, **options) -> Reply:
        """The same for what must succeed."""
        reply = self.ask(*arguments, **options)
        assert reply.status in (200, 201, 204), (arguments, reply)
        return reply

    # --- People -------------------------------------------------------------------------------------------------------

    def account(self, name: str | None = None, role: str | None = None) -> Account:
        """A new account, with a role on the server where one is named."""
        name = name or f"person-{self.number()}"
        account = self._began(name, self.done(
            "POST", "/api/v1/auth/register", {"username": name, "password": PASSWORD, "email": f"{name}@example.org"}))
        if role:
            self.govern("PATCH", f"/api/v1/admin/users/{name}", {"role": role})
        return account

    def log_in(self, name: str) -> Account:
        return self._began(name, self.done("POST", "/api/v1/auth/login", {"username": name, "password": PASSWORD}))

    def govern(self, method: str, target: str, body: dict | None = None) -> Reply:
        """What an administrator does, who shows the password with it."""
        return self.done(method, target, body, bearer=self.administrator.access,
                         headers={"Confirm-Password": PASSWORD})

    def _began(self, name: str, reply: Reply) -> Account:
        assert reply.status in (200, 201), reply
        told = reply.json
        return Account(name, told["access_token"], told["refresh_token"], told["session_id"], self.address())


def quoted(text: str) -> str:
    return urllib.parse.quote(str(text), safe="")
