"""Our browser client (Public/js/socket.js) in Chromium, against python-socketio and against this server."""

import functools
import pathlib
import sys

import browser_cases
import harness

PART = "browser"

REFERENCE = str(pathlib.Path(__file__).parent / "reference_server.py")


@functools.cache
def reference():
    return browser_cases.Bench([sys.executable, REFERENCE, "--port", "{port}"], is_reference=True)


globals().update(browser_cases.tests(__name__, "python_socketio", reference, {
    "everywhere": ["polling", "websocket", "upgrade"], "once": ["upgrade"],
}))


@functools.cache
def ours():
    return browser_cases.Bench(browser_cases.interop())


@functools.cache
def recovering():
    return browser_cases.Bench(browser_cases.interop("--recovery"))


globals().update(browser_cases.tests(__name__, "parley", ours, {
    "everywhere": ["polling", "websocket", "upgrade"], "once": ["upgrade"], "lives": ["upgrade", "websocket"],
    "talk": ["polling", "websocket"],
}))
globals().update(browser_cases.tests(__name__, "parley", recovering, {"recovery": ["polling", "websocket"]}))


@functools.cache
def nobody():
    return browser_cases.Bench(None)


globals().update(browser_cases.tests(__name__, "alone", nobody, {"alone": ["played"]}))


if __name__ == "__main__":
    harness.alone(__file__)
