"""Static files: no way out of the folder that is served, and no other way in."""

from __future__ import annotations

import atexit
import functools
import os
import pathlib
import shutil
import tempfile

import support
from attacks.arena import Arena, Group, parley, publish
from attacks.wire import Response, Wire, ask, request

PART = "attack"
SECRET = "the text that nobody may read"


@functools.cache
def folder() -> pathlib.Path:
    """A copy of the page, with what must not be served beside and within it."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="parley-attack-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    public = root / "public"
    shutil.copytree(support.ROOT / "Public", public)
    (root / "secret.txt").write_text(SECRET)
    (root / "public-of-others").mkdir()
    (root / "public-of-others" / "secret.txt").write_text(SECRET)
    (public / ".env").write_text(SECRET)
    (public / ".hidden").mkdir()
    (public / ".hidden" / "secret.txt").write_text(SECRET)
    (public / "outside.txt").symlink_to(root / "secret.txt")
    (public / "neighbour.txt").symlink_to(root / "public-of-others" / "secret.txt")
    (public / "outside").symlink_to(root)
    (public / "circle").symlink_to(public)
    (public / "nowhere.txt").symlink_to(public / "nothing")
    os.mkfifo(public / "pipe.txt")
    (public / "large.bin").write_bytes(bytes(8 << 20))
    return public


def command() -> list[str]:
    words = parley()
    words[words.index("--public") + 1] = str(folder())
    return words


group = Group("", command)


@functools.cache
def asset_folder(port: int) -> str:
    """`/assets/<hash>`, as the page names it."""
    page = ask(port, "GET", "/", {"Accept": "text/html"}).text
    start = page.index("/assets/")
    return page[start:page.index("/", start + 8)]


PREFIXES = ["/", "/assets/", "{assets}/", "{assets}/css/", "{assets}/js/", "/socket.io/", "/socket.io/socket.io.js/",
            "/chat/", "/favicon.svg/", "/room/"]
TARGETS = ["secret.txt", "public-of-others/secret.txt", "../data/parley.db", "etc/passwd"]
WAYS_UP = {
    "points": "../", "points, slash encoded": "..%2f", "points encoded": "%2e%2e/", "all encoded": "%2e%2e%2f",
    "capitals": "%2E%2E%2F", "one point encoded": ".%2e/", "the other point encoded": "%2e./",
    "encoded twice": "%252e%252e%252f", "encoded three times": "%25252e%25252e%25252f",
    "slash encoded twice": "..%252f", "backslash encoded": "..%5c", "all of a backslash encoded": "%2e%2e%5c",
    "backslash encoded twice": "..%255c",
    "overlong slash": "..%c0%af", "overlong points": "%c0%ae%c0%ae/", "longer overlong slash": "..%e0%80%af",
    "four bytes of slash": "..%f0%80%80%af", "fullwidth slash": "..%ef%bc%8f",
    "fullwidth points": "%ef%bc%8e%ef%bc%8e/", "division slash": "..%e2%88%95", "doubled points": "....//",
    "doubled slash": "..//", "a point between": ".././",
    "fullwidth points in UTF-16": "%uff0e%uff0e/", "longer overlong points": "%e0%80%ae%e0%80%ae/",
    "a parameter encoded": "..%3b/", "slash and backslash": "..%2f..%5c", "a step and an encoded slash": "..%2f../",
    "a parameter": "..;/", "NUL": "..%00/", "a line end": "..%0d%0a/", "a blank": "..%20/", "points and NUL": "%00../",
    "UTF-16 escapes": "%u002e%u002e%u002f", "a letter stepped over": "a/../../",
}
for title, way in WAYS_UP.items():
    def _climb(arena: Arena, way: str = way) -> None:
        assert_no_files(arena, [
            f"{prefix}{way * depth}{target}" for prefix in PREFIXES for target in TARGETS for depth in (1, 2, 3, 8)])
    group.add(f"no way up: {title}", _climb)


def assert_nothing(answer: Response) -> None:
    assert answer.status in (400, 404, 405), answer
    for word in (SECRET, "root:", "SQLite format"):
        assert word not in answer.text, answer


def assert_no_files(arena: Arena, targets: list[str]) -> None:
    """Asks for all of them, on one connection as long as the server keeps it."""
    assets = asset_folder(arena.port)
    wire = Wire(arena.port)
    for target in targets:
        wire.send(request("GET", target.replace("{assets}", assets), arena.port))
        answer = wire.response()
        assert_nothing(answer)
        if answer.field("connection") == "close":
            wire.close()
            wire = Wire(arena.port)
    wire.close()


FORBIDDEN: dict[str, list[str]] = {
    "dot files": ["{assets}/.env", "/.env", "{assets}/.hidden/secret.txt", "{assets}/%2eenv", "/assets/.env",
                  "/.git/config", "{assets}/.git/config", "{assets}/css/.env", "{assets}/./.env"],
    "links that lead out": ["{assets}/outside.txt", "{assets}/neighbour.txt", "{assets}/outside/secret.txt",
                            "{assets}/outside/public/index.html", "{assets}/nowhere.txt"],
    "links in a circle": ["{assets}/circle/index.html", "{assets}/circle/circle/index.html"],
    "pipes": ["{assets}/pipe.txt"],
    "folders": ["{assets}", "{assets}/", "{assets}/css", "{assets}/css/", "/assets/", "/assets", "{assets}//",
                "{assets}/."],
    "the data": ["/data/parley.db", "/data/signing.key", "/data/encryption.keys", "{assets}/data/parley.db",
                 "/parley.db",
                 "/data/parley.db-wal", "{assets}/../../data/data/parley.db"],
    "the source": ["/Package.swift", "/Sources/parley/Parley.swift", "/Templates/page.html", "/.build/debug/parley"],
    "absolute paths": ["//etc/passwd", "/%2fetc%2fpasswd", "{assets}//etc/passwd", "{assets}/%2fetc/passwd",
                       "/assets/%2f/etc/passwd", "/file:///etc/passwd", "/c:/windows/win.ini", "/proc/self/environ"],
    "another hash": ["/assets/0/index.html", "/assets//index.html", "/assets/%00/index.html",
                     "/assets/" + "a" * 7000 + "/x"],
    "names that go on": ["{assets}/index.html%00.txt", "{assets}/index.html/", "{assets}/index.html.",
                         "{assets}/index.html::$DATA",
                         "{assets}/INDEX.HTML", "{assets}/index.html~", "{assets}/index.html%20",
                         "{assets}/index.html.gz"],
    "encoded slashes": ["{assets}/css%2fbase.css", "{assets}%2findex.html", "/assets%2f", "{assets}/css%5cbase.css"],
}
for title, paths in FORBIDDEN.items():
    group.add(f"not served: {title}", lambda arena, paths=paths: assert_no_files(arena, paths))


@group.case("the page and its files are served all the same")
def _(arena: Arena) -> None:
    page = ask(arena.port, "GET", "/", {"Accept": "text/html"})
    assert page.status == 200 and "default-src 'none'" in page.field("content-security-policy"), page
    assert ask(arena.port, "GET", f"{asset_folder(arena.port)}/index.html").status == 200
    assert len(ask(arena.port, "GET", f"{asset_folder(arena.port)}/large.bin").body) == 8 << 20


RANGES = {
    "1,000 ranges": "bytes=" + ",".join("0-0" for _ in range(1000)),
    "1,000 ranges that overlap": "bytes=" + ",".join(f"{number}-" for number in range(1000)),
    "numbers beyond 64 bits": "bytes=99999999999999999999-999999999999999999999",
    "a suffix of 2^63": "bytes=-9223372036854775808", "a suffix beyond 64 bits": "bytes=-" + "9" * 5000,
    "a suffix of nothing": "bytes=-0",
    "nothing": "bytes=", "a hyphen": "bytes=-", "backwards": "bytes=9-1", "below nothing": "bytes=--1",
    "letters": "bytes=a-b",
    "another unit": "pages=0-1", "behind the end": "bytes=8388608-", "blanks": "bytes= 0 - 1 ",
    "15,000 commas": "bytes=" + "," * 15_000,
}
for title, ranges in RANGES.items():
    def _range(arena: Arena, ranges: str = ranges) -> None:
        for name in ("large.bin", "index.html"):
            answer = ask(arena.port, "GET", f"{asset_folder(arena.port)}/{name}", {"Range": ranges})
            assert answer.status in (200, 206, 400, 416), answer
            assert len(answer.body) <= 8 << 20
    group.add(f"range: {title}", _range)


@group.case("conditions of every kind")
def _(arena: Arena) -> None:
    target = f"{asset_folder(arena.port)}/index.html"
    for name in ("If-None-Match", "If-Match", "If-Range", "If-Modified-Since", "If-Unmodified-Since"):
        for value in ("*", '"', '""', "W/", '"a", ' * 3000, "a" * 15_000, "Thu, 01 Jan 1970 00:00:00 GMT",
                      "Thu, 99 Zzz 99999 99:99:99",
                      "-1", "\xff", '"a" "b"'):
            assert ask(arena.port, "GET", target, {name: value}).status in (200, 206, 304, 400, 412), (name, value)
    for value in ("gzip;q=0", "*;q=0", "gzip;q=9999999", "gzip;q=a", "gzip, " * 2000, ";;;", "identity;q=0, *;q=0",
                  "br;q=1e999"):
        assert ask(arena.port, "GET", target, {"Accept-Encoding": value}).status in (200, 400, 406), value


@group.case("methods that change something are refused")
def _(arena: Arena) -> None:
    target = f"{asset_folder(arena.port)}/index.html"
    for method in ("PUT", "DELETE", "PATCH", "POST"):
        assert ask(arena.port, method, target, body=b"<script>").status in (404, 405)
    assert b"<script>" != ask(arena.port, "GET", target).body


@group.case("a file that is cut while it is sent ends the connection and nothing else")
def _(arena: Arena) -> None:
    file = folder() / "large.bin"
    with Wire(arena.port, receive_buffer=4096) as wire:
        wire.send(request("GET", f"{asset_folder(arena.port)}/large.bin", arena.port))
        wire.take_until(b"\r\n\r\n")
        with open(file, "r+b") as shorter:
            shorter.truncate(10)
        try:
            assert len(wire.rest()) < 8 << 20
        finally:
            file.write_bytes(bytes(8 << 20))


@group.case("a file that is replaced by a link while the server runs")
def _(arena: Arena) -> None:
    file = folder() / "large.bin"
    file.unlink()
    try:
        for target in (folder().parent / "secret.txt", pathlib.Path("/etc/passwd"), pathlib.Path("/dev/zero")):
            file.symlink_to(target)
            with Wire(arena.port) as wire:
                wire.send(request("GET", f"{asset_folder(arena.port)}/large.bin", arena.port))
                rest = wire.rest()
                assert SECRET.encode() not in rest and b"root:" not in rest
            file.unlink()
    finally:
        file.write_bytes(bytes(8 << 20))


@group.case("100 readers of a large file that stop reading are bounded")
def _(arena: Arena) -> None:
    target = f"{asset_folder(arena.port)}/large.bin"
    wires = [Wire(arena.port, receive_buffer=4096) for _ in range(100)]
    for wire in wires:
        wire.send(request("GET", target, arena.port))
    for wire in wires:
        wire.take_until(b"\r\n\r\n")
    for wire in wires:
        wire.reset()


@group.case("a reader of a large file that goes at once", growth=64 << 20)
def _(arena: Arena) -> None:
    for _ in range(100):
        wire = Wire(arena.port)
        wire.send(request("GET", f"{asset_folder(arena.port)}/large.bin", arena.port) * 3)
        wire.reset()


publish(globals())
