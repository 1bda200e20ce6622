"""D7: databases of earlier versions open with all that is in them; a copy is kept, and a kill midway harms nothing.

MIGRATION_KILLS sets how often a migration is killed (default 20).
"""

import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import time

import requests

import harness
import parley
import support
from maintenance import command, done, refused, server_on

PART = "crash"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
"""The master key of the databases in `databases/`, each written by a server of its version."""
VERSIONS = {1: 13, 2: 13, 9: 15}
"""With how many messages each has."""

KILLS = int(os.environ.get("MIGRATION_KILLS", "20"))
ROWS = 200_000


def unpack(version, data):
    """A data folder as a server of that version left it."""
    data.mkdir(mode=0o700)
    (data / "encryption.keys").write_text(KEY + "\n")
    (data / "encryption.keys").chmod(0o600)
    shutil.copy(pathlib.Path(__file__).parent / "databases" / f"v{version}.db", data / "parley.db")
    return data


def ask(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchone()[0]


def newest(folder):
    """The version that a new database has."""
    server = server_on(folder / "new")
    assert server.stop() == 0
    return ask(folder / "new" / "parley.db", "PRAGMA user_version")


def check_history(server):
    history = parley.Room(server, "fixture", "correct horse").history()
    assert [message["message"] for message in history] == [f"text {number} é" for number in range(1, 13)]
    assert [message["user_id"] for message in history] == ["ben", "ann"] * 6
    assert history[2]["reactions"] == {"👍": ["ben"]}, history[2]
    assert len(parley.Room(server, "other", "another secret").history()) == 1


def test_each_version_opens_and_a_copy_is_kept():
    with support.directory() as folder:
        last = newest(folder)
        for version in VERSIONS:
            data = unpack(version, folder / f"v{version}")
            server = server_on(data)
            check_history(server)
            answer = parley.post(
                f"{server.url}/chat/fixture", message="new", user_id="dan", password="correct horse")
            assert answer["success"], answer
            assert "0 faults" in done("verify", data=data)
            assert server.stop() == 0
            assert ask(data / "parley.db", "PRAGMA user_version") == last
            copy = data / f"parley.db.v{version}.bak"
            assert oct(copy.stat().st_mode)[-3:] == "600"
            assert ask(copy, "PRAGMA user_version") == version
            assert ask(copy, "SELECT count(*) FROM messages") == VERSIONS[version]
            assert ask(copy, "PRAGMA integrity_check") == "ok"
            # A second start changes nothing more, and makes no other copy.
            server = server_on(data)
            assert server.stop() == 0
            assert [path.name for path in data.glob("*.bak*")] == [copy.name]


def test_a_backup_of_an_earlier_version_is_brought_back():
    with support.directory() as folder:
        for version in VERSIONS:
            data, backup, new = unpack(version, folder / f"v{version}"), folder / f"b{version}", folder / f"n{version}"
            done("backup", "--to", backup, data=data)
            done("restore", backup, "--keys", data / "encryption.keys", data=new)
            server = server_on(new)
            check_history(server)
            assert server.stop() == 0


def test_an_account_of_an_earlier_version_logs_in():
    with support.directory() as folder:
        for version in (2, 9):
            server = server_on(unpack(version, folder / f"v{version}"))
            assert log_in(server, "carol")["user"]["display_name"] == "Carol C."
            assert server.stop() == 0


def log_in(server, name):
    return parley.post(f"{server.url}/api/v1/auth/login", username=name, password="correct horse battery")


def test_what_people_have_done_with_messages_is_there():
    with support.directory() as folder:
        server = server_on(unpack(9, folder / "v9"))

        def get(path):
            token = {"Authorization": f"Bearer {log_in(server, 'carol')['access_token']}"}
            answer = requests.get(f"{server.url}/api/v1/{path}", headers=token, timeout=harness.PATIENCE)
            assert answer.status_code == 200, (path, answer.text)
            return answer.json()

        (pin,) = get("rooms/club/pins")["pins"]
        assert pin["message"]["message"] == "hello @carol" and pin["pinned_by"] == "carol", pin
        assert [message["message"] for message in get("me/mentions")["mentions"]] == ["hello @carol"]
        assert {member["user"]: member["role"] for member in get("rooms/club/members")["members"]} == {
            "carol": "owner", "dave": "member"}
        (room,) = get("me/unread")["rooms"]
        assert (room["room"], room["unread"]) == ("club", 0), room
        history = parley.Room(server, "fixture", "correct horse").history()
        assert history[3]["edited_at"] and history[4]["reply_to"] == history[0]["id"], history
        assert history[5]["thread"] == history[6]["thread"] == history[1]["id"], history
        assert server.stop() == 0


def test_a_newer_database_is_left_alone():
    with support.directory() as folder:
        data = unpack(2, folder / "v2")
        with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
            connection.execute("PRAGMA user_version = 1000")
        # A database that a server has left is one with a log.
        ask(data / "parley.db", "PRAGMA journal_mode = WAL")
        before = (data / "parley.db").read_bytes()
        assert "written by a newer version" in refused("serve", "--port", "0", data=data).splitlines()[-1]
        assert "Another version of Parley" in refused("keys", "list", data=data)
        assert (data / "parley.db").read_bytes() == before
        assert not list(data.glob("*.bak*"))


def enlarge(path):
    """So many messages that migrating them takes its time."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO messages (room, sequence, id, timestamp, author, token) "
            "SELECT room, 100 + i, 1000000 + i, timestamp + i, author, token FROM messages, n "
            "WHERE room = (SELECT key FROM rooms WHERE id = 'fixture') AND sequence = 1", (ROWS,))
        connection.commit()


def state(data, folder):
    """The version and the number of messages of a copy of what a killed server left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("parley.db", "parley.db-wal"):
        if (data / name).exists():
            shutil.copy(data / name, folder / name)
    assert ask(folder / "parley.db", "PRAGMA integrity_check") == "ok"
    return ask(folder / "parley.db", "PRAGMA user_version"), ask(folder / "parley.db", "SELECT count(*) FROM messages")


def test_whenever_it_is_killed_the_next_start_completes():
    with support.directory() as folder:
        last = newest(folder)
        original = unpack(1, folder / "original")
        enlarge(original / "parley.db")
        data = folder / "data"
        shutil.copytree(original, data)
        start = time.monotonic()
        # No sweep is to remove what is counted.
        server = server_on(data, "--messages-per-room", str(2 * ROWS))
        duration = time.monotonic() - start
        chance = random.Random(11)
        found = []
        for _ in range(KILLS):
            server.kill()
            shutil.rmtree(data)
            shutil.copytree(original, data)
            server.start(waits=False)
            time.sleep(chance.random() * duration)
            server.kill()
            version, count = state(data, folder / "state")
            found.append(version)
            assert version in (1, last) and count == ROWS + 13, (version, count)
            for copy in data.glob("*.bak"):
                assert ask(copy, "PRAGMA integrity_check") == "ok"
                assert ask(copy, "SELECT count(*) FROM messages") == ROWS + 13
            server.start()
            assert not list(data.glob("*.part"))
        assert server.stop() == 0
        assert state(data, folder / "state") == (last, ROWS + 13)
        print(f"  {KILLS} kills within {duration:.1f} s: {found.count(last)} after the migration")


test_whenever_it_is_killed_the_next_start_completes.deadline = 900
