"""The library behind a server of few lines: namespaces with proofs, attachments, acknowledgements and recovery."""

from __future__ import annotations

import pathlib
import pickle
import tempfile

import harness
from attacks.arena import ECHO, Arena, Group, publish
from attacks.socketio_client import Polling, SocketIO
from attacks.wire import BINARY, CLOSE, TEXT, Gone, frame

PART = "attack"
group = Group("", lambda: [harness.program("InteropServer"), "{port}"], env={}, canary=ECHO)

PLACEHOLDER = '{"_placeholder":true,"num":%s}'


def said_until_end(socket: SocketIO) -> list[str]:
    """The texts that come until the server closes; heartbeats are answered."""
    said = []
    while True:
        try:
            said.append(socket.text())
        except Gone:
            socket.send_frame(CLOSE)
            return said


@group.case("a namespace that wants a proof lets nobody in without it")
def _(arena: Arena) -> None:
    proofs = [None, {}, {"token": None}, {"token": ""}, {"token": ["secret"]}, {"token": {"secret": 1}},
              {"token": True},
              {"token": "Secret"}, {"token": "secret "}, {"token": "secret\0"}, {"Token": "secret"}, {"token": 0},
              {"__proto__": {"token": "secret"}}]
    with SocketIO(arena.port) as socket:
        for proof in proofs:
            answer = socket.connect("/admin", proof)
            assert answer.get("message") == "not authorized", (proof, answer)
        socket.connect()
        for name in ("/Admin", "/admin/", "//admin", "/admin\u0000", "admin", "/custom/../admin", "/%61dmin"):
            with SocketIO(arena.port) as other:
                other.send_text(f'40{name},{{"token":"wrong"}}')
                try:
                    assert other.text().startswith("44"), name
                except Gone:
                    pass
        assert "sid" in socket.connect("/admin", {"token": "secret"})


@group.case("an event for a namespace whose middleware refused closes the connection")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        assert "message" in socket.connect("/admin", {})
        socket.send_text('42/admin,0["whoami"]')
        socket.end_of_stream()
    with SocketIO(arena.port) as socket:
        socket.send(frame(TEXT, b'40/admin,{"token":"wrong"}') + frame(TEXT, b'42/admin,0["whoami"]'))
        assert not [text for text in said_until_end(socket) if text.startswith("43")]


@group.case("attachments come back as they were, and in no other place")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        socket.send_text(f'451-0["message-with-ack",{PLACEHOLDER % 0},{{"a":{PLACEHOLDER % 0}}}]')
        socket.send_frame(BINARY, bytes(range(256)))
        seen = []
        while len(seen) < 2 or seen[-1][0] != BINARY:
            opcode, payload = socket.frame()
            if opcode == TEXT and payload == b"2":
                socket.send_text("3")
            elif opcode == BINARY or payload.startswith(b"46"):
                seen.append((opcode, payload))
        assert seen[0][1].startswith(b"461-0[") or seen[0][1].startswith(b"462-0["), seen
        assert all(payload == bytes(range(256)) for opcode, payload in seen[1:]), seen


