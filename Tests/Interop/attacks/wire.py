"""TCP, HTTP/1.1 and WebSocket by hand: nothing here keeps a case from breaking a rule."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import select
import socket
import ssl
import struct
import time

PATIENCE = 30.0
"""Seconds after which an answer counts as never coming; generous, for busy machines."""

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Gone(Exception):
    """The other end has closed or reset the connection."""


class Wire:
    """One TCP connection. What was received and not yet looked at is in `buffer`."""

    def __init__(
        self, port: int, source: str | None = None, receive_buffer: int | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Ends the connection with RST."""
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def end(self) -> None:
        """Ends this side only."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes) -> bool:
        """Whether all of it could be handed over; a server may refuse before it has read everything."""
        try:
            self.socket.sendall(data)
        except TimeoutError:
            raise AssertionError(f"the server took nothing for {PATIENCE:.0f} s") from None
        except OSError:
            return False
        return True

    def send_while_open(self, data: bytes, seconds: float) -> int:
        """Sends until the server takes no more for `seconds`, or closes; how many bytes went."""
        view, sent = memoryview(data), 0
        self.socket.settimeout(seconds)
        try:
            while sent < len(view):
                sent += self.socket.send(view[sent:sent + 65_536])
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                self.socket.settimeout(PATIENCE)
        return sent

    def receive(self) -> bool:
        """Waits for more; false at the end of the stream, however it ended."""
        try:
            data = self.socket.recv(65_536)
        except TimeoutError:
            raise AssertionError(f"nothing came for {PATIENCE:.0f} s") from None
        except OSError:
            return False
        self.buffer += data
        return bool(data)

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            if not self.receive():
                raise Gone(f"after {len(self.buffer)} of {count} bytes")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def take_until(self, mark: bytes) -> bytes:
        while (index := self.buffer.find(mark)) < 0:
            if not self.receive():
                raise Gone(f"before {mark!r}: {self.buffer[:200]!r}")
        data, self.buffer = self.buffer[:index + len(mark)], self.buffer[index + len(mark):]
        return data

    def rest(self) -> bytes:
        """All that comes until the end of the stream."""
        while self.receive():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def is_ended(self) -> bool:
        """Whether the other end has closed; what came meanwhile stays in the buffer. Does not wait."""
        while select.select([self.socket], [], [], 0)[0]:
            if not self.receive():
                return True
        return False

    def response(self, head: bool = False) -> "Response":
        """The next answer; informational ones are left out."""
        while True:
            lines = self.take_until(b"\r\n\r\n")[:-4].split(b"\r\n")
            status = int(lines[0].split(b" ")[1])
            if status >= 200 or status == 101:
                break
        fields = [(name.decode().lower(), value.strip().decode("latin-1"))
                  for name, _, value in (line.partition(b":") for line in lines[1:])]
        answer = Response(status, fields)
        if not head and status not in (101, 204, 304):
            if answer.field("transfer-encoding") == "chunked":
                answer.body = self._chunks()
            elif length := answer.field("content-length"):
                answer.body = self.take(int(length))
        return answer

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.take_until(b"\r\n"), 16):
            body += self.take(size)
            self.take(2)
        self.take(2)
        return body


class Response:
    def __init__(self, status: int, fields: list[tuple[str, str]]) -> None:
        self.status, self.fields, self.body = status, fields, b""

    def field(self, name: str) -> str | None:
        return next((value for each, value in self.fields if each == name), None)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.fields)} {self.body[:300]!r}"


def request(
    method: str, target: str, port: int, fields: dict[str, str] | None = None, body: bytes | None = None
) -> bytes:
    """A well-formed request, with whatever the fields hold."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    if body is not None and "Content-Length" not in (fields or {}):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + (body or b"")


def ask(
    port: int, method: str, target: str, fields: dict[str, str] | None = None, body: bytes | None = None,
    source: str | None = None
) -> Response:
    """One request on a connection of its own."""
    with Wire(port, source) as wire:
        wire.send(request(method, target, port, fields, body))
        return wire.response(head=method == "HEAD")


