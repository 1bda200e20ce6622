"""Bare bytes to a server: connections without manners, and the watch on what they do to it."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import socket
import struct
import subprocess

import harness

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Ended(Exception):
    """The other side closed or reset the connection."""


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """A TCP connection to the loopback; reads with the harness's patience, never longer."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(harness.PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self._buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, data: bytes | str) -> None:
        """Sends all; a server that has closed already is no fault here, its answer may be waiting."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def read_until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._fill()
        data, _, self._buffer = self._buffer.partition(mark)
        return data + mark

    def rest(self) -> bytes:
        """All until the other side closes; fails where it does not."""
        with contextlib.suppress(Ended):
            while True:
                self._fill()
        data, self._buffer = self._buffer, b""
        return data

    def answer(self, has_body: bool = True) -> Answer:
        """The next HTTP response."""
        head = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        fields = [line.partition(":") for line in head[1:] if line]
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = b""
        if has_body and status >= 200 and status not in (204, 304):
            if headers.get("transfer-encoding") == "chunked":
                while size := int(self.read_until(b"\r\n"), 16):
                    body += self.read(size)
                    self.read(2)
                self.read(2)
            else:
                body = self.read(int(headers.get("content-length", "0")))
        return Answer(status, headers, body)

    def _fill(self) -> None:
        try:
            data = self.socket.recv(65_536)
        except ConnectionError:
            raise Ended from None
        if not data:
            raise Ended
        self._buffer += data


def frame(opcode: int, payload: bytes | str = b"", final: bool = True, reserved: int = 0, masked: bool = True,
          length: int | None = None) -> bytes:
    """A frame of a client; `length` lies about the payload's."""
    payload = payload.encode() if isinstance(payload, str) else payload
    count = len(payload) if length is None else length
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if count < 126:
        head += bytes([mask_bit | count])
    elif count < 65_536:
        head += bytes([mask_bit | 126]) + struct.pack(">H", count)
    else:
        head += bytes([mask_bit | 127]) + struct.pack(">Q", count)
    # A mask of zeros leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


class WebSocket(Wire):
    """A WebSocket by hand."""

    def __init__(self, port: int, target: str = "/socket.io/?EIO=4&transport=websocket", fields: str = "",
                 receive_buffer: int | None = None) -> None:
        super().__init__(port, receive_buffer)
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(
            f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n")
        self.opening = self.answer()

    @property
    def is_open(self) -> bool:
        return self.opening.status == 101

    def receive(self) -> tuple[int, bytes]:
        """The next frame, pings of WebSocket included."""
        first, second = self.read(2)
        count = second & 0x7F
        if count == 126:
            count = struct.unpack(">H", self.read(2))[0]
        elif count == 127:
            count = struct.unpack(">Q", self.read(8))[0]
        return first & 0x0F, self.read(count)

    def text(self) -> str:
        """The next text message that is no ping of Engine.IO."""
        while True:
            opcode, payload = self.receive()
            if opcode == CLOSE:
                raise Ended
            if opcode == TEXT and payload != b"2":
                return payload.decode()
            if payload == b"2":
                self.send(frame(TEXT, "3"))

    def say(self, text: str) -> None:
        self.send(frame(TEXT, text))

    def connect(self, namespace: str = "") -> "WebSocket":
        """Socket.IO's CONNECT."""
        assert self.is_open, self.opening
        assert self.text().startswith("0{")
        self.say(f"40{namespace}")
        assert self.text().startswith("40"), "CONNECT was not answered"
        return self

    def join(self, room: str, user: str, password: str) -> "WebSocket":
        self.connect()
        payload = json.dumps(["join", {"room": room, "user_id": user, "password": password}])
        answer = self.call(f"420{payload}", "430")
        assert answer[0]["status"] == "success", answer
        return self

    def call(self, packet: str, start: str) -> list:
        """Sends, and waits for the answer that begins with `start`."""
        self.say(packet)
        while not (text := self.text()).startswith(start):
            pass
        return json.loads(text[len(start):])

    def end(self) -> int | None:
        """Waits until the server is done with the connection; its close code, or None where it gave none."""
        code = None
        with contextlib.suppress(Ended):
            while True:
                opcode, payload = self.receive()
                if opcode == CLOSE:
                    code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else None
                    self.send(frame(CLOSE, payload[:2]))
        return code


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True,
        check=True).stdout) * 1024


def open_files(pid: int) -> int:
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


class Watch:
    """Sees that a server is unharmed: it lives, answers others, and has not grown."""

    def __init__(self, server: harness.ServerProcess, growth: int = 64 << 20) -> None:
        self.server, self.growth = server, growth
        self._http = Wire(server.port)
        self._socket = WebSocket(server.port).connect()
        self.before = resident(server.pid)

    def check(self) -> None:
        assert self.server.is_running, "the server died:\n" + "\n".join(self.server.lines[-30:])
        self._http.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert self._http.answer().status == 200, "another client is not answered over HTTP"
        # Any event is answered; this one with a refusal, for the client is in no room.
        self._socket.call('421["typing",{"room":"nowhere"}]', "431")
        grown = resident(self.server.pid) - self.before
        assert grown < self.growth, f"the server grew by {grown >> 20} MiB"
