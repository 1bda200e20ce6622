"""Incoming and outgoing webhooks, API tokens and bots, from outside: with listeners of their own on the loopback."""

import collections
import contextlib
import hashlib
import hmac
import http.server
import json
import pathlib
import threading

import requests

import harness
from chat_client import Guest, House
from parley import serve

PASSWORD = "correct horse battery"


class Listener:
    """An HTTP server on the loopback that keeps what it is asked, and answers with the next of `answers`."""

    def __init__(self, address="127.0.0.1", answers=(), location=None, hold=lambda change: None):
        self.requests = []
        self.answers = collections.deque(answers)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hold(1)
                with outer.lock:
                    status = outer.answers.popleft() if outer.answers else 200
                    outer.requests.append((self.path, dict(self.headers), body, status))
                hold(-1)
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def told(self):
        """What was answered with 200."""
        with self.lock:
            return [(headers, json.loads(body)) for _, headers, body, status in self.requests if status == 200]


class Owner:
    """An account that owns the public room `club` of a server."""

    def __init__(self, server, name="ann"):
        self.url = server.url
        tokens = self.call("POST", "/api/v1/auth/register", {"username": name, "password": PASSWORD}, token=None)
        self.token = tokens["access_token"]
        self.call("POST", "/api/v1/rooms", {"id": "club", "kind": "public"})

    def ask(self, method, path, body=None, token=...):
        token = self.token if token is ... else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(
            method, self.url + path, json=body, headers=headers, timeout=harness.PATIENCE, allow_redirects=False)

    def call(self, method, path, body=None, token=...):
        answer = self.ask(method, path, body, token)
        assert answer.status_code < 300, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def hook(self, url, events=("message",)):
        return self.call(
            "POST", "/api/v1/rooms/club/webhooks", {"kind": "outgoing", "name": "out", "url": url, "events": events})

    def say(self, text):
        return self.call("POST", "/api/v1/rooms/club/messages", {"message": text})

    def deliveries(self, hook):
        return self.call("GET", f"/api/v1/rooms/club/webhooks/{hook['id']}/deliveries")["deliveries"]

    def shown(self, hook):
        listed = self.call("GET", "/api/v1/rooms/club/webhooks")["webhooks"]
        return next(shown for shown in listed if shown["id"] == hook["id"])


@contextlib.contextmanager
def house(*flags, **variables):
    """A server that may call this machine, and tries again soon."""
    server = serve(
        "--webhook-networks", "127.0.0.0/8", "--webhook-retry", "20ms", "--webhook-longest-retry", "50ms", *flags,
        **variables)
    try:
        yield server, Owner(server)
    finally:
        server.stop()


def verify(secret, headers, body):
    """As a receiver checks where a delivery comes from; docs/webhooks.md shows the same."""
    signed = headers["X-Parley-Timestamp"].encode() + b"." + body
    expected = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers["X-Parley-Signature"])


def test_what_happens_is_told_signed_and_in_order():
    with house() as (_, ann), Listener() as listener:
        events = ["message", "message_edited", "message_deleted", "reaction", "member_joined", "member_left"]
        hook = ann.hook(f"http://127.0.0.1:{listener.port}/in?x=1", events)
        for number in range(20):
            ann.say(f"text {number}")
        message = ann.say("last")
        ann.call("PUT", f"/api/v1/rooms/club/messages/{message['id']}/reactions/%F0%9F%91%8D")
        harness.wait_until(lambda: len(listener.told()) == 22, "all is told")
        ann.call("DELETE", f"/api/v1/rooms/club/messages/{message['id']}")
        bob = ann.call("POST", "/api/v1/auth/register", {"username": "bob", "password": PASSWORD}, token=None)
        ann.call("POST", "/api/v1/rooms/club/join", {}, token=bob["access_token"])
        ann.call("DELETE", "/api/v1/me/rooms/club", token=bob["access_token"])
        harness.wait_until(lambda: len(listener.told()) == 25, "the rest is told")
        for path, headers, body, _ in listener.requests:
            assert path == "/in?x=1" and verify(hook["secret"], headers, body), headers
            assert not verify("another", headers, body)
            assert headers["Content-Type"] == "application/json"
            assert headers["X-Parley-Event"] == json.loads(body)["event"]
        told = [body for _, body in listener.told()]
        assert [body["event"] for body in told] == [
            *["message"] * 21, "reaction", "message_deleted", "member_joined", "member_left"]
        assert [body["message"]["message"] for body in told[:21]] == [f"text {n}" for n in range(20)] + ["last"]
        assert [body["id"] for body in told] == [f"{hook['id']}.{number}" for number in range(1, 26)]
        assert told[21]["message"]["reactions"] == {"👍": ["ann"]}
        assert told[22]["message_id"] == message["id"] and "message" not in told[22] and told[22]["user"] == "ann"
        assert [body["user"] for body in told[23:]] == ["bob", "bob"]
        harness.wait_until(
            lambda: {delivery["state"] for delivery in ann.deliveries(hook)} == {"told"}, "the answers are noted")


