"""What the tests outside Swift share."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Skip(Exception):
    """Raised by a test that does not apply on this machine; says why."""


def binary(name="parley"):
    """The path of a built program: the debug build unless PARLEY_BINARIES names another folder."""
    return pathlib.Path(os.environ.get("PARLEY_BINARIES", ROOT / ".build" / "debug")) / name
