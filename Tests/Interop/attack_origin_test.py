"""Pages of other origins: refused over WebSocket and polling alike; those that are listed are let in, exactly."""

import functools

import parley
import raw

PART = "attack"
LISTED = "https://chat.example:8443"
POLL = "/socket.io/?EIO=4&transport=polling HTTP/1.1\r\n"


@functools.cache
def server():
    return parley.serve("--cors-origins", LISTED)


def foreign():
    port = server().port
    own = f"http://127.0.0.1:{port}"
    return [
        "null", "https://evil.example", f"http://127.0.0.1:{port + 1}", "http://127.0.0.1", f"https://127.0.0.1:{port}",
        f"{own}.evil.example", f"{own}@evil.example", f"http://evil.example:{port}", f"http://evil.127.0.0.1:{port}",
        f"http://localhost:{port}", f"{own}/path", f"{own}//", f"{own}, https://evil.example", f"ws://127.0.0.1:{port}",
        "file://", "http://", "*", f"{LISTED}.evil.example", "https://chat.example", "http://chat.example:8443",
        "https://evil.example/?https://chat.example:8443", "https://chat.example:84430", f"x{LISTED}",
        "https://CHAT.example:8443x",
    ]


def test_a_foreign_page_opens_no_web_socket():
    for origin in foreign():
        socket = raw.WebSocket(server().port, fields=f"Origin: {origin}\r\n")
        assert not socket.is_open and 400 <= socket.opening.status < 500, f"{origin}: {socket.opening.status}"
        socket.close()


def test_a_foreign_page_opens_no_polling_session():
    for origin in foreign():
        for method in ["GET", "POST"]:
            with raw.Wire(server().port) as wire:
                wire.send(f"{method} {POLL}Host: 127.0.0.1:{server().port}\r\n"
                          f"Origin: {origin}\r\nContent-Length: 0\r\n\r\n")
                answer = wire.answer()
                assert 400 <= answer.status < 500, f"{origin}: {answer.status}"
                assert "access-control-allow-origin" not in answer.headers, f"{origin}: {answer.headers}"


def test_the_own_page_the_listed_page_and_programs_are_let_in():
    for field in [f"Origin: http://127.0.0.1:{server().port}\r\n", f"Origin: {LISTED}\r\n", ""]:
        socket = raw.WebSocket(server().port, fields=field)
        assert socket.is_open, f"{field!r}: {socket.opening}"
        socket.connect().close()
        with raw.Wire(server().port) as wire:
            wire.send(f"GET {POLL}Host: 127.0.0.1:{server().port}\r\n{field}\r\n")
            answer = wire.answer()
            assert answer.status == 200 and answer.body.startswith(b"0{"), answer
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed == (LISTED if LISTED in field else allowed) and allowed != "*", answer.headers


def test_a_foreign_page_changes_nothing_over_rest():
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]:
        for origin in ["https://evil.example", "null"]:
            with raw.Wire(server().port) as wire:
                body = "room_id=evil&password=evil"
                wire.send(f"POST /room/create HTTP/1.1\r\nHost: 127.0.0.1:{server().port}\r\nOrigin: {origin}\r\n"
                          f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}")
                assert 400 <= wire.answer().status < 500, (kind, origin)
