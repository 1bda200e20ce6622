"""parley bench, and with it our client's connections: every kind of load, on our library and on python-socketio."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import parley
import support

HERE = pathlib.Path(__file__).parent
MODES = {
    "echo": ["--clients", "20", "--in-flight", "3"],
    "polling": ["--clients", "10"],
    "fanout": ["--clients", "30", "--in-flight", "2"],
    "rooms": ["--clients", "30", "--rooms", "6"],
    "idle": ["--clients", "30"],
    "handshake": ["--in-flight", "4"],
}


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def serving(*command):
    """A server process: its port and its id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*map(str, command), str(port)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not accepts(port):
            assert process.poll() is None and time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        assert process.wait(30) is not None


def bench(*arguments):
    return subprocess.run([support.binary(), "bench", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def every_mode(port, pid):
    for mode, arguments in MODES.items():
        done = bench(mode, "--port", port, "--pid", pid, "--seconds", 1, "--json", *arguments)
        assert done.returncode == 0, (mode, done)
        result = json.loads(done.stdout)
        assert result["mode"] == mode and result["completed"] > 0 and result["lost"] == 0, result
        assert result["error"] is None and result["lost_connections"] == 0, result


def test_every_load_on_our_library_loses_nothing():
    with serving(support.binary(), "bench", "--serve") as (port, pid):
        every_mode(port, pid)


def test_every_load_on_python_socketio_loses_nothing():
    with serving(sys.executable, HERE / "bench_server.py", "--port") as (port, pid):
        every_mode(port, pid)


def test_every_load_on_the_floor_in_c_loses_nothing():
    if sys.platform != "linux":
        raise support.Skip("the floor stands on Linux's epoll")
    if not shutil.which("cc"):
        raise support.Skip("there is no C compiler (cc); script/setup bench installs one")
    with tempfile.TemporaryDirectory() as folder:
        floor = pathlib.Path(folder) / "floor"
        source = HERE.parent / "Bench/floor.c"
        flags = ["-O1", "-Wall", "-Werror", "-Wno-deprecated-declarations"]
        subprocess.run(["cc", *flags, "-o", floor, source, "-lcrypto"], check=True)
        with serving(floor) as (port, pid):
            every_mode(port, pid)


def test_people_in_a_room_of_the_chat_hear_everything():
    server = parley.serve()
    done = bench("people", "--port", server.port, "--pid", server.pid, "--clients", 30, "--rate", 20, "--seconds", 3,
                 "--json")
    assert done.returncode == 0, done
    result = json.loads(done.stdout)
    assert result["completed"] > 0 and result["reactions"] > 0 and result["typings"] > 0, result
    assert result["deliveries"] == 30 * (result["completed"] + result["reactions"]), result


def test_what_scale_costs_is_told_in_tables():
    environment = {**os.environ, "TEST_BINARIES": str(support.binary().parent)}
    for name, options, head in [
            ("million", ["--messages", 3000, "--rounds", 3], "of 3,000"), ("search", ["--messages", 600], "among 600"),
            ("people", ["--people", 20, "--seconds", 2], "20 people")]:
        words = [sys.executable, HERE.parent / "Bench/scale.py", name, *options]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, env=environment, timeout=100)
        assert done.returncode == 0 and head in done.stdout and done.stdout.count("\n| ") >= 5, done


def test_the_number_of_messages_is_a_bound():
    with serving(support.binary(), "bench", "--serve") as (port, _):
        done = bench("fanout", "--port", port, "--clients", 5, "--messages", 7, "--in-flight", 3, "--json")
        result = json.loads(done.stdout)
        assert result["completed"] == 35 and result["seconds"] < 9, result
        table = bench("echo", "--port", port, "--messages", 5).stdout
        assert table.startswith("echo\n") and "latency p99" in table, table


def test_a_server_that_is_not_there_is_named():
    done = bench("--port", 1, "--clients", 2, "--seconds", 1)
    assert done.returncode == 1 and "127.0.0.1:1 cannot be reached" in done.stdout, done


def test_wrong_options_are_refused():
    for arguments in [["nonsense"], ["--clients", "0"], ["--nonsense", "1"], ["--clients"]]:
        done = bench(*arguments)
        assert done.returncode == 64 and done.stdout == "" and done.stderr.endswith(".\n"), done
