"""The official JavaScript clients in Chromium against this server: 4.8.1, and 2.0.3 for Engine.IO 3."""

import functools

import browser_cases
import harness

PART = "browser"


@functools.cache
def current():
    return browser_cases.Bench(browser_cases.interop(), client="socket.io-4.js")


@functools.cache
def recovering():
    return browser_cases.Bench(browser_cases.interop("--recovery"), client="socket.io-4.js")


@functools.cache
def old():
    # It was written before content security policies: its JSONP makes script elements.
    return browser_cases.Bench(browser_cases.interop(), client="socket.io-2.js", policy=None)


ANY = ["polling", "websocket", "upgrade"]

globals().update(browser_cases.tests(__name__, "v4", current, {
    "everywhere": ANY, "once": ["upgrade"], "lives": ["upgrade", "websocket"], "talk": ["polling", "websocket"],
    "official": ["websocket"],
}))
globals().update(browser_cases.tests(__name__, "v4", recovering, {"recovery": ["polling", "websocket"]}))
globals().update(browser_cases.tests(__name__, "v2", old, {"v2": [*ANY, "jsonp"], "v2Upgrade": ["upgrade"]}))


if __name__ == "__main__":
    harness.alone(__file__)
