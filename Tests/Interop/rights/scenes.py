"""Rooms of every kind, and the people of docs/access.md beside them, each with what they show."""

from __future__ import annotations

from dataclasses import dataclass

from rights.sockets import WebSocketWire
from rights.town import PASSWORD, SECRET, Account, Town, quoted

KINDS = {
    "A password room that was made without an account": "keyed",
    "A password room with an owner": "owned",
    "A public room": "public",
    "The lobby": "lobby",
    "A private room": "private",
    "A conversation": "direct",
}


@dataclass(frozen=True)
class Shown:
    """Who asks, and what they show."""

    kind: str
    """The proof: a word of `Row.takes`, or empty for an address alone."""
    source: str
    account: Account | None = None
    password: str | None = None
    token: str | None = None
    guest: tuple[str, str] | None = None
    name: str = ""
    """What a guest calls themselves."""

    @property
    def bearer(self) -> str | None:
        return self.account.access if self.account else self.token

    @property
    def has_self(self) -> bool:
        return bool(self.account or self.guest)

    def members(self) -> dict[str, str]:
        """What stands beside the fields of a request or event."""
        members = {}
        if self.password is not None:
            members["password"] = self.password
        if not self.account:
            members["user_id"] = self.guest[0] if self.guest else self.name
        if self.guest:
            members["guest_token"] = self.guest[1]
        return members


class Cast:
    """Accounts that play the same part in every room."""

    def __init__(self, town: Town) -> None:
        self.owner, self.moderator, self.member, self.extra, self.outsider = (
            town.account(name) for name in ("owner", "room-moderator", "member", "extra", "outsider"))
        self.server_moderator = town.account("server-moderator", "moderator")


class Scene:
    """A room with its people, a message and a file of `extra`'s, and an invitation."""

    def __init__(self, town: Town, cast: Cast, kind: str) -> None:
        self.town, self.cast, self.kind = town, cast, kind
        self.room = "lobby" if kind == "lobby" else f"{kind}-room-{town.number():03}"
        self.missing = f"{kind}-void-{town.number():03}"
        """As long as the room's id, and no room's."""
        self._make()
        self.renew()

    def renew(self) -> None:
        self.message, self.file = self.post(self.cast.extra), self.upload(self.cast.extra)

    # --- Making -------------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        cast, town = self.cast, self.town
        if self.kind == "keyed":
            town.done("POST", "/room/create", {"room_id": self.room, "password": PASSWORD})
        elif self.kind == "direct":
            people = [cast.member.name, cast.extra.name]
            made = town.done("POST", "/api/v1/rooms", {"kind": "direct", "people": people}, bearer=cast.owner.access)
            self.room = made.json["id"]
            self.missing = self.room[:-4] + "void"
            return
        elif self.kind != "lobby":
            town.done("POST", "/api/v1/rooms", {"kind": "password" if self.kind == "owned" else self.kind,
                                                "id": self.room, "password": PASSWORD}, bearer=cast.owner.access)
        for account in (cast.owner, cast.moderator, cast.member, cast.extra):
            self.enter(account)
        if self.kind in ("keyed", "lobby"):
            town.govern("POST", f"/api/v1/rooms/{self.room}/transfer", {"user": cast.owner.name})
        self.as_owner("PUT", f"/members/{cast.moderator.name}", {"role": "moderator"})

    def enter(self, account: Account) -> None:
        if self.kind == "private":
            if account != self.cast.owner:
                self.town.done("POST", f"/api/v1/invitations/{self.invite()['token']}", {}, bearer=account.access)
        else:
            self.town.done(
                "POST", f"/api/v1/rooms/{self.room}/join", {"password": PASSWORD}, bearer=account.access)

    def as_owner(self, method: str, path: str, body: dict | None = None):
        return self.town.done(method, f"/api/v1/rooms/{self.room}{path}", body, bearer=self.cast.owner.access)

    def invite(self) -> dict:
        return self.as_owner("POST", "/invitations", {}).json

    def webhook(self, **fields: str) -> str:
        return self.as_owner("POST", "/webhooks", {"kind": "incoming", "name": "in", **fields}).json["id"]

    def post(self, account: Account) -> str:
        """A new message of that account."""
        path = f"/api/v1/rooms/{self.room}/messages"
        return self.town.done("POST", path, {"message": f"{SECRET} {self.town.number()}"},
                              bearer=account.access).json["id"]

    def upload(self, account: Account) -> str:
        path = f"/api/v1/rooms/{self.room}/files?name={quoted(SECRET)}.txt"
        return self.town.done("POST", path, SECRET.encode(), bearer=account.access).json["id"]

    def again(self) -> "Scene":
        """Another room like this one."""
        return Scene(self.town, self.cast, self.kind)

    # --- People -------------------------------------------------------------------------------------------------------

    def shown(self, person: str) -> Shown | None:
        """What somebody of docs/access.md shows here; `None` where this room has nobody like that."""
        cast, town = self.cast, self.town
        accounts = {
            "an account": cast.outsider, "member": cast.member, "moderator of the server": cast.server_moderator,
            "administrator": town.administrator,
        }
        if self.kind != "direct":
            accounts.update({"moderator of the room": cast.moderator, "owner": cast.owner})
        if account := accounts.get(person):
            return Shown("account", account.source, account=account)
        match person:
            case "nothing":
                return Shown("", town.address(), name="stranger")
            case "a wrong password":
                return Shown("password", town.address(), password="wrong password", name="liar")
            case "the password":
                return Shown("password", town.address(), password=PASSWORD, name="key-holder")
            case "a room token":
                return Shown("room token", town.address(), token=self.token(), name="token-holder")
            case "a guest token":
                return Shown("guest token", town.address(), guest=("guest", self.guest_token("guest")))
            case "a verified address" if self.kind != "direct":
                return Shown("", self.verified_address(), name="neighbour")
        return None

    def token(self) -> str:
        """A room token; of another room where this one gives none."""
        room = self.room if self.kind not in ("private", "direct") else self.other()
        return self.town.done("POST", "/auth/token", {"room_id": room, "password": PASSWORD},
                              source=self.town.address()).json["token"]

    def guest_token(self, name: str) -> str:
        if self.kind == "private":
            invitation = self.invite()["token"]
            return self.town.done("POST", f"/api/v1/invitations/{invitation}", {"user_id": name}).json["guest_token"]
        room = self.other() if self.kind == "direct" else self.room
        with WebSocketWire(self.town, self.town.address()) as socket:
            answer = socket.call("join", {"room": room, "user_id": name, "password": PASSWORD})
            assert answer["status"] == "success", answer
            return answer["guest_token"]

    def other(self) -> str:
        """A room that anybody can get tokens of."""
        self.town.ask("POST", "/room/create", {"room_id": "elsewhere", "password": PASSWORD})
        return "elsewhere"

    def verified_address(self) -> str:
        address = self.town.address()
        if self.kind in ("keyed", "owned"):
            self.town.done("POST", f"/chat/{self.room}/verify", {"password": PASSWORD}, source=address)
        else:
            self.as_owner("POST", "/addresses", {"network": address})
        return address
