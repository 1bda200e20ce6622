"""S3, S4: log-ins in parallel, and guesses at passwords: others are answered, memory is bounded, what is too much is
refused with a time to wait, and of many guesses few are looked at.

PARALLEL_LOGINS sets how many log-ins come at once (default 100), GUESSES how many guesses there are (default 600).
"""

from __future__ import annotations

import collections
import concurrent.futures
import json
import os
import time

import harness
import parley
from attacks.arena import LOBBY, MEBIBYTE, Canary, allow_many_connections
from attacks.socketio_client import SocketIO
from attacks.vault import post_json
from attacks.wire import Response, Wire, ask, request
from stalled_readers_test import resident

PART = "load"
LOGINS = int(os.environ.get("PARALLEL_LOGINS", "100"))
GUESSES = int(os.environ.get("GUESSES", "600"))
PASSWORD = "correct horse battery"
HOME, ELSEWHERE = "127.0.8.1", "127.0.8.2"


def register(server: harness.ServerProcess, name: str, source: str = HOME) -> None:
    answer = post_json(server.port, "/api/v1/auth/register", {"username": name, "password": PASSWORD}, source)
    assert answer.status == 201, answer


def log_in(server: harness.ServerProcess, name: str, password: str, source: str) -> Response:
    body = json.dumps({"username": name, "password": password}).encode()
    with Wire(server.port, source) as wire:
        # Many wait for few cores, and not each machine is a quick one.
        wire.socket.settimeout(harness.PATIENCE * 20)
        wire.send(request("POST", "/api/v1/auth/login", server.port, {"Content-Type": "application/json"}, body))
        answer = wire.response()
    if answer.status in (429, 503):
        assert int(answer.field("retry-after")) >= 1, answer
    return answer


def storm(server: harness.ServerProcess, count: int) -> tuple[collections.Counter, int, list[float]]:
    """So many log-ins at once, some of them wrong: their statuses, what memory grew by, and how long each took."""
    before, most, times = resident(server.pid), 0, []

    def attempt(number: int) -> int:
        begin = time.monotonic()
        password = "wrong" * 3 if number % 3 == 0 else PASSWORD
        status = log_in(server, "ann", password, f"127.0.9.{number % 250 + 1}").status
        times.append(time.monotonic() - begin)
        assert status in (401, 429, 503) if number % 3 == 0 else status in (200, 429, 503), status
        return status

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        waiting = [pool.submit(attempt, number) for number in range(count)]
        while not all(each.done() for each in waiting):
            most = max(most, resident(server.pid))
            time.sleep(0.01)
    return collections.Counter(each.result() for each in waiting), most - before, sorted(times)


def test_logins_in_parallel_are_bounded_and_others_are_answered():
    """S3: all are hashed, one after the other; with a short queue what does not fit is refused, and no loop waits."""
    allow_many_connections()
    for queue in (LOGINS, 4):
        # The sessions of one account are to be no limit here.
        server = parley.serve("--login-queue", str(queue), "--sessions-per-account", "1000")
        register(server, "ann")
        canary = Canary(server.port, LOBBY)
        statuses, grown, times = storm(server, LOGINS)
        canary.assert_well()
        canary.stop()
        assert statuses[200] > 0
        if queue == LOGINS:
            assert not statuses[503] and not statuses[429], statuses
        else:
            assert statuses[503] > 0, statuses
        # Each core hashes one at a time, in 19 MiB; what waits costs little.
        assert grown < 200 * MEBIBYTE, f"grew by {grown / MEBIBYTE:.0f} MiB"
        assert log_in(server, "ann", PASSWORD, HOME).status == 200
        assert server.stop() == 0
        print(f"  queue of {queue}: {dict(statuses)}, the last after {times[-1]:.1f} s; grew by "
              f"{grown / MEBIBYTE:.0f} MiB; another was answered within {canary.slowest * 1000:.0f} ms")


test_logins_in_parallel_are_bounded_and_others_are_answered.deadline = 400 + 4 * LOGINS


def test_an_account_is_guessed_at_from_everywhere_and_its_owner_comes_in():
    """S4: of many guesses from many addresses those are looked at that the settings allow, and no more."""
    per_account, per_address = 20, 5
    server = parley.serve(
        "--login-failures-per-account", str(per_account), "--login-failures", str(per_address),
        PARLEY_RATE_LIMITS="on")
    register(server, "ann")
    register(server, "ben", ELSEWHERE)
    assert log_in(server, "ann", PASSWORD, HOME).status == 200
    spellings = ["ann", "ANN", "Ann", "аnn", "ａｎｎ"]

    def guess(number: int) -> int:
        source = f"127.1.{number % 40}.{number % 7 + 1}"
        status = log_in(server, spellings[number % 5], f"guess {number}", source).status
        assert status in (401, 429), status
        return status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = collections.Counter(pool.map(guess, range(GUESSES)))
    # All spellings that look alike are one name.
    assert statuses[401] == per_account, statuses
    # From where it was used its owner comes in; from elsewhere not even the right password is looked at.
    assert log_in(server, "ann", PASSWORD, HOME).status == 200
    assert log_in(server, "ann", PASSWORD, ELSEWHERE).status == 429
    assert log_in(server, "ben", PASSWORD, ELSEWHERE).status == 200
    assert server.stop() == 0
    print(f"  {GUESSES} guesses, {statuses[401]} of them were looked at")


def test_a_room_is_guessed_at_in_every_way_from_one_address():
    """S4: by REST and by `join`, over many connections and under every spelling of the room."""
    failures = 10
    server = parley.serve("--password-failures", str(failures), PARLEY_RATE_LIMITS="on")
    parley.Room(server, "Vault", PASSWORD).create()
    spellings = ["Vault", "%56ault", "Vau%6Ct"]
    looked_at = 0
    for number in range(GUESSES // 4):
        wrong, room = f"guess {number}", spellings[number % 3]
        way = number % 4
        if way == 0:
            status = post_json(server.port, f"/chat/{room}/verify", {"password": wrong}, ELSEWHERE).status
        elif way == 1:
            status = post_json(
                server.port, f"/chat/{room}", {"password": wrong, "message": "a", "user_id": "eve"}, ELSEWHERE).status
        elif way == 2:
            status = ask(server.port, "GET", f"/chat/{room}/messages?password={number}", source=ELSEWHERE).status
        else:
            with SocketIO(server.port, source=ELSEWHERE) as client:
                client.connect()
                answer = client.call("join", {"room": "Vault", "user_id": "eve", "password": wrong})
                assert answer["status"] == "error", answer
                status = 429 if answer.get("error") == "rate_limited" else 401
        assert status in (401, 429), (way, status)
        looked_at += status == 401
    assert looked_at == failures, f"{looked_at} guesses were looked at"
    # The right one is not looked at from there, and elsewhere it is.
    assert post_json(server.port, "/chat/Vault/verify", {"password": PASSWORD}, ELSEWHERE).status == 429
    told = post_json(server.port, "/chat/Vault/verify", {"password": PASSWORD}, HOME)
    assert told.status == 200 and json.loads(told.body)["token"]
    assert server.stop() == 0


if __name__ == "__main__":
    harness.alone(__file__)
