"""D6: `parley backup`, `restore` and `verify`: beside a server under load, and against everything that may be wrong."""

import asyncio
import contextlib
import json
import shutil
import sqlite3

import parley
import support
from maintenance import command, data_of, done, load, messages, refused, server_on

PART = "crash"
BACKUPS = 20
MARK = "words that only members may read"


def number(identifier):
    """The number in a message's id as clients know it."""
    return int(identifier.rsplit("_", 1)[-1])


def acknowledged(senders):
    return {number(identifier) for sender in senders for identifier in sender.acknowledged.values()}


async def back_up_under_load(folder):
    server = parley.serve()
    data = data_of(server)
    files = data / "files" / "ab"
    files.mkdir(parents=True)
    (files / "picture").write_bytes(b"some bytes")
    (files / "upload.part").write_bytes(b"not all of it")
    least = 0
    async with load(server) as (room, senders):
        await asyncio.to_thread(
            parley.post, f"{server.url}/chat/{room.name}", message=MARK, user_id="ann", password=room.password)
        for turn in range(BACKUPS):
            while len(acknowledged(senders)) < least + 20:
                await asyncio.sleep(0.01)
            before = acknowledged(senders)
            least = len(before)
            backup, restored = folder / f"backup-{turn}", folder / f"restored-{turn}"
            await asyncio.to_thread(done, "backup", "--to", backup, data=data)
            assert oct(backup.stat().st_mode)[-3:] == "700"
            for path in backup.iterdir():
                assert path.is_dir() or oct(path.stat().st_mode)[-3:] == "600", path
            keys = data / "encryption.keys"
            await asyncio.to_thread(done, "restore", backup, "--keys", keys, data=restored)
            assert before <= set(messages(restored)), "the backup lacks what was acknowledged before it began"
            assert (restored / "files" / "ab" / "picture").read_bytes() == b"some bytes"
            assert not (restored / "files" / "ab" / "upload.part").exists()
            assert "0 faults" in await asyncio.to_thread(done, "verify", data=restored)
        content = b"".join(path.read_bytes() for path in backup.iterdir() if path.is_file())
        assert MARK.encode() not in content, "a text can be read in the backup"
        assert "0 faults" in await asyncio.to_thread(done, "verify", data=data)
    assert server.stop() == 0
    other = server_on(restored)
    shown = parley.Room(other, room.name, room.password).history()
    assert MARK in {message["message"] for message in shown}
    assert len(shown) == len(messages(restored)) >= least
    assert other.stop() == 0


def test_twenty_backups_under_load_have_all_that_was_acknowledged():
    with support.directory() as folder:
        asyncio.run(back_up_under_load(folder))


test_twenty_backups_under_load_have_all_that_was_acknowledged.deadline = 600


@contextlib.contextmanager
def house():
    """A data folder with some messages, whose server has ended, and a place for more."""
    with support.directory() as folder:
        server = parley.serve()
        room = parley.Room(server, "room", "correct horse").create()
        for text in range(10):
            parley.post(f"{server.url}/chat/{room.name}", message=f"text {text}", user_id="ann", password=room.password)
        assert server.stop() == 0
        shutil.copytree(data_of(server), folder / "data")
        yield folder / "data", folder


def test_a_backup_that_is_cut_or_changed_is_refused():
    with house() as (data, folder):
        done("backup", "--to", folder / "good", data=data)
        keys = ["--keys", data / "encryption.keys"]

        def damage(name, change):
            shutil.copytree(folder / "good", folder / "bad")
            path = folder / "bad" / name
            change(path)
            sentence = refused("restore", folder / "bad", *keys, data=folder / "new")
            assert not (folder / "new" / "parley.db").exists()
            shutil.rmtree(folder / "bad")
            return sentence

        def flip(path, place):
            content = bytearray(path.read_bytes())
            content[place] ^= 1
            path.write_bytes(content)

        def cut(path):
            path.write_bytes(path.read_bytes()[:-100])

        for place in (0, 5_000, -1):
            assert "damaged" in damage("parley.db", lambda path: flip(path, place))
        assert "damaged" in damage("parley.db", cut)
        assert "missing" in damage("parley.db", lambda path: path.unlink())
        assert "damaged" in damage("manifest.json", lambda path: flip(path, 40))
        assert "damaged" in damage("manifest.json", cut)
        assert "no backup" in damage("manifest.json", lambda path: path.unlink())
        assert "missing" in damage("manifest.json.sha256", lambda path: path.unlink())
        assert "no backup" in refused("restore", folder / "nowhere", *keys, data=folder / "new")
        done("restore", folder / "good", *keys, data=folder / "new")
        assert messages(folder / "new") == messages(data)


def test_keys_that_do_not_fit_are_refused_by_name():
    with house() as (data, folder):
        done("backup", "--to", folder / "backup", data=data)
        name = json.loads((folder / "backup" / "manifest.json").read_text())["keys"][0]
        assert name in done("keys", "list", data=data)
        sentence = refused("restore", folder / "backup", data=folder / "new")
        assert f"needs the keys {name}, but there are none" in sentence
        other = folder / "other.keys"
        other.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
        assert name in refused("restore", folder / "backup", "--keys", other, data=folder / "new")
        # A backup with its keys needs no others.
        assert "holds the keys" in done("backup", "--to", folder / "whole", "--with-keys", data=data)
        done("restore", folder / "whole", data=folder / "new")
        for file in ("encryption.keys", "signing.key"):
            assert (folder / "new" / file).read_text() == (data / file).read_text()
            assert oct((folder / "new" / file).stat().st_mode)[-3:] == "600"


def test_a_chat_that_is_there_is_kept():
    with house() as (data, folder):
        done("backup", "--to", folder / "backup", data=data)
        before = messages(data)
        assert "--force" in refused("restore", folder / "backup", data=data)
        assert messages(data) == before
        with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
            connection.execute("DELETE FROM messages")
            connection.commit()
        said = done("restore", folder / "backup", "--force", data=data)
        assert messages(data) == before
        kept = next(data.glob("before-restore-*"))
        assert str(kept) in said and messages(kept) == []
        assert "already" in refused("backup", "--to", folder / "backup", data=data)
        assert "no database" in refused("backup", "--to", folder / "b", data=folder / "nothing-here")


def test_a_server_that_runs_is_not_overwritten():
    with house() as (data, folder):
        done("backup", "--to", folder / "backup", data=data)
        server = server_on(data)
        assert "stop it first" in refused("restore", folder / "backup", "--force", data=data)
        assert server.stop() == 0


def test_verify_finds_what_is_not_sound():
    with house() as (data, folder):
        assert "11 messages" not in done("verify", data=data)
        with contextlib.closing(sqlite3.connect(data / "parley.db")) as connection:
            connection.execute("UPDATE messages SET token = substr(token, 1, 60) || 'A' || substr(token, 62)"
                               " WHERE sequence = 3 AND substr(token, 61, 1) <> 'A'")
            connection.execute("UPDATE messages SET token = substr(token, 1, 70) WHERE sequence = 5")
            connection.execute("UPDATE messages SET room = 99 WHERE sequence = 7")
            connection.commit()
        result = command("verify", data=data)
        assert result.returncode == 1, result
        assert result.stderr.count("does not open") == 2 and "is not there" in result.stderr, result
        refused("verify", data=folder / "nothing-here", code=2)
        refused("verify", "--threads", "0", data=data, code=64)
        (data / "parley.db").write_bytes(b"no database at all" * 1_000)
        refused("verify", data=data, code=2)
