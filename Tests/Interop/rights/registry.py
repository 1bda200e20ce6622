"""Every route and event: what it does in a room, which proofs it takes, and what it needs to succeed.

A route or event that a controller adds needs a row here; `coverage_test.py` says which are missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BEARER = frozenset({"account", "room token"})
NAMED = BEARER | {"guest token"}
ALL = NAMED | {"password"}
KEY = BEARER | {"password"}
WORD = frozenset({"password"})


@dataclass(frozen=True)
class Row:
    """One way to do something in a room."""

    name: str
    """`METHOD /path/{parameter}`, or the name of an event."""
    action: tuple[str, ...]
    """Actions of docs/access.md: who may do any of them may do this."""
    takes: frozenset[str]
    """The proofs that can be shown here."""
    fields: dict | bytes = field(default_factory=dict)
    """Members of the body, or of the event."""
    query: dict = field(default_factory=dict)
    needs: str = ""
    """`account`, `name` (somebody with a name), `self` (an account or a guest token), or `password`."""
    target: str = "message"
    """What `{id}` stands for: `message` and `file` stay, `own …` and `other …` are new each time."""
    kinds: frozenset[str] = frozenset()
    """The kinds of rooms that it is for; empty for all."""
    destroys: bool = False
    """Whether the room is another one afterwards."""

    @property
    def method(self) -> str:
        return self.name.split()[0]

    @property
    def path(self) -> str:
        return self.name.split()[1]


def row(name: str, action: str, takes: frozenset[str], fields: dict | bytes | None = None, **more) -> Row:
    kinds = frozenset(more.pop("kinds", ()))
    return Row(name, tuple(action.split("|")), takes, {} if fields is None else fields, kinds=kinds, **more)


WITH_PASSWORD = ("keyed", "owned")
WITHOUT_CONVERSATIONS = ("keyed", "owned", "public", "lobby", "private")
API = "/api/v1/rooms/{room}"

OUTGOING = {"kind": "outgoing", "name": "out", "url": "https://nothing.invalid/"}
"""To a name that stands for no address."""

NATIVE = [
    row(f"GET {API}", "read", BEARER),
    row(f"POST {API}/join", "join", KEY, needs="account"),
    row(f"GET {API}/members", "read", BEARER),
    row(f"GET {API}/messages", "read", NAMED),
    row(f"GET {API}/messages/{{id}}", "read", NAMED),
    row(f"GET {API}/messages/{{id}}/edits", "read", NAMED),
    row(f"GET {API}/messages/{{id}}/thread", "read", NAMED),
    row(f"GET {API}/pins", "read", NAMED),
    row(f"GET {API}/changes", "read", NAMED, query={"since": "0"}),
    row(f"GET {API}/reads", "read", NAMED),
    row(f"GET {API}/search", "read", NAMED, query={"q": "inside"}),
    row(f"GET {API}/files", "read", ALL),
    row(f"GET {API}/files/{{id}}", "read", ALL, target="file"),
    row(f"POST {API}/files/ticket", "read", ALL),
    row(f"PUT {API}/read", "read", ALL, {"sequence": 1}, needs="self"),
    row(f"PUT {API}/unread", "read", ALL, {"sequence": 1}, needs="self"),
    row(f"POST {API}/messages", "post", ALL, {"message": "said"}, needs="name"),
    row(f"PATCH {API}/messages/{{id}}", "post", ALL, {"message": "better"}, needs="self", target="own message"),
    row(f"DELETE {API}/messages/{{id}}", "post", ALL, needs="self", target="own message"),
    row(f"POST {API}/files", "post", ALL, b"a file", query={"name": "a.txt"}, needs="name"),
    row(f"DELETE {API}/files/{{id}}", "post", ALL, needs="self", target="own file"),
    row(f"POST {API}/uploads", "post", ALL, b"a file", query={"name": "a.txt"}, needs="self"),
    row(f"DELETE {API}/uploads/{{id}}", "post", ALL, needs="self", target="own upload"),
    row(f"PUT {API}/messages/{{id}}/reactions/%F0%9F%91%8D", "react", ALL, needs="name"),
    row(f"DELETE {API}/messages/{{id}}/reactions/%F0%9F%91%8D", "react", ALL, needs="name"),
    row(f"GET {API}/addresses", "admit", BEARER),
    row(f"POST {API}/addresses", "admit", BEARER, {"network": "192.0.2.77"}),
    row(f"DELETE {API}/addresses", "admit", BEARER, query={"network": "192.0.2.77"}),
    row(f"GET {API}/bans", "moderate", BEARER),
    row(f"POST {API}/bans", "moderate", BEARER, {"user": "banned"}, needs="account"),
    row(f"DELETE {API}/bans/banned", "moderate", BEARER),
    row(f"GET {API}/mutes", "moderate", BEARER),
    row(f"POST {API}/mutes", "moderate", BEARER, {"user": "muted"}, needs="account"),
    row(f"DELETE {API}/mutes/muted", "moderate", BEARER),
    row(f"DELETE {API}/members/nobody", "moderate", BEARER, needs="account"),
    row(f"GET {API}/invitations", "moderate", BEARER),
    row(f"POST {API}/invitations", "moderate", BEARER, needs="account", kinds=WITHOUT_CONVERSATIONS),
    row(f"DELETE {API}/invitations/{{id}}", "moderate", BEARER, target="invitation", kinds=WITHOUT_CONVERSATIONS),
    row(f"PUT {API}/pins/{{id}}", "moderate", ALL, needs="name"),
    row(f"DELETE {API}/pins/{{id}}", "moderate", ALL, needs="name"),
    row(f"DELETE {API}/messages/{{id}}", "moderate", ALL, needs="name", target="other message"),
    row(f"DELETE {API}/files/{{id}}", "moderate|clear", ALL, needs="name", target="other file"),
    row(f"GET {API}/webhooks", "moderate", BEARER),
    row(f"POST {API}/webhooks", "moderate", BEARER, {"kind": "incoming", "name": "in"}, needs="account"),
    row(f"POST {API}/webhooks", "configure", BEARER, OUTGOING, needs="account"),
    row(f"PATCH {API}/webhooks/{{id}}", "configure", BEARER, {"name": "other"}, target="outgoing webhook"),
    row(f"GET {API}/webhooks/{{id}}/deliveries", "configure", BEARER, target="outgoing webhook"),
    row(f"DELETE {API}/webhooks/{{id}}", "moderate", BEARER, target="incoming webhook"),
    row(f"POST {API}/bots", "govern", BEARER, {"username": "{new}"}, needs="account"),
    row(f"PATCH {API}", "configure", BEARER, {"topic": "a topic"}),
    row(f"PUT {API}/members/{{extra}}", "govern", BEARER, {"role": "member"}),
    row(f"POST {API}/transfer", "govern", BEARER, {"user": "{owner}"}, kinds=("owned", "public", "private")),
    row(f"PUT {API}/password", "configure", BEARER, {"password": "another password"}, kinds=WITH_PASSWORD,
        destroys=True),
    row(f"DELETE {API}", "delete", BEARER, destroys=True),
]

SEED = [
    row("GET /chat/{room}/messages", "read", ALL),
    row("GET /chat/{room}/files", "read", ALL),
    row("GET /chat/{room}/files/{id}", "read", ALL, target="file"),
    row("GET /chat/{room}/search", "read", ALL, query={"query": "inside"}),
    row("GET /user/presence", "read", ALL, query={"room_id": "{room}"}),
    row("POST /chat/{room}/messages/mark_read", "read", ALL, {"message_ids": ["{message}"]}, needs="name"),
    row("POST /chat/{room}", "post", ALL, {"message": "said"}),
    row("POST /chat/{room}/upload", "post", ALL, b"a file", query={"name": "a.txt"}, needs="name"),
    row("DELETE /chat/{room}/messages/{id}", "post", ALL, needs="self", target="own message"),
    row("DELETE /chat/{room}/files/{id}", "post", ALL, needs="self", target="own file"),
    row("DELETE /chat/{room}/messages/{id}", "moderate", ALL, needs="name", target="other message"),
    row("DELETE /chat/{room}/files/{id}", "moderate|clear", ALL, needs="name", target="other file"),
    row("POST /chat/{room}/verify", "verify", WORD),
    row("POST /auth/token", "verify", WORD, {"room_id": "{room}"}, needs="password"),
    row("POST /room/{room}/verify_ip", "admit", WORD, {"ip": "192.0.2.79"}, needs="password"),
    row("POST /admin/verify_ip", "admit", WORD, {"room_id": "{room}", "ip": "192.0.2.80"}, needs="password"),
    row("POST /chat/{room}/clear", "clear", ALL, destroys=True),
    row("POST /admin/clear_chat", "clear", KEY, {"room_id": "{room}"}, destroys=True),
    row("POST /admin/delete_room", "delete", KEY, {"room_id": "{room}"}, destroys=True),
]

JOIN = row("join", "join", ALL, needs="name")

EVENTS = [
    row("message", "post", ALL, {"message": "said"}),
    row("typing", "post", ALL, {"is_typing": False}),
    row("edit", "post", ALL, {"message_id": "{id}", "message": "better"}, target="own message"),
    row("delete", "post", ALL, {"message_id": "{id}"}, target="own message"),
    row("reaction", "react", ALL, {"message_id": "{message}", "reaction": "👍"}),
    row("presence", "read", ALL, {"status": "online"}),
    row("mark_read", "read", ALL, {"message_ids": ["{message}"]}),
    row("read", "read", ALL, {"sequence": 1}),
    row("unread", "read", ALL, {"sequence": 1}),
    row("search", "read", ALL, {"query": "inside"}),
    row("list_members", "read", ALL),
    row("pin", "moderate", ALL, {"message_id": "{message}"}),
    row("unpin", "moderate", ALL, {"message_id": "{message}"}),
    row("delete", "moderate", ALL, {"message_id": "{id}"}, target="other message"),
    row("kick", "moderate", ALL, {"target": "nobody"}),
    row("ban", "moderate", ALL, {"target": "banned"}),
    row("unban", "moderate", ALL, {"target": "banned"}),
    row("mute", "moderate", ALL, {"target": "muted"}),
    row("unmute", "moderate", ALL, {"target": "muted"}),
    row("set_role", "govern", ALL, {"target": "{extra}", "role": "member"}),
    row("approve_ip", "admit", ALL, {"ip": "192.0.2.78"}),
    row("list_ips", "admit", ALL),
    row("revoke_ip", "admit", ALL, {"ip": "192.0.2.78"}),
]

ROOMLESS_EVENTS = {"authenticate", "leave"}

# --- Routes that are about no room that exists, by who may ask --------------------------------------------------------

ANYBODY = {
    "GET /", "GET /favicon.svg", "GET /healthz", "GET /readyz", "GET /api/v1/setup", "POST /api/v1/setup",
    "POST /api/v1/auth/register", "POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/link",
    "GET /api/v1/rooms", "POST /room/create", "POST /auth/verify_token", "GET /user/profile/{user_id}",
    "POST /user/profile", "PUT /user/profile/{user_id}", "POST /user/presence/{user_id}",
    "GET /api/v1/invitations/{token}", "POST /api/v1/invitations/{token}", "POST /api/v1/hooks/{id}",
    "POST /api/v1/hooks/{id}/{secret}",
}
"""Some of them name a person or carry a token: what may be done with another's is in `ids_test.py`."""

