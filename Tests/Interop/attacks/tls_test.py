"""TLS: old versions, weak suites and renegotiation are refused; a new certificate is taken up without a cut."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import pathlib
import shutil
import signal
import socket as sockets
import ssl
import struct
import subprocess
import tempfile
import time
from typing import Callable, Iterator

import harness
import support
from attacks.arena import Arena, Group, parley, publish
from attacks.socketio_client import SocketIO
from attacks.wire import PATIENCE, Gone, Wire, request, wait_for_ends

PART = "attack"


def openssl() -> str:
    program = shutil.which("openssl")
    if not program:
        raise support.Skip("the program openssl is missing; the package of that name has it")
    return program


@functools.cache
def folder() -> pathlib.Path:
    path = pathlib.Path(tempfile.mkdtemp(prefix="parley-tls-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def certify(name: str) -> tuple[pathlib.Path, pathlib.Path]:
    """A new certificate for `localhost`, and its key."""
    certificate, key = folder() / f"{name}.pem", folder() / f"{name}.key"
    subprocess.run(
        [openssl(), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True, timeout=PATIENCE * 2)
    return certificate, key


def put(certificate: pathlib.Path, key: pathlib.Path) -> None:
    """Makes them the server's, each in one step."""
    for source, name in ((certificate, "server.pem"), (key, "server.key")):
        shutil.copy(source, folder() / "new")
        os.replace(folder() / "new", folder() / name)


def command() -> list[str]:
    put(*certify("first"))
    return parley("--tls-cert", str(folder() / "server.pem"), "--tls-key", str(folder() / "server.key"),
                  "--head-time", "4s")


