"""The scripts that set a machine up."""

import os
import subprocess

import support

SETUP = support.ROOT / "script" / "setup"


def run(*needs, path=os.environ["PATH"]):
    return subprocess.run([SETUP, *needs], capture_output=True, text=True, env={**os.environ, "PATH": path})


def test_a_second_run_says_nothing():
    done = run("build", "python")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done


def test_without_swift_one_sentence_says_how_to_get_it():
    done = run("build", path="/usr/bin:/bin")
    if done.returncode == 0:
        raise support.Skip("Swift stands among the system's programs")
    assert done.returncode == 69
    assert done.stderr.count("\n") == 1 and "https://www.swift.org/install" in done.stderr, done.stderr


def test_an_unknown_need_is_refused():
    done = run("everything")
    assert done.returncode == 69 and "'everything'" in done.stderr, done.stderr
