"""python-socketio's clients, plain and asynchronous, against this server."""

import asyncio
import contextlib
import functools
import queue

import socketio

import harness

WAYS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


@functools.cache
def server():
    return harness.ServerProcess([harness.program("InteropServer"), "{port}"])


class Inbox:
    """The events of one name, in the order in which they came."""

    def __init__(self, client, event, namespace="/"):
        self._events = queue.Queue()
        client.on(event, lambda *args: self._events.put(args), namespace=namespace)

    def next(self):
        return self._events.get(timeout=harness.PATIENCE)

    def is_empty(self):
        return self._events.empty()


@contextlib.contextmanager
def connected(way, namespaces=("/",), auth=None, prepare=None):
    client = socketio.Client(reconnection=False)
    if prepare:
        prepare(client)
    client.connect(
        server().url, transports=WAYS[way], namespaces=list(namespaces), auth=auth, wait_timeout=harness.PATIENCE)
    try:
        if way == "upgrade":
            assert client.transport() == "websocket"
        yield client
    finally:
        client.disconnect()


def echoes(way):
    with connected(way) as client:
        inbox = Inbox(client, "message-back")
        args = (1, -2.5, "é ☃ 😀 \u2028 \x00 \x1e", True, None, {"a": [{}], "": "x"}, [[[]]])
        client.emit("message", args)
        assert inbox.next() == args


def auth_reaches_the_server(way):
    inboxes = []
    def prepare(client):
        inboxes.append(Inbox(client, "auth"))

    with connected(way, auth={"token": "abc"}, prepare=prepare):
        assert inboxes[0].next() == ({"token": "abc"},)


def acknowledgements_go_both_ways(way):
    def prepare(client):
        client.on("question", lambda *args: list(args))

    with connected(way, prepare=prepare) as client:
        assert list(client.call("message-with-ack", ("a", 2), timeout=harness.PATIENCE)) == ["a", 2]
        inbox = Inbox(client, "answered")
        client.emit("ask-me", 7)
        assert inbox.next() == ({"answer": [7]},)


def a_missing_answer_is_noticed(way):
    with connected(way) as client:
        inbox = Inbox(client, "answered")
        client.emit("ask-me", 7)
        # A client without a listener acknowledges with nothing or not at all, by its version.
        assert inbox.next()[0] in ({"error": "operation has timed out"}, {"answer": None}, {})


def binary_goes_both_ways(way):
    with connected(way) as client:
        inbox = Inbox(client, "message-back")
        first, second = bytes(range(256)), b"\x1e" * 3
        client.emit("message", (first, {"deep": [{"second": second}]}, "text", b""))
        client.emit("message", "after")
        assert inbox.next() == (first, {"deep": [{"second": second}]}, "text", b"")
        assert inbox.next() == ("after",)
        assert client.call("message-with-ack", first * 100, timeout=harness.PATIENCE) == first * 100


def large_events_go_both_ways(way):
    with connected(way) as client:
        text = "ß" * 15_000
        assert client.call("message-with-ack", text, timeout=harness.PATIENCE) == text


def namespaces_share_a_connection(way):
    inboxes = []
    def prepare(client):
        inboxes.append(Inbox(client, "auth", "/custom"))

    with connected(way, ("/", "/custom"), auth={"a": 1}, prepare=prepare) as client:
        assert inboxes[0].next() == ({"a": 1},)
        assert client.get_sid("/") != client.get_sid("/custom")
        assert client.call("message-with-ack", 1, timeout=harness.PATIENCE) == 1


def a_middleware_refuses_with_data(way):
    errors = queue.Queue()
    client = socketio.Client(reconnection=False)
    client.on("connect_error", errors.put, namespace="/admin")
    try:
        client.connect(server().url, transports=WAYS[way], namespaces=["/admin"], auth={"token": "wrong"})
        raise AssertionError("it was let in")
    except socketio.exceptions.ConnectionError:
        pass
    finally:
        client.disconnect()
    expected = {"message": "not authorized", "data": {"code": "E_AUTH", "retry": False}}
    assert errors.get(timeout=harness.PATIENCE) == expected
    with connected(way, ["/admin"], auth={"token": "secret"}) as client:
        assert client.call("whoami", namespace="/admin", timeout=harness.PATIENCE) == "admin"


