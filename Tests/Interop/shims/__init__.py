"""Libraries that are preloaded into a server, so that the system fails it or tells it another time."""

from __future__ import annotations

import functools
import mmap
import pathlib
import shutil
import struct
import subprocess
import sys

import support

SOURCES = pathlib.Path(__file__).parent


@functools.cache
def library(name: str) -> pathlib.Path:
    """The library that `name.c` makes."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not sys.platform.startswith("linux") or not compiler:
        raise support.Skip("calls of the system are replaced on Linux only, with a C compiler")
    folder = support.ROOT / ".build" / "shims"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{name}.so"
    source = SOURCES / f"{name}.c"
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(
            [compiler, "-O1", "-fPIC", "-shared", "-Wall", "-Werror", "-o", made, source, "-ldl"], check=True)
    return made


class Numbers:
    """A file of 64-bit numbers that a library shares."""

    def __init__(self, path: pathlib.Path, count: int) -> None:
        self.path = path
        path.write_bytes(bytes(8 * count))
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def __getitem__(self, index: int) -> int:
        return struct.unpack_from("<q", self._map, 8 * index)[0]

    def __setitem__(self, index: int, value: int) -> None:
        struct.pack_into("<q", self._map, 8 * index, value)
