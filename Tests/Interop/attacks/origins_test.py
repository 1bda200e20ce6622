"""Origins: pages of other sites get no session and change nothing, over polling and WebSocket alike."""

from __future__ import annotations


from attacks.arena import Arena, Group, parley, publish
from attacks.socketio_client import PATH, Polling
from attacks.wire import Response, WebSocket, Wire, ask, handshake_fields, request

PART = "attack"
group = Group()
LISTED = "https://chat.example,http://listed.example:8080"
listed = Group("listed", lambda: parley("--cors-origins", LISTED))
named = Group("named", lambda: parley("--hosts", "chat.example,*.chat.example"))
proxied = Group("behind a proxy", lambda: parley("--trusted-proxies", "127.0.6.0/24"))

OPEN = f"{PATH}?EIO=4&transport=polling"

FOREIGN = {
    "another site (CVE-2020-28481)": "http://evil.example",
    "null": "null",
    "nothing": "",
    "a file": "file://",
    "an extension": "chrome-extension://abcdefghijklmnop",
    "the own name as a prefix": "http://127.0.0.1.evil.example:{port}",
    "the own name as a prefix without its port": "http://127.0.0.1.evil.example",
    "the own origin as a prefix": "http://127.0.0.1:{port}.evil.example",
    "the own origin as a prefix of a port": "http://127.0.0.1:{port}0",
    "the own name as a suffix": "http://evil127.0.0.1:{port}",
    "the own name behind a point": "http://evil.127.0.0.1:{port}",
    "the own name behind a hyphen": "http://evil-127.0.0.1:{port}",
    "another port": "http://127.0.0.1:1",
    "no port": "http://127.0.0.1",
    "another scheme": "https://127.0.0.1:{port}",
    "the scheme ws": "ws://127.0.0.1:{port}",
    "no scheme": "127.0.0.1:{port}",
    "an empty scheme": "://127.0.0.1:{port}",
    "the own origin as a user": "http://127.0.0.1:{port}@evil.example",
    "a user before the own origin": "http://evil.example@127.0.0.1:{port}",
    "the own origin in the path": "http://evil.example/http://127.0.0.1:{port}",
    "the own origin in the query": "http://evil.example?http://127.0.0.1:{port}",
    "the own origin behind a number sign": "http://evil.example#http://127.0.0.1:{port}",
    "the own origin behind a backslash": "http://evil.example\\@127.0.0.1:{port}",
    "a path behind the own origin": "http://127.0.0.1:{port}/evil",
    "another name of the machine": "http://localhost:{port}",
    "IPv6 of the machine": "http://[::1]:{port}",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]:{port}",
    "the address as a number": "http://2130706433:{port}",
    "the address in short": "http://127.1:{port}",
    "the address with zeros": "http://127.000.000.001:{port}",
    "a point behind the name": "http://127.0.0.1.:{port}",
    "a star": "*", "a scheme without a host": "http://",
    "two slashes behind the own origin": "http://127.0.0.1:{port}//",
    "two origins": "http://127.0.0.1:{port} http://evil.example",
    "two origins with a comma": "http://127.0.0.1:{port}, http://evil.example",
    "a blank inside": "http:// 127.0.0.1:{port}",
    "a percent sign": "http://127.0.0.1%2eevil.example:{port}",
    "a port that overflows": "http://127.0.0.1:{wrapped}",
    "a port in fullwidth digits": "http://127.0.0.1:\uff11",
    "8,000 letters": "http://" + "a" * 8000,
}


def refused(answer: Response) -> None:
    assert answer.status == 403, answer
    assert answer.field("access-control-allow-origin") is None, answer
    assert answer.field("access-control-allow-credentials") is None, answer
    assert "sid" not in answer.text, answer


