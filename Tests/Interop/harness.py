"""What the interop tests share: server processes, a proxy that can be cut, and Chromium.

Each test file runs alone: `python Tests/Interop/NAME_test.py [--binary PATH | --server URL] [--only TEXT]`.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import functools
import importlib
import logging
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable

import support

# It reports connections that a test cuts on purpose.
logging.getLogger("engineio.client").setLevel(logging.CRITICAL)

PUBLIC = support.ROOT / "Public"
PATIENCE = 30.0
"""Seconds after which a condition counts as never coming true; generous, for busy machines."""

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    # A page that the test itself supplies has no address, so that Chromium would keep it from this machine's servers.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
]


def free_port() -> int:
    """A port of the loopback that was free a moment ago; a fixed number lets a server be started again on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> object:
    """Polls `condition` until it gives something true, and returns that."""
    deadline = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(0.02)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServerProcess:
    """A server started by `command`, in which `{port}` and `{data}` are replaced; killed by its own pid only."""

    def __init__(self, command: list[str], env: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="parley-interop-"))
        self.lines: list[str] = []
        self._command = [part.format(port=self.port, data=self.data) for part in command]
        self._env = {**support.environment(), **(env or {})}
        self._process: subprocess.Popen[str] | None = None
        atexit.register(self.discard)
        self.start()

    def start(self, waits: bool = True) -> None:
        """Starts the process, and waits until it listens unless told otherwise."""
        self._process = subprocess.Popen(
            self._command, env=self._env, cwd=support.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace")
        self._collector = threading.Thread(target=self._collect, args=(self._process,), daemon=True)
        self._collector.start()
        if waits:
            wait_until(self._is_up, f"the server listens on port {self.port}")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status, once there is one."""
        return self._process.poll()

    def last_words(self) -> str:
        """Of a server that has ended: the last line that it wrote beside its log."""
        self._collector.join(PATIENCE)
        return next((line for line in reversed(self.lines) if line and not line[0].isdigit()), "")

    def send(self, number: signal.Signals) -> None:
        """A signal, without waiting for what comes of it."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL: the process gets no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        return self._end(signal.SIGTERM)

    def restart(self) -> None:
        self.kill()
        self.start()

    def discard(self) -> None:
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def _is_up(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError("the server ended:\n" + "\n".join(self.lines[-20:]))
        return accepts(self.port)

    def _collect(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            self.lines.append(line.rstrip())

    def _end(self, number: signal.Signals) -> int:
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"the server was still there {PATIENCE:.0f} s after {number.name}") from None


class Proxy:
    """Passes TCP connections on to a port, until they are cut or no more are let in."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._is_open = True
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Breaks every connection, at both ends, without a word of any protocol."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                # A reset, which no half-closed state survives.
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    end.shutdown(socket.SHUT_RDWR)

    def block(self) -> None:
        """Cuts, and lets no new connection through."""
        self._is_open = False
        self.cut()

    def unblock(self) -> None:
        self._is_open = True

    def close(self) -> None:
        self.block()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                if not self._is_open:
                    raise OSError("blocked")
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            for source, sink in ((near, far), (far, near)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(source, sink, pair), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._pairs.discard(pair)


@functools.cache
def browser():
    """The distribution's Chromium, headless, once for each test file."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise support.Skip("Playwright is missing; script/setup browser installs it") from None
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        raise support.Skip("Chromium is missing; script/setup browser installs it")
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
    atexit.register(running.close)
    return running


def program(name: str) -> str:
    """The server to test: `--binary`, or the build's."""
    return os.environ.get("TEST_BINARY") or str(support.binary(name))


def alone(file: str) -> None:
    """Runs the tests of one file: `NAME_test.py [--binary PATH] [--server URL] [--only TEXT]`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", help="path of the server to start instead of the build's")
    parser.add_argument("--server", help="URL of a server that runs already; tests that must stop it are left out")
    parser.add_argument("--only", help="run only the tests whose name contains this")
    options = parser.parse_args()
    for variable, value in {"TEST_BINARY": options.binary, "TEST_SERVER": options.server}.items():
        if value:
            os.environ[variable] = value
    import run

    name = pathlib.Path(file).stem
    module = importlib.import_module(name)
    for test in [each for each in vars(module) if each.startswith("test_")]:
        if options.only and options.only not in test:
            delattr(module, test)
    sys.exit(0 if run.run_module(name) else 1)