def rooms_reach_their_members_once(way):
    with connected(way) as ann, connected(way) as bob, connected(way) as eve:
        heard = {name: Inbox(client, "said") for name, client in {"ann": ann, "bob": bob, "eve": eve}.items()}
        for client, room in ((ann, "r"), (bob, "r"), (eve, "other")):
            assert client.call("join", room, timeout=harness.PATIENCE) == "joined"
        assert ann.call("say", ("r", "one", b"1"), timeout=harness.PATIENCE) == "said"
        assert heard["bob"].next() == ("one", b"1")
        bob.call("leave", "r", timeout=harness.PATIENCE)
        ann.call("say", ("r", "two"), timeout=harness.PATIENCE)
        for client in (bob, eve):
            client.call("message-with-ack", 0, timeout=harness.PATIENCE)
        assert all(inbox.is_empty() for inbox in heard.values())


def the_server_ends_it(way):
    for close in (False, True):
        with connected(way) as client:
            inbox = Inbox(client, "disconnect")
            client.emit("disconnect-me", close)
            inbox.next()
            assert not client.connected or not client.namespaces


def the_heartbeat_keeps_it(way):
    with connected(way) as client:
        inbox = Inbox(client, "disconnect")
        client.sleep(4)
        assert client.call("message-with-ack", 1, timeout=harness.PATIENCE) == 1
        assert inbox.is_empty()


def a_cut_connection_comes_back(way):
    proxy = harness.Proxy(server().port)
    client = socketio.Client(reconnection_delay=0.05, reconnection_delay_max=0.2)
    connects, farewells = Inbox(client, "connect"), Inbox(client, "disconnect")
    try:
        client.connect(proxy.url, transports=WAYS[way], wait_timeout=harness.PATIENCE)
        connects.next()
        proxy.block()
        farewells.next()
        proxy.unblock()
        connects.next()
        assert client.call("message-with-ack", "back", timeout=harness.PATIENCE) == "back"
    finally:
        client.disconnect()
        proxy.close()


async def asynchronous(way):
    """The asynchronous client is another implementation: the same once over."""
    client = socketio.AsyncClient(reconnection=False)
    back = asyncio.Queue()
    client.on("message-back", lambda *args: back.put_nowait(args))
    client.on("question", lambda *args: {"got": args[0]})
    client.on("answered", lambda *args: back.put_nowait(args))
    await client.connect(server().url, transports=WAYS[way], auth={"x": 1}, wait_timeout=harness.PATIENCE)
    try:
        # It gives up on polls that carry more than 16 packets, and each of these takes two.
        for number in range(8):
            await client.emit("message", (number, bytes([number])))
        got = [await asyncio.wait_for(back.get(), harness.PATIENCE) for _ in range(8)]
        assert got == [(number, bytes([number])) for number in range(8)], got
        assert await client.call("message-with-ack", {"a": b"1"}, timeout=harness.PATIENCE) == {"a": b"1"}
        await client.emit("ask-me", b"bin")
        assert await asyncio.wait_for(back.get(), harness.PATIENCE) == ({"answer": {"got": b"bin"}},)
    finally:
        await client.disconnect()


CHECKS = [
    echoes, auth_reaches_the_server, acknowledgements_go_both_ways, a_missing_answer_is_noticed, binary_goes_both_ways,
    large_events_go_both_ways, namespaces_share_a_connection, a_middleware_refuses_with_data,
    rooms_reach_their_members_once, the_server_ends_it, the_heartbeat_keeps_it, a_cut_connection_comes_back,
]


def test(check, way):
    if asyncio.iscoroutinefunction(check):
        async def run():
            await check(way)
    else:
        def run():
            check(way)
    run.__module__ = __name__
    return run


for each in [*CHECKS, asynchronous]:
    for name in WAYS:
        globals()[f"test_{each.__name__}_over_{name}"] = test(each, name)


if __name__ == "__main__":
    harness.alone(__file__)
