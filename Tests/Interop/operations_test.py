"""What operators' programs ask: `/metrics`, `/healthz`, `/readyz`."""

import functools
import re

import harness
from chat_client import Guest, House

TOKEN = "a-token-that-is-long-enough"
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"\})? (-?[0-9.e+-]+|\+Inf|NaN)')


@functools.cache
def house():
    return House(PARLEY_METRICS_TOKEN=TOKEN, PARLEY_TRUSTED_PROXIES="127.0.0.2")


def figures():
    """Every sample by its name and labels."""
    answer = house().call("GET", "/metrics")
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"), answer.headers
    found, types = {}, {}
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} is there twice"
            types[name] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.fullmatch(line)
            assert match, f"not a sample: {line!r}"
            assert match[1] in types or re.sub("_(bucket|sum|count)$", "", match[1]) in types, line
            found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_what_happens_is_counted():
    room = house().room()
    before = figures()
    with Guest(house()) as ann, Guest(house(), transport="polling") as ben:
        ann.join(room, "ann")
        ben.join(room, "ben")
        for number in range(5):
            assert ann.ask("message", room=room, user_id="ann", message=f"text {number}")["status"] == "success"
        ben.wait("message", 5)
        now = figures()
        assert now["parley_messages_posted_total"] == before["parley_messages_posted_total"] + 5
        assert now["parley_events_received_total"] >= before["parley_events_received_total"] + 7
        assert now["parley_events_sent_total"] >= before["parley_events_sent_total"] + 15
        assert now['parley_sessions{transport="websocket"}'] == 1, now
        assert now['parley_sessions{transport="polling"}'] == 1, now
        assert now["parley_connections"] >= 2
        assert now["parley_commit_duration_seconds_count"] > before["parley_commit_duration_seconds_count"]
        assert now["parley_commits_batch_size_sum"] >= before["parley_commits_batch_size_sum"] + 5
        assert now['parley_http_requests_total{class="2xx"}'] > before['parley_http_requests_total{class="2xx"}']
        assert now["parley_commit_failures_total"] == 0
        assert now["process_resident_memory_bytes"] > 1e6 and now["process_open_fds"] > 5
        assert now["process_cpu_seconds_total"] > 0 and now["process_start_time_seconds"] > 1.6e9
        assert any(name.startswith("parley_build_info{version=") for name in now)

    def none_are_left():
        now = figures()
        return all(now[f'parley_sessions{{transport="{name}"}}'] == 0 for name in ("polling", "websocket"))

    harness.wait_until(none_are_left, "sessions that ended are not counted")


def test_metrics_are_for_this_machine_and_for_the_token():
    def status(*, source="127.0.0.1", **headers):
        headers = {name.replace("_", "-"): text for name, text in headers.items()}
        return house().call("GET", "/metrics", headers=headers, source=source).status

    assert status() == 200
    assert status(Authorization=f"Bearer {TOKEN}") == 200
    # A proxy on this machine speaks for somebody else, whether it is trusted or not, and whatever it says.
    for source in ("127.0.0.1", "127.0.0.2"):
        for field in ("X_Forwarded_For", "Forwarded", "X_Real_IP"):
            for value in ("127.0.0.1", "192.0.2.1", ""):
                assert status(source=source, **{field: value}) == 404, (source, field, value)
        assert status(source=source, X_Forwarded_For="192.0.2.1", Authorization=f"Bearer {TOKEN}") == 200
    assert status(Authorization="Bearer another-token-of-this-length") == 404
    assert status(Authorization=f"Bearer {TOKEN[:-1]}") == 404
    missing = house().call("GET", "/nothing-here")
    refused = house().call("GET", "/metrics", headers={"X-Forwarded-For": "192.0.2.1"})
    assert (missing.status, missing.text) == (refused.status, refused.text)


def test_a_server_that_lives_and_works_says_so():
    for path in ("/healthz", "/readyz"):
        answer = house().call("GET", path)
        assert (answer.status, answer.json) == (200, {"status": "ok"}), answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_server_without_enough_room_lives_and_is_not_ready():
    full = House(PARLEY_FREE_SPACE="1024GiB")
    answer = full.call("GET", "/readyz")
    assert answer.status == 503 and "free some space" in answer.json["message"], answer.text
    stranger = full.call("GET", "/readyz", headers={"X-Forwarded-For": "192.0.2.1"})
    assert stranger.status == 503 and "disk" not in stranger.text and stranger.json["message"].endswith(".")
    assert full.call("GET", "/healthz").status == 200
    assert full.call("POST", "/room/create", {"room_id": "a", "password": "correct horse"}).status == 200
