"""The command line of parley."""

import os
import subprocess

import support


def parley(*arguments, **variables):
    return subprocess.run(
        [support.binary(), *arguments], capture_output=True, text=True, env={**support.environment(), **variables}
    )


def refused(done, *words):
    """One sentence on standard error, nothing on standard output, exit code 64."""
    assert done.returncode == 64 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and done.stderr.endswith((".\n", "?\n")), done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def subcommands():
    lines = parley("help").stdout.splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ")]


def test_every_subcommand_has_help():
    assert "settings" in subcommands()
    for name in subcommands():
        done = parley(name, "--help")
        assert done.returncode == 0 and done.stdout.startswith(f"parley {name}") and done.stderr == "", done
        assert parley("help", name).stdout == done.stdout


def test_an_unknown_subcommand_is_refused():
    refused(parley("sreve"), "'sreve'", "parley help")
    refused(parley("help", "sreve"), "'sreve'")


def test_an_unknown_flag_is_refused():
    refused(parley("settings", "--prot", "1"), "'--prot'", "--port")
    refused(parley("version", "--port"), "'--port'")


def test_a_wrong_value_is_refused_wherever_it_comes_from():
    refused(parley("settings", "--port", "65536"), "--port", "'65536'", "from 0 to 65535")
    refused(parley("settings", PORT="http"), "PORT", "'http'")
    refused(parley("settings", PARLEY_THREADS="0"), "PARLEY_THREADS", "'0'")
    refused(parley("settings", PARLEY_NO_SUCH="1"), "'PARLEY_NO_SUCH'")


def test_secrets_are_never_printed():
    secret = "k7Gv-0pQz-93Lm-Xw2e"
    shown = parley("settings", SECRET_KEY=secret)
    assert shown.returncode == 0 and secret not in shown.stdout + shown.stderr
    assert "********" in shown.stdout and "variable SECRET_KEY" in shown.stdout
    weak = "my-example-secret-key"
    done = parley("settings", JWT_SECRET=weak)
    refused(done, "JWT_SECRET", "not shown")
    assert weak not in done.stderr
    url = "postgresql://postgres:hunter22@localhost:5432/chatdb"
    done = parley("settings", DATABASE_URL=url)
    refused(done, "DATABASE_URL", "sqlite:")
    assert "hunter22" not in done.stderr


def test_variables_of_mongo_point_at_the_import():
    for name in ["MONGO_URL", "MONGO_URI", "MONGODB_URI", "MONGODB_HOST"]:
        refused(parley("settings", **{name: "mongodb://localhost"}), name, "parley import")


def test_variables_without_effect_are_told():
    done = parley("settings", ACCESS_TOKEN_EXPIRE_MINUTES="30")
    assert done.returncode == 0 and "ACCESS_TOKEN_EXPIRE_MINUTES has no effect" in done.stderr, done


def test_the_names_of_other_servers_are_honoured():
    shown = parley("settings", PORT="8000", HOST="0.0.0.0", CORS_ORIGINS="https://a.example,https://b.example")
    rows = {line.split()[0]: line.split()[1] for line in shown.stdout.splitlines()}
    assert rows["server.port"] == "8000" and rows["server.host"] == "0.0.0.0"
    assert rows["access.cors-origins"] == "https://a.example,https://b.example"


def test_settings_show_where_a_value_came_from():
    with support.directory() as folder:
        file = folder / "parley.conf"
        file.write_text("# ours\nchat.message-length = 77\n")
        shown = parley("settings", "--config", file, "--port", "1", PARLEY_HOST="::1").stdout
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in shown.splitlines()}
    assert rows["chat.message-length"] == ["77", f"{file}, line 2"], rows
    assert rows["server.port"] == ["1", "flag --port"]
    assert rows["server.host"] == ["::1", "variable PARLEY_HOST"]
    assert rows["http.head-time"] == ["10s", "default"]
