"""`parley audit`: what was written cannot be changed or cut off unseen."""

import contextlib
import json
import shutil
import sqlite3

import parley
import support
from maintenance import command, data_of, done, refused

PART = "crash"


def change(data, *statements):
    with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        connection.commit()


def prepared(folder):
    """A data folder with ten entries, of which a backup knows six, and that backup."""
    server = parley.serve()
    assert server.stop() == 0
    data = folder / "data"
    shutil.copytree(data_of(server), data)
    for turn in range(5):
        done("keys", "rotate", data=data)
        done("keys", "retire", data=data)
        if turn == 2:
            done("backup", "--to", folder / "backup", data=data)
    return data, folder / "backup"


def test_every_change_is_found():
    with support.directory() as folder:
        data, backup = prepared(folder)
        assert done("audit", "verify", data=data).startswith("10 entries")
        done("audit", "verify", "--backup", backup, data=data)
        changes = {
            1: ["UPDATE audit SET time = time + 1 WHERE sequence = 1"],
            4: ["UPDATE audit SET target = 'x' WHERE sequence = 4"],
            5: ["UPDATE audit SET details = '{\"rooms\":2}' WHERE sequence = 5"],
            3: ["UPDATE audit SET reason = 'because' WHERE sequence = 3"],
            2: ["UPDATE audit SET actor = randomblob(16) WHERE sequence = 2"],
            6: ["UPDATE audit SET hash = randomblob(32) WHERE sequence = 6"],
            7: ["DELETE FROM audit WHERE sequence = 7"],
            8: ["DELETE FROM audit WHERE sequence = 8", "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 8"],
            9: ["DELETE FROM audit WHERE sequence >= 9"],
            10: ["UPDATE audit SET details = 'no json' WHERE sequence = 10"],
        }
        for sequence, statements in changes.items():
            bad = folder / f"bad-{sequence}"
            shutil.copytree(data, bad)
            change(bad, *statements)
            assert f"Entry {sequence} " in refused("audit", "verify", data=bad), sequence


def test_what_a_backup_knows_cannot_be_written_anew():
    with support.directory() as folder:
        data, backup = prepared(folder)
        # Whoever may write the database may write another history, and count to it.
        change(data, "DELETE FROM audit WHERE sequence > 2",
               "UPDATE counters SET value = 2 WHERE name = 'audit'")
        assert done("audit", "verify", data=data).startswith("2 entries")
        assert "Entry 3 " in refused("audit", "verify", "--backup", backup, data=data)
        for _ in range(2):
            done("keys", "rotate", data=data)
            done("keys", "retire", data=data)
        assert done("audit", "verify", data=data).startswith("6 entries")
        assert "Entry 6 " in refused("audit", "verify", "--backup", backup, data=data)


def test_entries_are_shown():
    with support.directory() as folder:
        data, _ = prepared(folder)
        entries = [json.loads(line) for line in done("audit", "show", data=data).splitlines()]
        assert [entry["sequence"] for entry in entries] == list(range(1, 11))
        assert {entry["action"] for entry in entries} == {"keys.rotated", "keys.retired"}
        last = [json.loads(line) for line in done("audit", "show", "--last", "2", data=data).splitlines()]
        assert last == entries[-2:]
        refused("audit", "show", "--last", "none", data=data, code=64)
        assert command("audit", "verify", data=folder / "nothing").returncode == 2