def test_what_fails_is_tried_again_in_order_and_given_up_in_the_end():
    with house("--webhook-failures", "4") as (_, ann), Listener(answers=[500, 503, 302]) as listener:
        hook = ann.hook(f"http://127.0.0.1:{listener.port}/")
        for text in ("one", "two"):
            ann.say(text)
        harness.wait_until(lambda: len(listener.told()) == 2, "both are told")
        assert [json.loads(body)["message"]["message"] for _, _, body, _ in listener.requests] == ["one"] * 4 + ["two"]
        assert ann.deliveries(hook)[-1]["attempts"] == 4
        with listener.lock:
            listener.answers.extend([500] * 10)
        ann.say("three")
        harness.wait_until(lambda: not ann.shown(hook)["enabled"], "it is turned off")
        assert "4 times in a row" in ann.shown(hook)["disabled_reason"] and "500" in ann.shown(hook)["disabled_reason"]
        newest = ann.deliveries(hook)[0]
        assert (newest["state"], newest["attempts"], newest["status"]) == ("given_up", 4, 500)
        ann.say("nobody is told")
        with listener.lock:
            listener.answers.clear()
        ann.call("PATCH", f"/api/v1/rooms/club/webhooks/{hook['id']}", {"enabled": True})
        ann.say("four")
        harness.wait_until(lambda: len(listener.told()) == 3, "it is told again")
        assert listener.told()[-1][1]["message"]["message"] == "four"


def test_what_waits_survives_a_kill():
    with house("--webhook-failures", "1000") as (server, ann), Listener(answers=[500] * 100_000) as listener:
        ann.hook(f"http://127.0.0.1:{listener.port}/")
        sent = [ann.say(f"text {number}")["id"] for number in range(30)]
        harness.wait_until(lambda: len(listener.requests) >= 2, "it is tried")
        server.kill()
        with listener.lock:
            listener.answers.clear()
            listener.requests.clear()
        server.start()
        harness.wait_until(lambda: {body["message_id"] for _, body in listener.told()} == set(sent), "all is told")
        # At least once, and in order.
        assert list(dict.fromkeys(body["message_id"] for _, body in listener.told())) == sent


def test_no_private_address_is_called():
    """Row S19: neither by an address in any spelling, nor by a name, nor by a redirect."""
    with Listener() as listener, Listener("127.0.0.2") as admitted, \
            Listener("127.0.0.2", answers=[302, 307, 308] * 10,
                     location=f"http://127.0.0.1:{listener.port}/") as detour:
        server = serve("--webhook-networks", "127.0.0.2/32", "--webhook-retry", "20ms", "--webhook-failures", "3")
        try:
            ann = Owner(server)
            port = listener.port
            for host in (
                "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.1", "0",
                "0.0.0.0",
                "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]",
                "169.254.169.254", "[fe80::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "[fc00::1]",
                "224.0.0.1", "127.0.0.3"):
                for scheme in ("http", "https"):
                    answer = ann.ask(
                        "POST", "/api/v1/rooms/club/webhooks",
                        {"kind": "outgoing", "name": "x", "url": f"{scheme}://{host}:{port}/"})
                    assert answer.status_code == 422, (host, answer.text)
                    assert answer.json()["error"]["field"] == "url"
            for url in ("file:///etc/passwd", "gopher://127.0.0.1/", "dict://127.0.0.1/",
                        f"http://a@127.0.0.2:{port}/"):
                answer = ann.ask("POST", "/api/v1/rooms/club/webhooks", {"kind": "outgoing", "name": "x", "url": url})
                assert answer.status_code == 422, (url, answer.text)
            # What a name stands for is seen when it is called.
            named = [ann.hook(f"http://{name}:{port}/") for name in ("localhost", "LOCALHOST")]
            turned = ann.hook(f"http://127.0.0.2:{detour.port}/")
            good = ann.hook(f"http://127.0.0.2:{admitted.port}/")
            ann.say("hello")
            harness.wait_until(lambda: len(admitted.told()) == 1, "what is allowed is called")
            for hook in [*named, turned]:
                harness.wait_until(lambda: not ann.shown(hook)["enabled"], "what is refused is turned off")
            for hook in named:
                newest = ann.deliveries(hook)[0]
                assert newest["status"] is None and "private" in newest["error"], newest
            assert ann.deliveries(turned)[0]["status"] in (302, 307, 308) and len(detour.requests) == 3
            harness.wait_until(lambda: ann.deliveries(good)[0]["state"] == "told", "the answer is noted")
            assert not listener.requests, listener.requests
        finally:
            server.stop()


