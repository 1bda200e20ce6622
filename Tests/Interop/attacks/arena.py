"""Where attacks take place: a server, a client that must be answered throughout, and what the server uses up."""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
import resource
import ssl
import threading
import time
import uuid
from typing import Callable

import harness
import support

from attacks.socketio_client import SocketIO
from attacks.wire import Gone, Wire, request

MEBIBYTE = 1 << 20
MAX_GROWTH = 64 * MEBIBYTE
"""How much a case may add to the server's memory at its worst moment."""

HASHING = (os.cpu_count() or 1) * 20 * MEBIBYTE
"""What Argon2id takes while passwords are hashed on every core; a case where that happens may cost so much more."""

WORTH_TELLING = 1.0
"""Answers to the canary that took longer, in seconds, are told; nothing is asserted on them."""


def parley(*flags: str) -> list[str]:
    """The command of the chat's server."""
    return [harness.program("parley"), "serve", "--port", "{port}", "--data", "{data}/data", "--threads", "2",
            "--public", str(support.ROOT / "Public"), *flags]


def allow_many_connections() -> None:
    """A thousand connections need a thousand descriptors at this end, too."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if most == resource.RLIM_INFINITY else min(most, 8192)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def limited(command: list[str], descriptors: int) -> list[str]:
    """The same under a limit of open files; the shell becomes the server."""
    return ["/bin/sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", *command]


class Arena:
    """One server with its canary."""

    def __init__(
        self, command: list[str], env: dict[str, str], canary: "CanaryTalk", tls: ssl.SSLContext | None = None
    ) -> None:
        allow_many_connections()
        self.server = harness.ServerProcess(command, env)
        self.port = self.server.port
        self.canary = Canary(self.port, canary, tls)
        self._tls = tls
        self._probe: Wire | None = None

    def close(self) -> None:
        self.canary.stop()
        if self._probe:
            self._probe.close()
        self.server.discard()

    def assert_well(self) -> None:
        """The server runs and answers now, and has answered the canary all the time."""
        if not self.server.is_running:
            raise AssertionError("the server has ended:\n" + "\n".join(self.server.lines[-30:]))
        self.canary.assert_well()
        # The connection is kept for the next time, unless it waits too long for it.
        if not self._probe or not self._is_answered(self._probe):
            self._probe = Wire(self.port, tls=self._tls)
            assert self._is_answered(self._probe), "a new connection was not answered"

    def _is_answered(self, wire: Wire) -> bool:
        try:
            return wire.send(request("GET", "/healthz", self.port)) and wire.response().status in (200, 404)
        except Gone:
            wire.close()
            return False

    # What the server uses up; where the system does not tell, nothing.

    @property
    def _proc(self) -> pathlib.Path:
        return pathlib.Path(f"/proc/{self.server.pid}")

    @property
    def measures(self) -> bool:
        return self._proc.exists()

    def _status(self, name: str) -> int:
        if not self.measures:
            return 0
        line = next(line for line in (self._proc / "status").read_text().splitlines() if line.startswith(name + ":"))
        return int(line.split()[1])

    @property
    def memory(self) -> int:
        return self._status("VmRSS") * 1024

    def begin_peak(self) -> int:
        """Forgets the highest memory so far; the memory now."""
        with contextlib.suppress(OSError):
            (self._proc / "clear_refs").write_text("5")
        return self.memory

    @property
    def peak(self) -> int:
        """The highest memory since `begin_peak`."""
        return self._status("VmHWM") * 1024

    @property
    def threads(self) -> int:
        return self._status("Threads")

    @property
    def descriptors(self) -> int:
        return len(os.listdir(self._proc / "fd")) if self.measures else 0

    def settles(self, descriptors: int, threads: int) -> None:
        """Waits until connections and threads are as they were."""
        harness.wait_until(
            lambda: self.descriptors <= descriptors and self.threads <= threads,
            f"{descriptors} descriptors and {threads} threads, as before")


class CanaryTalk:
    """How the canary talks Socket.IO to a server: `begin` once, then the event again and again.

    `comes_back`: where the server's heartbeat is so quick that a busy machine misses it, the canary begins anew.
    """

    def __init__(
        self, begin: Callable[[SocketIO], None], event: str, argument: object, comes_back: bool = False
    ) -> None:
        self.begin, self.event, self.argument, self.comes_back = begin, event, argument, comes_back


def _join_lobby(client: SocketIO) -> None:
    # A name belongs to the guest who had it first.
    answer = client.call("join", {"room": "lobby", "user_id": f"canary-{uuid.uuid4()}"})
    assert answer["status"] == "success", answer


LOBBY = CanaryTalk(_join_lobby, "typing", {"room": "lobby", "is_typing": False})
HURRIED_LOBBY = CanaryTalk(LOBBY.begin, LOBBY.event, LOBBY.argument, comes_back=True)
ECHO = CanaryTalk(lambda client: None, "message-with-ack", "canary")


class Canary:
    """Asks over HTTP and over Socket.IO, on connections of its own, from beginning to end."""

    INTERVAL = 0.05

    def __init__(self, port: int, talk: CanaryTalk, tls: ssl.SSLContext | None = None) -> None:
        self.answers = 0
        # In seconds: of all answers, and of those since somebody set it back.
        self.slowest = 0.0
        self.slowest_lately = 0.0
        self._failure: BaseException | None = None
        self._asked: float | None = None
        self._stopped = threading.Event()
        self._port, self._talk, self._tls = port, talk, tls
        self._web = Wire(port, tls=tls)
        self._chat = self._begin()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._web.close()
        self._chat.close()

    def _begin(self) -> SocketIO:
        chat = SocketIO(self._port, tls=self._tls)
        chat.connect()
        self._talk.begin(chat)
        return chat

    def _ask(self) -> None:
        try:
            self._ask_over_http()
        except Gone:
            # A connection that waited for too long, on a busy machine; a new one must be served.
            self._web.close()
            self._web = Wire(self._port, tls=self._tls)
            self._ask_over_http()
        try:
            self._chat.call(self._talk.event, self._talk.argument)
        except Gone:
            if not self._talk.comes_back:
                raise
            self._chat.close()
            self._chat = self._begin()

    def _ask_over_http(self) -> None:
        self._web.send(request("GET", "/healthz", self._port))
        assert self._web.response().status in (200, 404)

    def assert_well(self) -> None:
        if self._failure:
            raise AssertionError(f"the canary was not answered: {self._failure!r}")

    def _run(self) -> None:
        while not self._stopped.wait(self.INTERVAL):
            start = time.monotonic()
            try:
                self._ask()
            except BaseException as failure:
                if not self._stopped.is_set():
                    self._failure = failure
                return
            self.answers += 1
            latency = time.monotonic() - start
            self.slowest = max(self.slowest, latency)
            self.slowest_lately = max(self.slowest_lately, latency)


class Group:
    """Cases against servers of one kind. The server starts with the first case and stops after the last.

    `label` goes before the names of the cases, where a file has several groups. `keeps` is how much more memory the
    server may have behind the last one: the C library does not give all of it back.
    """

    _places = itertools.count()

    def __init__(
        self, label: str = "", command: Callable[[], list[str]] = parley, env: dict[str, str] | None = None,
        canary: CanaryTalk = LOBBY, tls: Callable[[], ssl.SSLContext | None] = lambda: None,
        keeps: int = 2 * MAX_GROWTH
    ) -> None:
        self.cases: dict[str, tuple[int, Callable[[], None]]] = {}
        self._prefix = f"{label}: " if label else ""
        self._command, self._canary, self._tls = command, canary, tls
        self._keeps = keeps
        self._env = {"PARLEY_RATE_LIMITS": "off"} if env is None else env
        self._arena: Arena | None = None
        self._start: tuple[int, int, int] = (0, 0, 0)
        self._most: tuple[int, str] = (0, "none")

    def case(self, name: str, growth: int = MAX_GROWTH, deadline: int = 120) -> Callable:
        """Registers a case. `growth` is how much memory it may cost the server."""
        def register(attack: Callable[[Arena], None]) -> Callable[[Arena], None]:
            self.add(name, attack, growth, deadline)
            return attack
        return register

    def add(self, name: str, attack: Callable[[Arena], None], growth: int = MAX_GROWTH, deadline: int = 120) -> None:
        title = self._prefix + name
        assert title not in self.cases, f"two cases are named {title!r}"

        def test() -> None:
            self._attempt(title, attack, growth)

        test.deadline = deadline
        self.cases[title] = (next(Group._places), test)

    def tests(self) -> dict[str, tuple[int, Callable[[], None]]]:
        """The cases with their places in the file and, behind the last of them, a look at what they left behind."""
        last = max(place for place, _ in self.cases.values())
        return {**self.cases, f"{self._prefix}afterwards": (last, lambda: self.finish())}

    def _attempt(self, title: str, attack: Callable[[Arena], None], growth: int) -> None:
        arena = self.arena
        before = arena.begin_peak()
        arena.canary.slowest_lately = 0
        try:
            attack(arena)
            arena.assert_well()
        except BaseException:
            # The next case gets a server that is well.
            print("\n".join(arena.server.lines[-10:]), flush=True)
            self._stop()
            raise
        grown = arena.peak - before
        self._most = max(self._most, (grown, title))
        if arena.canary.slowest_lately > WORTH_TELLING:
            print(f"    the canary's answer took {arena.canary.slowest_lately * 1000:.0f} ms", flush=True)
        assert grown <= growth, f"the server's memory grew by {grown / MEBIBYTE:.0f} MiB"

    @property
    def arena(self) -> Arena:
        if self._arena is None:
            self._arena = Arena(self._command(), self._env, self._canary, self._tls())
            # Answered on all of its connections, so that they count from the beginning.
            self._arena.assert_well()
            self._start = (self._arena.memory, self._arena.descriptors, self._arena.threads)
        return self._arena

    def finish(self) -> None:
        """Nothing has stayed behind, and the canary was answered throughout."""
        arena = self._arena
        if arena is None:
            raise support.Skip("none of its cases was run")
        try:
            memory, descriptors, threads = self._start
            # A thread of a pool starts when it is first needed.
            arena.settles(descriptors, threads + 8)
            arena.assert_well()
            harness.wait_until(lambda: arena.canary.answers or arena.canary.assert_well(), "the canary was answered")
            grown = arena.memory - memory
            print(f"    the canary was answered {arena.canary.answers} times, at the slowest after "
                  f"{arena.canary.slowest * 1000:.0f} ms; memory grew by {self._most[0] / MEBIBYTE:.1f} MiB at most "
                  f"({self._most[1]}), and by {grown / MEBIBYTE:.1f} MiB in all", flush=True)
            assert grown <= self._keeps, f"its cases cost the server {grown / MEBIBYTE:.0f} MiB for good"
        finally:
            self._stop()

    def _stop(self) -> None:
        arena, self._arena = self._arena, None
        if arena:
            arena.close()


def publish(module: dict[str, object]) -> None:
    """Makes tests of all cases of a module's groups; `module` is its `globals()`."""
    groups = [each for each in module.values() if isinstance(each, Group)]
    tests = [(place, title, test) for group in groups for title, (place, test) in group.tests().items()]
    # In the order of the file, whatever their groups.
    for _, title, test in sorted(tests, key=lambda row: row[0]):
        name = f"test_{title}"
        assert name not in module, f"two tests are named {title!r}"
        test.__module__ = module["__name__"]
        module[name] = test
