"""The interop server on python-socketio and uvicorn: what our browser client must also work with.

`python Tests/Interop/reference_server.py --port N`. Examples/InteropServer offers the same events in Swift.
"""

from __future__ import annotations

import argparse
import asyncio

import socketio
import uvicorn

io = socketio.AsyncServer(
    async_mode="asgi", cors_allowed_origins="*", ping_interval=1, ping_timeout=3, max_http_buffer_size=100_000)


async def greet(sid: str, auth: object, namespace: str) -> None:
    # After the answer to the CONNECT, which goes out when the connect handler returns.
    await asyncio.sleep(0)
    await io.emit("auth", auth or {}, to=sid, namespace=namespace)


@io.on("connect", namespace="/")
@io.on("connect", namespace="/custom")
async def connect(sid: str, environ: dict, auth: object = None) -> None:
    namespace = "/custom" if sid in rooms_of("/custom") else "/"
    io.start_background_task(greet, sid, auth, namespace)


def rooms_of(namespace: str) -> set[str]:
    return {sid for sid, _ in io.manager.get_participants(namespace, None)} if namespace in io.manager.rooms else set()


@io.on("connect", namespace="/admin")
async def connect_admin(sid: str, environ: dict, auth: object = None) -> None:
    if not isinstance(auth, dict) or auth.get("token") != "secret":
        raise socketio.exceptions.ConnectionRefusedError("not authorized", {"code": "E_AUTH", "retry": False})


@io.on("message")
async def message(sid: str, *args: object) -> None:
    await io.emit("message-back", args, to=sid)


@io.on("message-with-ack")
async def message_with_ack(sid: str, *args: object) -> tuple:
    return args


@io.on("whoami", namespace="/admin")
async def whoami(sid: str) -> str:
    return "admin"


@io.on("ask-me")
async def ask_me(sid: str, *args: object) -> None:
    """Asks the client back, and reports what it answered."""
    async def ask() -> None:
        try:
            answer = await io.call("question", args, to=sid, timeout=1)
            await io.emit("answered", {"answer": answer}, to=sid)
        except socketio.exceptions.TimeoutError:
            await io.emit("answered", {"error": "operation has timed out"}, to=sid)
    io.start_background_task(ask)


@io.on("join")
async def join(sid: str, room: str) -> str:
    await io.enter_room(sid, room)
    return "joined"


@io.on("leave")
async def leave(sid: str, room: str) -> str:
    await io.leave_room(sid, room)
    return "left"


@io.on("say")
async def say(sid: str, room: str, *args: object) -> str:
    await io.emit("said", args, to=room, skip_sid=sid)
    return "said"


@io.on("disconnect-me")
async def disconnect_me(sid: str, close: bool = False) -> None:
    await io.disconnect(sid)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    uvicorn.run(socketio.ASGIApp(io), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
