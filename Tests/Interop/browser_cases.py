"""Runs the cases of browser_cases.js in Chromium, with the client and against the server that a test file names."""

from __future__ import annotations

import mimetypes
import pathlib
import re
from typing import Callable

import harness
import support

HERE = pathlib.Path(__file__).parent
CLIENTS = support.ROOT / ".build" / "clients"

PAGE = """<!doctype html><html lang="en"><title>Interop</title>{script}</html>"""

# The policy of the real page: the client must work under it.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types default")

RUN = """
async ([file, group, name, settings]) => {
    const cases = await import(`/__test/cases/${file}`);
    const ours = () => import("/__test/public/js/socket.js").then((all) => Object.assign(all.io, all));
    const io = globalThis.io ?? await ours();
    const stage = cases.Stage && new cases.Stage();
    const sockets = [];
    const connect = (...args) => {
        const socket = io(...args);
        sockets.push(socket);
        return socket;
    };
    const open = (nsp = "/", options = {}) =>
        connect(location.origin + nsp, { forceNew: true, reconnectionDelay: 50, ...settings.options, ...options });
    try {
        const given = { open, control, stage, io: Object.assign(connect, io), isReference: settings.isReference };
        await cases[group][name](given);
    } finally {
        for (const socket of sockets) socket.disconnect();
        stage?.strike();
    }
}
"""

def interop(*flags: str) -> list[str]:
    """The command of the server in Swift that offers what the cases need."""
    return [harness.program("InteropServer"), "{port}", *flags]


MODES = {
    "polling": {"transports": ["polling"]},
    "websocket": {"transports": ["websocket"]},
    "upgrade": {"transports": ["polling", "websocket"]},
    "jsonp": {"transports": ["polling"], "forceJSONP": True},
    "played": {},
}

# Where the groups of cases stand.
FILES = {
    "everywhere": "browser_cases.js", "once": "browser_cases.js", "recovery": "browser_cases.js",
    "lives": "lifecycle_cases.js", "talk": "talk_cases.js", "official": "talk_cases.js",
    "alone": "client_cases.js",
    "v2": "v2_cases.js", "v2Upgrade": "v2_cases.js",
}


def names(group: str) -> list[str]:
    """The cases of an exported group, in the order of the file."""
    text = (HERE / FILES[group]).read_text(encoding="utf-8")
    body = re.search(rf"^export const {group} = {{$(.*?)^}};$", text, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r'^    async "([^"]+)"\(', body, re.MULTILINE)


def tests(module: str, title: str, bench: Callable[[], Bench], groups: dict[str, list[str]]) -> dict[str, Callable]:
    """A test for each case of each group in each of its modes, for the globals of the module of that name."""
    made = {}
    for group, modes in groups.items():
        for mode in modes:
            for name in names(group):
                made[f"test_{title}_{mode}: {name}"] = case(module, bench, group, mode, name)
    return made


def case(module: str, bench: Callable[[], Bench], group: str, mode: str, name: str) -> Callable[[], None]:
    def run() -> None:
        bench().run(group, name, MODES[mode])

    run.__module__ = module
    return run


class Bench:
    """A page, on the origin of the server under test (if there is one), behind a proxy that can be cut."""

    def __init__(
        self, command: list[str] | None, client: str | None = None, is_reference: bool = False,
        policy: str | None = POLICY,
    ) -> None:
        self.page = harness.browser().new_page()
        self.server = harness.ServerProcess(command) if command else None
        self.proxy = harness.Proxy(self.server.port) if command else None
        self._client = client
        self._headers = {"Content-Security-Policy": policy} if policy else {}
        self._is_reference = is_reference
        self.problems: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.route("**/__test/**", self._serve)
        self.page.expose_function("control", self._control)
        self.page.goto(f"{self.proxy.url if command else 'http://localhost'}/__test/page.html")

    def run(self, group: str, name: str, options: dict) -> None:
        self.problems.clear()
        if self.proxy:
            self.proxy.unblock()
        # A promise that never settles would hold the test for ever.
        limited = f"""([...args]) => Promise.race([({RUN})(args), new Promise((_, reject) =>
            setTimeout(() => reject(new Error("not done after 60 s")), 60000))])"""
        try:
            facts = {"options": options, "isReference": self._is_reference}
            self.page.evaluate(limited, [FILES[group], group, name, facts])
        except Exception as error:
            raise AssertionError(str(error).splitlines()[0]) from None
        if self.problems:
            raise AssertionError(self.problems[0])

    def _control(self, action: str) -> None:
        if action == "restart":
            self.server.restart()
        else:
            getattr(self.proxy, action)()

    def _console(self, message) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            self.problems.append(message.text)

    def _serve(self, route) -> None:
        path = route.request.url.split("/__test/", 1)[1]
        folder, _, rest = path.partition("/")
        if path == "page.html":
            script = '<script src="/__test/client.js"></script>' if self._client else ""
            route.fulfill(body=PAGE.format(script=script), content_type="text/html", headers=self._headers)
        elif path == "client.js":
            route.fulfill(path=CLIENTS / self._client, content_type="text/javascript")
        else:
            file = {"public": harness.PUBLIC, "cases": HERE}[folder] / rest
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0])