OPERATORS = {"GET /metrics"}

OWN = {
    "POST /api/v1/auth/logout": None, "GET /api/v1/me": None, "PATCH /api/v1/me": {"display_name": "x"},
    "DELETE /api/v1/me": {"password": "x"}, "GET /api/v1/me/export": None, "GET /api/v1/me/mentions": None,
    "PUT /api/v1/me/password": {"current_password": "x", "new_password": "y"}, "GET /api/v1/me/receipts": None,
    "PUT /api/v1/me/receipts": {"enabled": True}, "GET /api/v1/me/rooms": None,
    "DELETE /api/v1/me/rooms/{room}": None, "DELETE /api/v1/me/sessions": None, "GET /api/v1/me/sessions": None,
    "DELETE /api/v1/me/sessions/{id}": None, "GET /api/v1/me/unread": None, "GET /api/v1/search": None,
    "POST /api/v1/rooms": {"kind": "public"}, "GET /api/v1/me/tokens": None,
    "POST /api/v1/me/tokens": {"name": "x", "scopes": ["rooms:read"]}, "DELETE /api/v1/me/tokens/{id}": None,
    "GET /api/v1/bots": None, "POST /api/v1/bots": {"username": "bot"}, "DELETE /api/v1/bots/{bot}": None,
    "GET /api/v1/bots/{bot}/tokens": None, "POST /api/v1/bots/{bot}/tokens": {"name": "x", "scopes": ["rooms:read"]},
    "DELETE /api/v1/bots/{bot}/tokens/{id}": None,
}
"""What needs an account, which stands in the token and nowhere else."""

ADMINISTRATORS = {
    "GET /api/v1/admin/addresses": None, "GET /api/v1/admin/audit": None, "GET /api/v1/admin/blocks": None,
    "POST /api/v1/admin/blocks": {"network": "192.0.2.0/24"},
    "DELETE /api/v1/admin/blocks": {"network": "192.0.2.0/24"},
    "GET /api/v1/admin/metrics": None, "GET /api/v1/admin/rooms": None, "GET /api/v1/admin/rooms/{room}": None,
    "DELETE /api/v1/admin/rooms/{room}": None, "POST /api/v1/admin/rooms/{room}/clear": None,
    "DELETE /api/v1/admin/rooms/{room}/messages/{id}": {"reason": "x"}, "GET /api/v1/admin/settings": None,
    "GET /api/v1/admin/storage": None, "GET /api/v1/admin/users": None, "POST /api/v1/admin/users": {"username": "x"},
    "GET /api/v1/admin/users/{handle}": None, "PATCH /api/v1/admin/users/{handle}": {"role": "administrator"},
    "DELETE /api/v1/admin/users/{handle}": None, "POST /api/v1/admin/users/{handle}/logout": None,
    "POST /api/v1/admin/users/{handle}/sign-in-link": None,
}
