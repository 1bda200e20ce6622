"""`parley health`, against servers of all kinds."""

import contextlib
import socket
import subprocess
import threading

import support


def health(answer, *flags):
    """What `parley health` says of a server that sends `answer` to its first request (None: it closes)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        requests = []

        def serve():
            connection, _ = listener.accept()
            with connection:
                if answer is not None:
                    requests.append(connection.recv(4096))
                    connection.sendall(answer)
                    with contextlib.suppress(ConnectionError):
                        connection.recv(4096)

        thread = threading.Thread(target=serve)
        thread.start()
        done = command(listener.getsockname()[1], *flags)
        thread.join()
    return done, requests


def command(port, *flags):
    return subprocess.run(
        [support.binary(), "health", "--port", str(port), *flags],
        capture_output=True, text=True, env=support.environment())


def test_a_server_that_answers_is_well():
    done, requests = health(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "--host", "0.0.0.0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
    assert requests[0].startswith(b"GET /healthz HTTP/1.1\r\n"), requests


def test_a_server_that_refuses_or_closes_is_not():
    for answer in [b"HTTP/1.1 503 Service Unavailable\r\n\r\n", None]:
        done, _ = health(answer)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done


def test_no_server_is_not_well():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    done = command(port)
    assert done.returncode == 1 and f"port {port}" in done.stderr, done


def test_a_server_that_is_silent_is_not():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = command(listener.getsockname()[1])
    assert done.returncode == 1 and "in time" in done.stderr, done
