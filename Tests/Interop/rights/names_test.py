"""Names: what cannot be told apart by looking is one name, and what cannot be seen is none."""

from __future__ import annotations

import functools
import unicodedata

from rights.sockets import WebSocketWire
from rights.town import PASSWORD, Account, Town, quoted

PART = "attack"

UNSEEN = {
    "empty": "", "blanks": "   ", "NUL": "a\0b", "a line end": "a\nb", "a carriage return": "a\rb", "a tab": "a\tb",
    "ESC": "a\x1b[31mb", "backspace": "a\x08b", "DEL": "a\x7fb", "C1": "a\x85b", "RTL override": "a\u202etxt.exe",
    "LTR override": "a\u202db", "RTL embedding": "a\u202bb", "RTL isolate": "a\u2067b", "an isolate's end": "a\u2069b",
    "a line separator": "a\u2028b", "a paragraph separator": "a\u2029b", "a byte order mark": "\ufeffann",
    "a non-character": "a\ufffeb", "private use": "a\ue000b", "tags": "a\U000e0041b", "an interlinear mark": "a\ufff9b",
}
"""Neither shown nor kept: refused, or taken as the name that is seen."""

LOOKALIKES = ("ann", "ANN", "Ann", "аnn", "ａｎｎ", "a\u200bnn", "an\u00adn", "ann\u200d", "ann\u2060", "\u200eann",
              "ann\ufe0f",
              "𝐚𝐧𝐧", "ⓐⓝⓝ", " ann ")
"""What reads `ann`."""


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def ann() -> Account:
    account = town().account("ann")
    town().done("POST", "/api/v1/rooms", {"id": "square", "kind": "public"}, bearer=account.access)
    return account


def register(name: str, **more: str):
    return town().ask("POST", "/api/v1/auth/register", {"username": name, "password": PASSWORD, **more},
                      source=town().address())


def is_clean(text: str) -> bool:
    """Whether each sign of the text can be seen, or is a blank inside it or part of a sequence that is seen."""
    return text == text.strip() and text == unicodedata.normalize("NFC", text) and not any(
        unicodedata.category(sign) in ("Cc", "Cs", "Co", "Zl", "Zp") or sign
        in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068"
        "\u2069\ufeff\ufff9\ufffe" or "\U000e0000" <= sign <= "\U000e007f" for sign in text)


def test_names_of_accounts_can_be_seen():
    """S27: handles and display names."""
    for title, name in UNSEEN.items():
        reply = register(name)
        assert reply.status == 422, (title, reply)
        reply = register(f"visible-{town().number()}", display_name=name)
        shown = reply.json["user"]["display_name"] if reply.status == 201 else "x"
        assert reply.status in (201, 422) and is_clean(shown), (title, reply)
    assert register("a" * 51).status == 422 and register("a" * 50).status == 201
    assert register(f"v-{town().number()}", display_name="é" * 65).status == 422


def test_two_accounts_never_look_the_same():
    """S27: in another case, width or alphabet, or with what is not seen."""
    ann()
    for name in LOOKALIKES:
        reply = register(name)
        assert reply.status in (409, 422), (name, reply)
    composed, apart = "\u00e9va", "e\u0301va"
    assert register(composed).status == 201 and register(apart).status == 409


def test_nobody_in_a_room_looks_like_somebody_else_there():
    """S27: guests like accounts, and guests like guests."""
    ann()
    with WebSocketWire(town(), town().address()) as first, WebSocketWire(town(), town().address()) as second:
        for name in LOOKALIKES:
            answer = second.call("join", {"room": "square", "user_id": name})
            assert answer["status"] == "error", (name, answer)
        assert first.call("join", {"room": "square", "user_id": "zoë"})["status"] == "success"
        for name in ("zoë", "zoe\u0308", "ZOË", "ｚｏë", "zоë", "z\u200boë"):
            answer = second.call("join", {"room": "square", "user_id": name})
            assert answer["status"] == "error", (name, answer)
        assert second.call("join", {"room": "square", "user_id": "zoe-2"})["status"] == "success"


def test_names_of_guests_can_be_seen():
    """S27: what is taken comes back as it is seen."""
    for title, name in UNSEEN.items():
        with WebSocketWire(town(), town().address()) as wire:
            answer = wire.call("join", {"room": "lobby", "user_id": name})
            assert answer["status"] == "error" or is_clean(answer["user_id"]), (title, answer)
        reply = town().ask("POST", "/user/profile", {"user_id": f"p{town().number()}", "username": name})
        assert reply.status in (200, 400), (title, reply)
    with WebSocketWire(town(), town().address()) as wire:
        assert wire.call("join", {"room": "lobby", "user_id": "x" * 65})["status"] == "error"
    for name in ("admin", "system", "ADMIN", "аdmin", "ｓｙｓｔｅｍ"):
        with WebSocketWire(town(), town().address()) as wire:
            assert wire.call("join", {"room": "lobby", "user_id": name})["status"] == "error", name


def test_ids_of_rooms_have_one_spelling():
    """S27: NFC, nothing unseen; another spelling is the same room or none."""
    account = ann()

    def make(**fields):
        return town().ask("POST", "/api/v1/rooms", {"kind": "public", **fields}, bearer=account.access)

    for title, name in UNSEEN.items():
        if name.strip():
            reply = make(id=name)
            assert reply.status == 422 or is_clean(reply.json["id"]), (title, reply)
        for field in ("name", "topic"):
            reply = make(**{field: name})
            assert reply.status == 422 or is_clean(reply.json[field]), (title, field, reply)
    assert make(id="caf\u00e9").status == 201
    assert make(id="cafe\u0301").status == 409
    seen = town().ask("GET", f"/api/v1/rooms/{quoted('cafe' + chr(0x301))}", bearer=account.access)
    assert seen.status == 200 and seen.json["id"] == "caf\u00e9", seen
    assert make(id="x" * 200).status == 422


def test_names_of_files_can_be_seen():
    """S27: no name hides what a file is."""
    account = ann()
    for title, name in UNSEEN.items():
        reply = town().ask("POST", f"/api/v1/rooms/square/files?name={quoted(name)}", b"text", bearer=account.access)
        assert reply.status in (201, 400, 422), (title, reply)
        if reply.status == 201:
            assert is_clean(reply.json["name"]) and "/" not in reply.json["name"], (title, reply)