class Opened:
    """Makes a file for whoever takes its pickle for an object."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return open, (str(self.path), "w")


@group.case("CVE-2025-61765: a pickled object is bytes like any others")
def _(arena: Arena) -> None:
    with tempfile.TemporaryDirectory() as folder, SocketIO(arena.port) as socket:
        path = pathlib.Path(folder) / "opened"
        data = pickle.dumps(Opened(path))
        socket.connect()
        socket.send_text(f'451-0["message-with-ack",{PLACEHOLDER % 0}]')
        socket.send_frame(BINARY, data)
        while (answer := socket.frame())[0] != BINARY:
            if answer == (TEXT, b"2"):
                socket.send_text("3")
        assert answer[1] == data
        session = Polling(arena.port)
        for kind in ("application/octet-stream", "application/python-pickle", "text/plain"):
            assert session.post(data, {"Content-Type": kind}).status < 500
        assert not path.exists()


@group.case("plain JSON that looks like a placeholder is no attachment")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        for number in ("0", "99", '"x"', "null"):
            socket.send_text(f'420["message-with-ack",{PLACEHOLDER % number}]')
            text = socket.text()
            while not text.startswith(("430", "460", "461")):
                text = socket.text()
            assert text.startswith("430["), text


for number in ("1", "-1", "1e9", '"0"', "null", "0.5", '"constructor"'):
    def _placeholder(arena: Arena, number: str = number) -> None:
        with SocketIO(arena.port) as socket:
            socket.connect()
            socket.send_text(f'451-0["message-with-ack",{PLACEHOLDER % number}]')
            socket.send_frame(BINARY, b"one")
            said = said_until_end(socket)
            assert not [text for text in said if text.startswith(("43", "46"))], said
    group.add(f"CVE-2022-2421: the placeholder {number}", _placeholder)


@group.case("CVE-2026-69185: attachments beyond the limit of bytes close the connection")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        socket.send_text('4510-["message",' + ",".join(PLACEHOLDER % number for number in range(10)) + "]")
        for _ in range(9):
            socket.send_frame(BINARY, bytes(40_000))
        socket.end_of_stream()


@group.case("CVE-2026-69185: 300 clients that park attachments are bounded")
def _(arena: Arena) -> None:
    sockets = []
    for _ in range(300):
        socket = SocketIO(arena.port)
        socket.connect()
        socket.send_text('4510-["message",' + ",".join(PLACEHOLDER % number for number in range(10)) + "]")
        socket.send_frame(BINARY, bytes(99_000))
        sockets.append(socket)
    for socket in sockets:
        socket.close()


@group.case("GHSA-55mf-67qm-4wpg: attachments that do not come are not waited for without end")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        socket.connect()
        socket.send_text(f'451-["message",{PLACEHOLDER % 0}]')
        # Heartbeats go on; they keep the session alive, not the packet.
        said_until_end(socket)


@group.case("answers to questions of others, and to none, are not taken")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as asked, SocketIO(arena.port) as other:
        asked.connect()
        other.connect()

        def wait_for(word: str) -> str:
            while word not in (text := asked.text()):
                pass
            return text

        def is_answered() -> bool:
            """Asks, and answers as somebody else first; the server waits for an answer for a second only."""
            asked.send_text('42["ask-me","right?"]')
            text = wait_for("question")
            number = text[2:text.index("[")]
            other.send_text(f'43{number}["forged"]')
            other.ping()
            asked.send_text(f'43{number}["mine"]')
            text = wait_for("answered")
            assert "forged" not in text, text
            asked.send_text(f'43{number}["again"]')
            asked.ping()
            return "mine" in text

        harness.wait_until(is_answered, "the right answer is taken")


@group.case("recovery with ids of every kind gives a fresh session")
def _(arena: Arena) -> None:
    for proof in ({"pid": "AAAAAAAAAAAAAAAAAAAA", "offset": "a"}, {"pid": [], "offset": {}},
                  {"pid": "__proto__", "offset": ""},
                  {"pid": "", "offset": "9" * 5000}, {"pid": "a" * 50_000, "offset": "b"}, {"pid": 5, "offset": 5}):
        with SocketIO(arena.port) as socket:
            answer = socket.connect("/", proof)
            assert answer["sid"] and answer.get("pid") not in ("AAAAAAAAAAAAAAAAAAAA", "__proto__", ""), answer


@group.case("100 namespaces of one connection, and no more")
def _(arena: Arena) -> None:
    with SocketIO(arena.port) as socket:
        for name in ("/", "/custom"):
            assert "sid" in socket.connect(name)
        for number in range(2000):
            assert "message" in socket.connect(f"/nothing-{number}")


publish(globals())
