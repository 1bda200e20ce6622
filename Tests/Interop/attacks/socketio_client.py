"""Engine.IO and Socket.IO by hand, over both transports."""

from __future__ import annotations

import json
import ssl

from attacks.wire import Gone, Response, WebSocket, Wire, ask, request

PATH = "/socket.io/"


class SocketIO(WebSocket):
    """A Socket.IO client over WebSocket. The open packet has been read; nothing has been joined yet."""

    def __init__(
        self, port: int, fields: dict[str, str] | None = None, source: str | None = None,
        receive_buffer: int | None = None, revision: int = 4, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(port, f"{PATH}?EIO={revision}&transport=websocket", fields, source, receive_buffer, tls)
        assert self.answer.status == 101, self.answer
        opened = self.text()
        assert opened[0] == "0", opened
        self.facts = json.loads(opened[1:])
        self.events: list[list] = []
        self._next = 0

    def connect(self, namespace: str = "/", auth: object = None) -> dict:
        """Joins a namespace; what the server said: `sid` where it agreed, `message` where not."""
        prefix = "" if namespace == "/" else f"{namespace},"
        self.send_text(f"40{prefix}" + ("" if auth is None else json.dumps(auth)))
        while True:
            text = self.text()
            if text[:2] in ("40", "44"):
                return json.loads(text[text.index("{"):])

    def emit(self, *arguments: object) -> None:
        self.send_text("42" + json.dumps(arguments))

    def call(self, *arguments: object) -> object:
        """Emits and waits for the first argument of the answer; events that come meanwhile are kept."""
        number, self._next = self._next, self._next + 1
        self.send_text(f"42{number}{json.dumps(arguments)}")
        start = f"43{number}["
        while True:
            text = self.text()
            if text.startswith(start):
                answer = json.loads(text[len(start) - 1:])
                return answer[0] if answer else None
            self._keep(text)

    def collect(self) -> list[list]:
        """All events that were sent before the answer to a ping of now."""
        self.send_frame(9, b"collect")
        while True:
            opcode, payload = self.frame()
            if opcode == 10:
                return self.events
            if opcode == 8:
                raise Gone(f"with the close frame {payload!r}")
            if opcode == 1 and payload == b"2":
                self.send_text("3")
            elif opcode == 1:
                self._keep(payload.decode())

    def _keep(self, text: str) -> None:
        if text.startswith("42["):
            self.events.append(json.loads(text[2:]))


class Polling:
    """An Engine.IO session over polling, opened; each request has a connection of its own."""

    def __init__(self, port: int, revision: int = 4, query: str = "", fields: dict[str, str] | None = None) -> None:
        self.port, self.revision, self._fields = port, revision, fields or {}
        self.target = f"{PATH}?EIO={revision}&transport=polling{query}"
        answer = ask(port, "GET", self.target, self._fields)
        assert answer.status == 200, answer
        text = answer.text
        if text.startswith("___eio["):
            text = json.loads(text[text.index("(") + 1:text.rindex(")")])
        self.facts = json.loads(text[text.index("{"):text.index("}") + 1])
        self.target += f"&sid={self.facts['sid']}"

    def get(self) -> Response:
        return ask(self.port, "GET", self.target, self._fields)

    def begin_get(self) -> Wire:
        """Sends a poll and does not wait for its answer."""
        wire = Wire(self.port)
        wire.send(request("GET", self.target, self.port, self._fields))
        return wire

    def post(self, body: bytes | str, fields: dict[str, str] | None = None) -> Response:
        data = body.encode() if isinstance(body, str) else body
        return ask(self.port, "POST", self.target, {"Content-Type": "text/plain", **self._fields, **(fields or {})},
                   data)

    def expect_end(self) -> None:
        """The session has ended, or does with the next polls, which take what it still has to say."""
        for _ in range(4):
            answer = self.get()
            if answer.status == 400:
                return
        raise AssertionError(f"the session lives on: {answer}")

    def end(self) -> None:
        self.post("1")
