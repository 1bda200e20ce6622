"""The first start: keys of its own, for its owner alone, never shown; loopback unless told; a lost key is said."""

import pathlib
import stat
import subprocess

import harness
import parley
import support


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def secrets(server):
    """The files of the data directory that are neither the database nor its journal."""
    paths = (server.data / "data").iterdir()
    return [path for path in paths if path.is_file() and not path.name.startswith("parley.db")]


def test_keys_are_made_for_the_owner_alone_and_never_shown():
    server = parley.serve("--log-level", "debug")
    assert mode(server.data / "data") == 0o700
    for path in (server.data / "data").iterdir():
        assert mode(path) == (0o700 if path.is_dir() else 0o600), f"{path.name} has mode {mode(path):o}"
    found = secrets(server)
    assert len(found) >= 2, f"only {found}"
    shown = subprocess.run(
        [support.binary(), "settings", "--data", server.data / "data"], capture_output=True, text=True,
        env=support.environment()).stdout
    parley.Room(server, "first", "correct horse").create().history()
    server.stop()
    said = "\n".join(server.lines)
    for path in found:
        for line in path.read_text().split():
            if len(line) >= 16 and not line.startswith("#"):
                assert line not in said and line not in shown, f"{path.name} was shown"


def test_a_second_start_keeps_the_keys():
    server = parley.serve()
    room = parley.Room(server, "second", "correct horse").create()
    token = parley.post(f"{server.url}/chat/second/verify", password="correct horse")["token"]
    parley.post(f"{server.url}/chat/second", message="kept", user_id="ann", password="correct horse")
    before = {path.name: path.read_bytes() for path in secrets(server)}
    server.stop()
    server.start()
    assert {path.name: path.read_bytes() for path in secrets(server)} == before
    assert [message["message"] for message in room.history()] == ["kept"]
    parley.post(f"{server.url}/chat/second", message="by token", user_id="ann", token=token)
    assert [message["message"] for message in room.history()] == ["kept", "by token"]


def test_two_servers_have_different_keys():
    contents = [{path.name: path.read_bytes() for path in secrets(server)} for server in [parley.serve(),
        parley.serve()]]
    assert contents[0].keys() == contents[1].keys()
    for name in contents[0]:
        assert contents[0][name] != contents[1][name], f"{name} is the same on two servers"


def test_only_loopback_is_listened_to():
    server = parley.serve()
    table = pathlib.Path(f"/proc/{server.pid}/net/tcp")
    if not table.exists():
        raise support.Skip("this system has no /proc")
    wanted = f":{server.port:04X}"
    places = [line.split()[1] for line in table.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    places += [line.split()[1] for line in pathlib.Path(f"/proc/{server.pid}/net/tcp6").read_text().splitlines()[1:]
               if line.split()[3] == "0A"]
    ours = [place for place in places if place.endswith(wanted)]
    assert ours == [f"0100007F{wanted}"], ours


def refusal(server):
    """What a start with this server's data directory says before it ends."""
    done = subprocess.run(
        [support.binary(), "serve", "--port", "0", "--data", server.data / "data", "--public",
         support.ROOT / "Public"], capture_output=True, text=True, env=support.environment(), timeout=harness.PATIENCE)
    assert done.returncode not in (0, -6, -11), done
    return done.stderr


def test_a_lost_key_is_said_at_start():
    server = parley.serve()
    parley.Room(server, "lost", "correct horse").create()
    server.stop()
    for path in secrets(server):
        if "encryption" in path.name:
            path.unlink()
    sentence = refusal(server)
    assert "encryption" in sentence and len(sentence.strip().splitlines()) <= 2, sentence


def test_a_wrong_key_is_said_at_start():
    server = parley.serve()
    parley.Room(server, "wrong", "correct horse").create()
    server.stop()
    other = parley.serve()
    for path in secrets(other):
        (server.data / "data" / path.name).write_bytes(path.read_bytes())
    assert refusal(server).strip(), "nothing was said"


def test_a_port_that_is_taken_is_said_in_one_sentence():
    server = parley.serve()
    done = subprocess.run(
        [support.binary(), "serve", "--port", str(server.port), "--data", server.data / "other", "--public",
         support.ROOT / "Public"], capture_output=True, text=True, env=support.environment(), timeout=harness.PATIENCE)
    assert done.returncode == 1 and str(server.port) in done.stderr, done