def any_certificate() -> ssl.SSLContext:
    """A client that looks at nobody's name: these tests compare certificates themselves."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


group = Group("", command, tls=any_certificate)
plain = Group("without TLS")


def client(arena: Arena, *flags: str, words: str = "") -> str:
    """What `openssl s_client` says of a connection, on which it sends `words`."""
    done = subprocess.run(
        [openssl(), "s_client", "-connect", f"127.0.0.1:{arena.port}", "-servername", "localhost", *flags],
        input=words, capture_output=True, text=True, errors="replace", timeout=PATIENCE * 2)
    return done.stdout + done.stderr


# --- Versions and suites ----------------------------------------------------------------------------------------------

WEAK = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"


@group.case("TLS 1.2 and 1.3 are spoken")
def _(arena: Arena) -> None:
    for flag, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
        said = client(arena, flag)
        assert f"New, {version}" in said and "Cipher is (NONE)" not in said, said
        assert "Compression: NONE" in said and "Verification error" in said, said


for title, flag in {"TLS 1.0": "-tls1", "TLS 1.1": "-tls1_1"}.items():
    def _old(arena: Arena, flag: str = flag) -> None:
        said = client(arena, flag, "-cipher", WEAK)
        assert "alert protocol version" in said and "Cipher is (NONE)" in said, said
    group.add(f"refused: {title}", _old)


@group.case("of all suites of TLS 1.2 only those with forward secrecy and authenticated encryption are taken")
def _(arena: Arena) -> None:
    listed = subprocess.run([openssl(), "ciphers", "-tls1_2", WEAK], capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.strip().split(":") if not name.startswith("TLS_")]
    assert len(names) > 20, names
    taken = {name for name in names
             if f"Cipher is {name}" in client(arena, "-tls1_2", "-cipher", f"{name}:@SECLEVEL=0")}
    assert taken == {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"}, taken


def hello(suites: list[int], version: int = 0x0303, extensions: bytes = b"", session: bytes = b"") -> bytes:
    """A ClientHello by hand (RFC 5246 section 7.4.1.2), with suites that a library no longer has."""
    codes = b"".join(struct.pack(">H", suite) for suite in suites)
    body = struct.pack(">H", version) + os.urandom(32) + bytes([len(session)]) + session
    body += struct.pack(">H", len(codes)) + codes + b"\1\0" + struct.pack(">H", len(extensions)) + extensions
    handshake = b"\1" + len(body).to_bytes(3, "big") + body
    return b"\x16\3\1" + struct.pack(">H", len(handshake)) + handshake


GROUPS = bytes.fromhex("000a00040002001d" "000d00080006040108040401")
"""The curve X25519, and RSA signatures."""


def assert_alert(arena: Arena, data: bytes, *alerts: int) -> None:
    """The server answers with one of these fatal alerts (RFC 8446 section 6), and ends."""
    with Wire(arena.port) as wire:
        wire.send(data)
        rest = wire.rest()
        assert rest[:1] == b"\x15" and rest[5] == 2 and rest[6] in alerts, rest[:50]


SUITES = {
    "no encryption": [0x0001, 0x0002, 0x003B, 0xC006, 0xC010], "RC4": [0x0004, 0x0005, 0xC007, 0xC011],
    "exports": [0x0003, 0x0006, 0x0008, 0x000B, 0x0014], "DES": [0x0009, 0x000C, 0x0015, 0x001A],
    "3DES": [0x000A, 0x0016, 0xC008, 0xC012], "nobody known": [0x0018, 0x0034, 0x006C, 0xC018, 0xC019],
    "no forward secrecy": [0x002F, 0x0035, 0x003C, 0x003D, 0x009C, 0x009D],
    "CBC": [0xC013, 0xC014, 0xC027, 0xC028, 0x0033, 0x0039, 0x0067, 0x006B], "suites that nobody has": [0x0A0A, 0xFEFE],
    "no suites": [],
}
for title, suites in SUITES.items():
    group.add(f"refused: {title}", lambda arena, suites=suites: assert_alert(
        arena, hello(suites, extensions=GROUPS), 40, 50, 47))

HELLOS: dict[str, bytes] = {
    "SSL 3": hello([0xC02F, 0x002F], 0x0300), "SSL 2": b"\x80\x2e\1\0\2\0\x15\0\0\0\x10\1\0\x80" + bytes(36),
    "a fallback that was forced": hello([0xC02F, 0x5600], 0x0302),
    "HTTP": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "bytes of no meaning": bytes(range(256)) * 8, "zeros": bytes(500),
    "a record that is too long": b"\x16\3\1\xff\xff" + bytes(65_535), "an empty record": b"\x16\3\1\0\0",
    "1,000 empty records": b"\x16\3\1\0\0" * 1000, "a heartbeat (Heartbleed)": b"\x18\3\2\0\3\1\x40\0",
    "a ClientHello of 16 MB": b"\x16\3\1\x40\0\1\xff\xff\xff" + bytes(16_380)
                              + (b"\x16\3\1\x40\0" + bytes(16_384)) * 40,
    "an alert": b"\x15\3\1\0\2\2\x28", "a message of the application": b"\x17\3\3\0\x20" + bytes(32),
    "extensions that overlap": hello([0xC02F], extensions=b"\0\x0a\xff\xff"),
    "an extension of renegotiation that lies": hello([0xC02F], extensions=GROUPS + b"\xff\1\0\2\1a"),
    "a session of 255 letters": hello([0xC02F], session=b"a" * 255),
}
for title, data in HELLOS.items():
    def _hello(arena: Arena, data: bytes = data) -> None:
        with Wire(arena.port) as wire:
            wire.send(data)
            wire.end()
            rest = wire.rest()
            assert rest == b"" or rest[:1] == b"\x15" or rest.startswith(b"HTTP/1.1 400"), rest[:50]
    group.add(f"ends: {title}", _hello)


@group.case("protocols other than HTTP/1.1 are refused")
def _(arena: Arena) -> None:
    assert "alert no application protocol" in client(arena, "-alpn", "h2,spdy/3")
    assert "ALPN protocol: http/1.1" in client(arena, "-alpn", "h2,http/1.1")


@contextlib.contextmanager
def typing(arena: Arena, *flags: str) -> Iterator[Callable[[str, str], str]]:
    """An `openssl s_client` at whose terminal one types: what to type, and what it must say then."""
    process = subprocess.Popen(
        [openssl(), "s_client", "-connect", f"127.0.0.1:{arena.port}", *flags], text=True, errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def type_and_wait(words: str, mark: str) -> str:
        process.stdin.write(words)
        process.stdin.flush()
        said = ""
        while mark not in said:
            line = process.stdout.readline()
            assert line, f"it ended before it said {mark!r}: {said}"
            said += line
        return said

    try:
        yield type_and_wait
    finally:
        process.kill()
        process.wait()


@group.case("clients cannot renegotiate")
def _(arena: Arena) -> None:
    with typing(arena, "-tls1_2") as words:
        words("", "Extended master secret")
        words("R\n", "RENEGOTIATING")
        words("", "no renegotiation")


@group.case("50 wishes for new keys")
def _(arena: Arena) -> None:
    with typing(arena, "-tls1_3") as words:
        words("", "Verify return code")
        for _ in range(50):
            words("K\n", "")
            time.sleep(0.01)


@group.case("no early data is taken, and no session is kept")
def _(arena: Arena) -> None:
    assert "Max Early Data: 0" in client(arena, "-tls1_3", "-ign_eof", words=request("GET", "/healthz", arena.port, {
        "Connection": "close"}).decode())
    assert "Reused" not in client(arena, "-tls1_2", "-reconnect", "-no_ticket")


# --- Connections that do not get far ----------------------------------------------------------------------------------

@group.case("500 handshakes that stop halfway are cut")
def _(arena: Arena) -> None:
    descriptors, threads = arena.descriptors, arena.threads
    whole = hello([0xC02F], extensions=GROUPS)
    wires = []
    for number in range(500):
        wire = Wire(arena.port)
        wire.send(whole if number % 3 == 0 else whole[:len(whole) // 2] if number % 3 == 1 else b"")
        wires.append(wire)
    assert wait_for_ends(wires, 2 * PATIENCE) == 0, "some were not cut"
    for wire in wires:
        wire.close()
    arena.settles(descriptors, threads + 1)


@group.case("a handshake that drips in is cut")
def _(arena: Arena) -> None:
    wire = Wire(arena.port)
    whole, sent, start = hello([0xC02F], extensions=GROUPS), 0, time.monotonic()
    while not wire.is_ended():
        assert time.monotonic() - start < 2 * PATIENCE, "it goes on and on"
        # Never the last byte.
        if sent < len(whole) - 1:
            wire.send(whole[sent:sent + 1])
            sent += 1
        time.sleep(0.05)
    wire.close()


@group.case("200 resets during the handshake")
def _(arena: Arena) -> None:
    for number in range(200):
        wire = Wire(arena.port)
        wire.send(hello([0xC02F], extensions=GROUPS)[:number])
        wire.reset()


@group.case("a stream cut without a goodbye, and a record that was changed, end one connection")
def _(arena: Arena) -> None:
    for _ in range(20):
        with SocketIO(arena.port, tls=any_certificate()) as socket:
            socket.connect()
            # Past TLS: what the server cannot decrypt.
            raw = sockets.socket(fileno=os.dup(socket.socket.fileno()))
            raw.send(b"\x17\3\3\0\x40" + os.urandom(64))
            raw.close()
            try:
                while True:
                    socket.frame()
            except Gone:
                pass


# --- New certificates -------------------------------------------------------------------------------------------------

def shown(arena: Arena) -> bytes:
    """The certificate that a new client is shown."""
    with Wire(arena.port, tls=any_certificate()) as wire:
        return wire.socket.getpeercert(binary_form=True)


def der(certificate: pathlib.Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.read_text())


def hang_up(arena: Arena, line: str) -> None:
    """Sends SIGHUP, and waits for what the server says of it: one line."""
    def count() -> int:
        return sum(line in each for each in list(arena.server.lines))

    before = count()
    arena.server.send(signal.SIGHUP)
    harness.wait_until(lambda: count() > before, f"the log says: {line}")
    assert count() == before + 1, arena.server.lines[-5:]


@group.case("a certificate is read again while an open connection lives on")
def _(arena: Arena) -> None:
    old = shown(arena)
    with SocketIO(arena.port, tls=any_certificate()) as socket:
        socket.connect()
        assert socket.call("join", {"room": "lobby", "user_id": "open"})["status"] == "success"
        for name in ("second", "third"):
            certificate, key = certify(name)
            put(certificate, key)
            assert shown(arena) == old, "the new one was taken up unasked"
            hang_up(arena, "The certificate was read again")
            old = der(certificate)
            assert shown(arena) == old
            answer = socket.call("message", {"room": "lobby", "user_id": "open", "message": name})
            assert answer["status"] == "success", answer


BROKEN = {
    "no certificate": ("server.pem", b"nothing of the kind\n"), "half a certificate": ("server.pem", None),
    "an empty certificate": ("server.pem", b""), "no key": ("server.key", b"nothing of the kind\n"),
    "another certificate's key": ("server.key", b"another"), "a file that is not there": ("server.pem", b"absent"),
}
for title, (name, content) in BROKEN.items():
    def _broken(arena: Arena, name: str = name, content: bytes | None = content) -> None:
        old, path = shown(arena), folder() / name
        good = path.read_bytes()
        if content is None:
            path.write_bytes(good[:len(good) // 2])
        elif content == b"another":
            path.write_bytes(certify("other")[1].read_bytes())
        elif content == b"absent":
            path.unlink()
        else:
            path.write_bytes(content)
        with SocketIO(arena.port, tls=any_certificate()) as socket:
            socket.connect()
            try:
                hang_up(arena, "The certificate stays as it was")
            finally:
                path.write_bytes(good)
            assert shown(arena) == old
            socket.ping()
        hang_up(arena, "The certificate was read again")
    group.add(f"a broken certificate changes nothing: {title}", _broken)


@group.case("100 SIGHUPs cost nothing", growth=16 << 20)
def _(arena: Arena) -> None:
    descriptors, threads = arena.descriptors, arena.threads
    for _ in range(100):
        hang_up(arena, "The certificate was read again")
    arena.settles(descriptors, threads + 1)


@plain.case("SIGHUP ends no server that has no certificate")
def _(arena: Arena) -> None:
    for _ in range(20):
        arena.server.send(signal.SIGHUP)
        arena.assert_well()


publish(globals())
