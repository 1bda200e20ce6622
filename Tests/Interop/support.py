"""What the tests outside Swift share."""

import contextlib
import os
import pathlib
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Skip(Exception):
    """Raised by a test that does not apply on this machine; says why."""


def binary(name="parley"):
    """The path of a built program: the debug build unless TEST_BINARIES names another folder."""
    return pathlib.Path(os.environ.get("TEST_BINARIES", ROOT / ".build" / "debug")) / name


def environment():
    """This process's variables without those that would set up a server."""
    foreign = ("PARLEY_", "MONGO", "DATABASE_")
    names = {"PORT", "HOST", "SECRET_KEY", "JWT_SECRET", "TOKEN_SECRET", "ENCRYPTION_KEY", "APP_KEY", "CORS_ORIGINS"}
    return {name: text for name, text in os.environ.items() if not name.startswith(foreign) and name not in names}


@contextlib.contextmanager
def directory():
    """A new directory, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="parley-") as path:
        yield pathlib.Path(path)
