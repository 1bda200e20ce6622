"""The three handlers of `parley bench` on python-socketio and uvicorn, one process: what Parley is compared with.

`python Tests/Interop/bench_server.py --port N`. Uses uvloop and httptools where they are installed, as uvicorn does.
"""

from __future__ import annotations

import argparse

import socketio
import uvicorn

io = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*", logger=False, engineio_logger=False)


@io.on("join")
async def join(sid: str, place: dict) -> str:
    await io.enter_room(sid, place["room"])
    return "joined"


@io.on("message")
async def message(sid: str, content: dict) -> str:
    await io.emit("message", content, room=content["room"])
    return "sent"


@io.on("echo")
async def echo(sid: str, *arguments: object) -> tuple:
    return arguments


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    uvicorn.run(
        socketio.ASGIApp(io), host=options.host, port=options.port, log_level="warning", access_log=False,
        ws_per_message_deflate=False, backlog=4096)


if __name__ == "__main__":
    main()
