"""Socket.IO over each transport, for many short calls: event in, acknowledgement out."""

from __future__ import annotations

import json

from attacks.socketio_client import PATH, SocketIO
from rights.town import Town


class WebSocketWire:
    """A connection over WebSocket."""

    name = "websocket"

    def __init__(self, town: Town, source: str, auth: object = None) -> None:
        self._socket = SocketIO(town.port, source=source)
        self.greeting = self._socket.connect("/", auth)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def call(self, event: str, payload: dict) -> dict:
        return self._socket.call(event, payload)

    def events(self) -> list[list]:
        """What has come by now, but acknowledgements."""
        return self._socket.collect()

    def close(self) -> None:
        self._socket.close()


class PollingWire:
    """A session over polling, on the kept connections of its town."""

    name = "polling"

    def __init__(self, town: Town, source: str, auth: object = None) -> None:
        self._town, self._source = town, source
        self._target = f"{PATH}?EIO=4&transport=polling"
        opened = self._ask("GET").text
        self._target += f"&sid={json.loads(opened[1:])['sid']}"
        self._next = 0
        self._events: list[list] = []
        self._packets: list[str] = []
        self._post("40" + ("" if auth is None else json.dumps(auth)))
        self.greeting = self._await("40", "44")

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def call(self, event: str, payload: dict) -> dict:
        number, self._next = self._next, self._next + 1
        self._post(f"42{number}{json.dumps([event, payload])}")
        return self._await(f"43{number}[")[0]

    def close(self) -> None:
        self._ask("POST", b"1")

    def _await(self, *starts: str):
        """The content of the next packet that begins so."""
        while True:
            while self._packets:
                packet = self._packets.pop(0)
                if packet.startswith(starts):
                    return json.loads(packet[min(packet.index(sign) for sign in "[{" if sign in packet):])
                if packet == "2":
                    self._post("3")
            reply = self._ask("GET")
            assert reply.status == 200, reply
            self._packets = reply.text.split("\x1e")

    def _post(self, packet: str) -> None:
        reply = self._ask("POST", packet.encode())
        assert reply.status == 200, reply

    def _ask(self, method: str, body: bytes | None = None):
        headers = {"Content-Type": "text/plain;charset=UTF-8"} if body else None
        return self._town.ask(method, self._target, body, source=self._source, headers=headers)