def assert_kept_out(arena: Arena, fields: dict[str, str]) -> None:
    """No way of the engine lets the origin in, and no route changes anything for it."""
    port = arena.port
    refused(ask(port, "GET", OPEN, fields))
    refused(ask(port, "GET", f"{PATH}?EIO=3&transport=polling", fields))
    refused(ask(port, "GET", f"{PATH}?EIO=3&transport=polling&j=0", fields))
    for target in (f"{PATH}?EIO=4&transport=websocket", f"{PATH}?EIO=3&transport=websocket"):
        with WebSocket(port, target, fields) as socket:
            assert socket.answer.status in (400, 403), socket.answer
            assert socket.rest() == b""
    session = Polling(port)
    refused(ask(port, "POST", session.target, fields, b"40"))
    refused(ask(port, "GET", session.target, fields))
    with WebSocket(port, session.target.replace("polling", "websocket"), fields) as socket:
        assert socket.answer.status in (400, 403), socket.answer
    preflight = ask(port, "OPTIONS", OPEN, {**fields, "Access-Control-Request-Method": "POST"})
    assert preflight.field("access-control-allow-origin") is None, preflight
    assert session.post("1").status == 200
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded",
                         "multipart/form-data; boundary=a"):
        body = b"room_id=csrf&password=p" if "form-" in content_type else b'{"room_id":"csrf","password":"p"}'
        answer = ask(port, "POST", "/room/create", {**fields, "Content-Type": content_type}, body)
        assert answer.status == 403, answer
    assert ask(port, "POST", "/chat/csrf/verify",
               body=b'{"password":"p"}').status == 404, "a page of another site made a room"


for title, origin in FOREIGN.items():
    def _foreign(arena: Arena, origin: str = origin) -> None:
        value = origin.format(port=arena.port, wrapped=arena.port + 65_536)
        assert_kept_out(arena, {"Origin": value})
    group.add(f"kept out: {title}", _foreign)


@group.case("the own origin is let in")
def _(arena: Arena) -> None:
    for origin in (f"http://127.0.0.1:{arena.port}", f"HTTP://127.0.0.1:{arena.port}"):
        assert ask(arena.port, "GET", OPEN, {"Origin": origin}).status == 200
        with WebSocket(arena.port, f"{PATH}?EIO=4&transport=websocket", {"Origin": origin}) as socket:
            assert socket.answer.status == 101


@group.case("kept out: the own origin and another on two lines")
def _(arena: Arena) -> None:
    own, other = f"Origin: http://127.0.0.1:{arena.port}\r\n", "Origin: http://evil.example\r\n"
    for lines in (own + other, other + own):
        for upgrade in (False, True):
            fields = handshake_fields() if upgrade else {}
            target = f"{PATH}?EIO=4&transport={'websocket' if upgrade else 'polling'}"
            data = request("GET", target, arena.port, fields)[:-2] + lines.encode() + b"\r\n"
            with Wire(arena.port) as wire:
                wire.send(data)
                answer = wire.response()
                assert answer.status in (400, 403), answer


@group.case("kept out: what a browser says of the site, without an origin")
def _(arena: Arena) -> None:
    for site in ("cross-site", "same-site", "nonsense"):
        answer = ask(arena.port, "POST", "/room/create", {"Sec-Fetch-Site": site}, b'{"room_id":"csrf","password":"p"}')
        assert answer.status == 403, answer


@group.case("a foreign origin with a forged host, scheme and prefix")
def _(arena: Arena) -> None:
    for fields in ({"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"},
                   {"Origin": "https://127.0.0.1:%d" % arena.port, "X-Forwarded-Proto": "https"},
                   {"Origin": "http://evil.example", "Forwarded": "host=evil.example;proto=http"},
                   {"Origin": "http://evil.example", "X-Original-Host": "evil.example", "X-Host": "evil.example"},
                   {"Origin": "http://evil.example", "X-HTTP-Method-Override": "GET", "X-Rewrite-URL": "/"}):
        assert_kept_out(arena, fields)


for title, origin in {
    "another site": "https://evil.example", "the listed name as a prefix": "https://chat.example.evil.example",
    "the listed name as a suffix": "https://evilchat.example", "a name below the listed one": "https://a.chat.example",
    "another scheme": "http://chat.example", "another port": "https://chat.example:8443",
    "no port": "http://listed.example",
    "null": "null", "a port as a prefix": "http://listed.example:80800",
    "the listed one as a user": "https://chat.example@evil.example",
    "both listed": LISTED, "a pattern": "https://*.example", "a star": "*",
    "a point for a letter": "https://chatxexample",
}.items():
    listed.add(f"kept out: {title}", lambda arena, origin=origin: assert_kept_out(arena, {"Origin": origin}))