def frame(
    opcode: int, payload: bytes = b"", fin: bool = True, reserved: int = 0, masked: bool = True,
    length: int | None = None, width: int | None = None
) -> bytes:
    """A frame, right or wrong. `length` is what its header says, `width` the form of it: 7, 16 or 64 bits."""
    said = len(payload) if length is None else length
    width = width or (7 if said < 126 else 16 if said < 65_536 else 64)
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    mask = 0x80 if masked else 0
    if width == 7:
        head += bytes([mask | said])
    elif width == 16:
        head += bytes([mask | 126]) + struct.pack(">H", said)
    else:
        head += bytes([mask | 127]) + struct.pack(">Q", said)
    if not masked:
        return head + payload
    key = os.urandom(4)
    repeated = (key * (len(payload) // 4 + 1))[:len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + key + mixed.to_bytes(len(payload), "big")


class WebSocket(Wire):
    """A client's end of a WebSocket; `answer` is the server's to the handshake, which may be a refusal."""

    def __init__(
        self, port: int, target: str = "/socket.io/?EIO=4&transport=websocket", fields: dict[str, str] | None = None,
        source: str | None = None, receive_buffer: int | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(port, source, receive_buffer, tls)
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(request("GET", target, port, {**handshake_fields(key), **(fields or {})}))
        self.answer = self.response()
        if self.answer.status == 101:
            digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
            assert self.answer.field("sec-websocket-accept") == base64.b64encode(digest).decode(), self.answer

    def send_frame(self, opcode: int, payload: bytes = b"", **options: object) -> bool:
        return self.send(frame(opcode, payload, **options))

    def send_text(self, text: str | bytes) -> bool:
        return self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    def frame(self) -> tuple[int, bytes]:
        """The next frame of the server."""
        first, second = self.take(2)
        assert second < 128, "the server masked a frame"
        length = second
        if second == 126:
            length = struct.unpack(">H", self.take(2))[0]
        elif second == 127:
            length = struct.unpack(">Q", self.take(8))[0]
        assert first & 0x30 == 0, f"the server set reserved bits: {first:08b}"
        return first & 0x0f, self.take(length)

    def text(self) -> str:
        """The next text message; the heartbeat is answered on the way."""
        while True:
            opcode, payload = self.frame()
            if opcode == CLOSE:
                raise Gone(f"with the close frame {payload!r}")
            if opcode == TEXT and payload == b"2":
                self.send_text("3")
            elif opcode == TEXT:
                return payload.decode()

    def end_of_stream(self) -> int | None:
        """Reads to the end: the code of the close frame, 0 for one without a code, `None` where there was no frame."""
        code = None
        while True:
            try:
                opcode, payload = self.frame()
            except Gone:
                return code
            if opcode == CLOSE:
                code = struct.unpack(">H", payload[:2])[0] if payload else 0
                self.send_frame(CLOSE, payload[:2])

    def ping(self, payload: bytes = b"are you there") -> None:
        """Sends a ping and waits for its pong: everything sent before has then been read."""
        self.send_frame(PING, payload)
        while True:
            opcode, answer = self.frame()
            if opcode == CLOSE:
                raise Gone(f"with the close frame {answer!r}")
            if opcode == TEXT and answer == b"2":
                self.send_text("3")
            if opcode == PONG and answer == payload:
                return


def handshake_fields(key: str = "dGhlIHNhbXBsZSBub25jZQ==") -> dict[str, str]:
    return {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}


def wait_for_ends(wires: list[Wire], patience: float = PATIENCE) -> int:
    """Waits until the server has closed all of them; how many it has not."""
    deadline = time.monotonic() + patience
    while wires and time.monotonic() < deadline:
        wires = [wire for wire in wires if not wire.is_ended()]
        if wires:
            time.sleep(0.02)
    return len(wires)
