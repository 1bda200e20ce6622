"""`parley user` and `parley room`: what an operator does, beside a server that runs and without one."""

import asyncio
import json
import stat
import subprocess

import harness
import parley
import support
from maintenance import data_of, done, refused, server_on


def ask(*words, data, password=None):
    """The answer of a command that must succeed."""
    result = subprocess.run(
        [support.binary(), *words, "--json", "--data", str(data)], capture_output=True, text=True,
        input=None if password is None else password + "\n", env=support.environment(),
        timeout=harness.PATIENCE * 4)
    assert result.returncode == 0, (words, result)
    return json.loads(result.stdout)


def entries(data):
    return [json.loads(line) for line in done("audit", "show", data=data).splitlines()]


def log_in(server, **fields):
    return parley.post(f"{server.url}/api/v1/auth/login", **fields)


def check_accounts(data):
    """Makes an account, looks at it, changes it, and removes it."""
    made = ask("user", "create", "boss", "--role", "administrator", data=data)
    assert made["role"] == "administrator" and len(made["link"]["token"]) == 32, made
    ask("user", "create", "ann", "--password", data=data, password="secret123")
    assert [user["username"] for user in ask("user", "list", data=data)["users"]] == ["ann", "boss"]
    assert "ann" in done("user", "list", data=data) and "administrator" in done("user", "list", data=data)
    assert ask("user", "disable", "ann", "--reason", "spam", data=data)["disabled"] is True
    assert "disabled: true" in done("user", "show", "ann", data=data)
    assert ask("user", "enable", "ann", data=data)["disabled"] is False
    assert ask("user", "role", "ann", "moderator", data=data)["role"] == "moderator"
    assert "There is no such account" in refused("user", "show", "nobody", data=data)
    assert "last administrator" in refused("user", "disable", "boss", data=data)
    assert "--yes" in refused("user", "delete", "ann", data=data, code=64)
    assert "VERB" in refused("user", "dance", data=data, code=64)
    assert "Name the user" in refused("user", "show", data=data, code=64)


def test_without_a_server():
    server = parley.serve()
    assert server.stop() == 0
    data = data_of(server)
    check_accounts(data)
    assert "lobby" in done("room", "list", data=data)
    assert "the lobby stays" in refused("room", "delete", "lobby", "--yes", data=data)
    noted = entries(data)
    assert noted and all(entry["actor"] is None and entry["details"]["via"] == "console" for entry in noted), noted
    done("audit", "verify", data=data)
    server = server_on(data)
    assert log_in(server, username="ann", password="secret123")["user"]["role"] == "moderator"
    assert server.stop() == 0


def test_beside_a_server():
    server = parley.serve()
    data = data_of(server)
    socket = data / "parley.db.console"
    assert stat.S_ISSOCK(socket.stat().st_mode) and stat.S_IMODE(socket.stat().st_mode) == 0o600
    check_accounts(data)
    ask("user", "password", "ann", data=data, password="another secret")
    log_in(server, username="ann", password="another secret")
    link = ask("user", "password", "ann", "--link", data=data)["link"]["token"]
    parley.post(f"{server.url}/api/v1/auth/link", token=link)
    sessions = ask("user", "sessions", "ann", data=data)["sessions"]
    assert len(sessions) == 2, sessions
    done("user", "revoke", "ann", "--session", sessions[0]["id"], data=data)
    done("user", "revoke", "ann", data=data)
    assert ask("user", "sessions", "ann", data=data)["sessions"] == []
    done("user", "delete", "ann", "--yes", data=data)
    room = parley.Room(server, "hall", "correct horse").create()
    asyncio.run(in_the_room(room, data))
    done("audit", "verify", data=data)
    assert server.stop() == 0
    assert not socket.exists()


async def in_the_room(room, data):
    """What is done to a room is felt in it at once."""
    async with parley.Client(room, "eve") as eve, parley.Client(room, "bob") as bob:
        await eve.call("message", {"room": "hall", "message": "spam"})
        words = ("room", "ban", "hall", "eve", "--remove-messages", "3600", "--reason", "spam")
        banned = await asyncio.to_thread(lambda: ask(*words, data=data))
        assert banned["user"] == "eve" and banned["reason"] == "spam", banned
        refusal = await eve.call("message", {"room": "hall", "message": "still?"})
        assert refusal["status"] == "error", refusal
        assert await asyncio.to_thread(room.history) == []
        assert await asyncio.to_thread(lambda: ask("room", "archive", "hall", data=data)["archived"]) is True
        refusal = await bob.call("message", {"room": "hall", "message": "hello?"})
        assert refusal["status"] == "error" and "archive" in refusal["message"], refusal
        back = ("room", "archive", "hall", "--off")
        assert await asyncio.to_thread(lambda: ask(*back, data=data)["archived"]) is False
        assert (await bob.call("message", {"room": "hall", "message": "hello"}))["status"] == "success"
        await asyncio.to_thread(lambda: done("room", "clear", "hall", "--yes", data=data))
        assert await asyncio.to_thread(room.history) == []
        await asyncio.to_thread(lambda: done("room", "unban", "hall", "eve", data=data))
        await asyncio.to_thread(lambda: ask("room", "password", "hall", data=data, password="battery staple"))
        await asyncio.to_thread(lambda: done("room", "delete", "hall", "--yes", data=data))
        refusal = await bob.call("message", {"room": "hall", "message": "hello?"})
        assert refusal["status"] == "error", refusal
    assert "no" in refused("room", "show", "hall", data=data).lower()