def test_so_many_are_called_at_a_time_and_no_more():
    active, peak, lock, go = [0], [0], threading.Lock(), threading.Event()

    def hold(change):
        with lock:
            active[0] += change
            peak[0] = max(peak[0], active[0])
        if change > 0:
            go.wait(harness.PATIENCE)

    with house("--webhook-concurrency", "2", "--webhook-time", "5m") as (_, ann), Listener(hold=hold) as listener:
        for _ in range(5):
            ann.hook(f"http://127.0.0.1:{listener.port}/")
        ann.say("hello")
        harness.wait_until(lambda: active[0] == 2, "two are called")
        go.set()
        harness.wait_until(lambda: len(listener.told()) == 5, "all are told")
        assert peak[0] == 2


def test_a_proxy_of_the_environment_is_not_asked():
    with Listener() as proxy, Listener() as listener:
        address = f"http://127.0.0.1:{proxy.port}"
        variables = {"http_proxy": address, "https_proxy": address, "all_proxy": address, "ALL_PROXY": address}
        with house(**variables) as (_, ann):
            ann.hook(f"http://127.0.0.1:{listener.port}/")
            ann.say("hello")
            harness.wait_until(lambda: len(listener.told()) == 1, "it is told")
        assert not proxy.requests


def test_an_incoming_webhook_posts_and_its_secret_is_nowhere():
    with house("--log-level", "debug") as (server, ann):
        made = ann.call("POST", "/api/v1/rooms/club/webhooks", {"kind": "incoming", "name": "builds"})
        said = ann.call("POST", made["path"], {"text": "it is green"}, token=None)
        ann.call("POST", f"/api/v1/hooks/{made['id']}", {"text": "again", "username": "nightly"}, token=made["secret"])
        history = ann.call("GET", "/api/v1/rooms/club/messages")["messages"]
        assert [(m["user_id"], m["message"]) for m in history] == [("builds", "it is green"), ("nightly", "again")]
        assert history[0]["id"] == said["id"] and all(m["bot"] and m["webhook"] for m in history)
        assert ann.ask("POST", made["path"] + "x", {"text": "x"}).status_code == 404
        assert ann.ask("POST", made["path"], {"text": "x" * 5001}).status_code == 422
        ann.call("DELETE", f"/api/v1/rooms/club/webhooks/{made['id']}")
        assert ann.ask("POST", made["path"], {"text": "x"}).status_code == 404
        server.stop()
        files = [path.read_bytes() for path in pathlib.Path(server.data).rglob("*") if path.is_file()]
        for text in (made["secret"], "it is green"):
            assert text not in "\n".join(server.lines) and not any(text.encode() in content for content in files)


def test_a_token_opens_a_connection_within_its_scopes_until_it_is_revoked():
    house = House()
    ann = Owner(house.server)

    def make(*scopes, seconds=None):
        return ann.call("POST", "/api/v1/me/tokens", {"name": "bot", "scopes": scopes, "seconds": seconds})

    reader, writer = make("messages:read"), make("messages:read", "messages:write")
    with Guest(house, auth={"token": reader["token"]}) as eyes, Guest(house, auth={"token": writer["token"]}) as hands:
        for person in (eyes, hands):
            assert person.ask("join", room="club")["user_id"] == "ann"
        assert hands.ask("message", room="club", message="hello")["status"] == "success"
        eyes.wait("message", message="hello")
        refused = eyes.ask("message", room="club", message="no")
        assert refused["status"] == "error" and refused["error"] == "scope_missing"
        assert "messages:write" in refused["message"]
        assert eyes.ask("kick", room="club", target="x")["error"] == "scope_missing"
        ann.call("DELETE", f"/api/v1/me/tokens/{writer['id']}")
        hands.wait("disconnect")
        assert eyes.ask("search", room="club", query="hello")["result_count"] == 1
    with Guest(house, auth={"token": make("rooms:read")["token"]}) as blind:
        refused = blind.ask("join", room="club")
        assert refused["error"] == "scope_missing" and "messages:read" in refused["message"]


def test_a_bot_has_only_tokens():
    house = House()
    ann = Owner(house.server)
    assert ann.call("POST", "/api/v1/rooms/club/bots", {"username": "helper"})["bot"] is True
    made = ann.call(
        "POST", "/api/v1/bots/helper/tokens", {"name": "t", "scopes": ["messages:read", "messages:write"]})
    with Guest(house, auth={"token": made["token"]}) as bot, Guest(house, auth={"token": ann.token}) as person:
        for client in (bot, person):
            client.ask("join", room="club")
        assert bot.ask("message", room="club", message="beep")["status"] == "success"
        assert person.wait("message", message="beep")["bot"] is True
        answer = ann.ask("POST", "/api/v1/auth/login", {"username": "helper", "password": "x"}, token=None)
        assert answer.status_code == 401
        ann.call("DELETE", "/api/v1/bots/helper")
        bot.wait("disconnect")