@listed.case("listed origins are let in, exactly")
def _(arena: Arena) -> None:
    for origin in LISTED.split(","):
        answer = ask(arena.port, "GET", OPEN, {"Origin": origin})
        assert answer.status == 200 and answer.field("access-control-allow-origin") == origin, answer
        assert "origin" in answer.field("vary").lower(), answer


def _rebind(arena: Arena, name: str) -> None:
    """A page whose name stands for this server's address is of one origin with it, and the server serves it nothing."""
    site = f"{name}:{arena.port}"
    fields = {"Origin": f"http://{site}", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    upgrade = {**handshake_fields(), "Origin": f"http://{site}"}
    session = Polling(arena.port)
    assert ask(arena.port, "POST", "/room/create", body=b'{"room_id":"rebound","password":"p"}').status in (200, 409)
    assert ask(arena.port, "POST", "/chat/rebound/verify", body=b'{"password":"p"}').status == 200
    asked: list[tuple[str, str, dict[str, str], bytes | None]] = [
        ("GET", "/", fields, None), ("GET", "/chat/rebound/messages", fields, None),
        ("GET", "/js/socket.js", fields, None), ("OPTIONS", OPEN, fields, None), ("GET", "/healthz", {}, None),
        ("POST", "/chat/rebound/verify", fields, b'{"password":"p"}'),
        ("POST", "/room/create", fields, b'{"room_id":"made by the page","password":"p"}'),
        ("POST", session.target, fields, b"40"), ("GET", session.target, fields, None),
        *[("GET", f"{PATH}?EIO={revision}&transport={transport}", given, None) for revision in (3, 4)
          for transport, given in (("polling", fields), ("websocket", upgrade))],
    ]
    for method, target, given, body in asked:
        data = request(method, target, arena.port, given, body)
        with Wire(arena.port) as wire:
            wire.send(data.replace(f"Host: 127.0.0.1:{arena.port}".encode(), f"Host: {site}".encode()))
            answer = wire.response()
            assert answer.status == 421 and "server.hosts" in answer.text, (method, target, answer)
            assert answer.field("connection") == "close" and wire.rest() == b"", (method, target, answer)
            assert answer.field("access-control-allow-origin") is None, answer
    assert session.post("1").status == 200


for title, name in {"by a page": "rebound.example", "by a page below": "a.rebound.example",
                    "by a name that begins as the address": "127.0.0.1.rebound.example",
                    "by a name that begins as this machine": "localhost.rebound.example"}.items():
    group.add(f"DNS rebinding {title} is refused", lambda arena, name=name: _rebind(arena, name))
    named.add(f"DNS rebinding {title} is refused", lambda arena, name=name: _rebind(arena, name))


@named.case("the listed names are served, over HTTP and as origins")
def _(arena: Arena) -> None:
    for name in ("chat.example", "CHAT.example.", "a.chat.example", "localhost", "127.0.0.1", "[::1]"):
        site = f"{name}:{arena.port}"
        data = request("GET", OPEN, arena.port, {"Origin": f"http://{site}"})
        with Wire(arena.port) as wire:
            wire.send(data.replace(f"Host: 127.0.0.1:{arena.port}".encode(), f"Host: {site}".encode()))
            assert wire.response().status == 200, name


@proxied.case("only a trusted proxy can say that the connection is encrypted")
def _(arena: Arena) -> None:
    fields = {"Origin": f"https://127.0.0.1:{arena.port}", "X-Forwarded-Proto": "https"}
    assert ask(arena.port, "GET", OPEN, fields).status == 403
    assert ask(arena.port, "GET", OPEN, fields, source="127.0.6.1").status == 200
    for value in ("http", "", "https, http", "httpss", "wss"):
        answer = ask(arena.port, "GET", OPEN, {**fields, "X-Forwarded-Proto": value}, source="127.0.6.1")
        assert answer.status == 403, (value, answer)


publish(globals())
