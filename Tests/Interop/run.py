"""Runs the tests that are not Swift: every function test_… of the NAME_test.py files of one part, or of those named.

    run.py PART [NAME …]

A file, here or in a folder, belongs to the part of script/test that its constant PART names, or to `interop`. It runs
in a process of its own. A test is a plain or an async function with a deadline (its attribute `deadline`, in seconds,
or 120); it fails by raising, and `raise support.Skip("why")` says that it does not apply.

With PARLEY_SECOND_TRY=1, as in continuous integration, a test that fails is run once more, and one that then passes is
reported as SHAKY and counts as passed: browsers and clients of other people stall where a machine is shared. Tests of
the part `crash`, where a failure is a loss of data, have one try.
"""

import ast
import asyncio
import atexit
import importlib
import inspect
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import traceback

import support

HERE = pathlib.Path(__file__).parent
FILE_DEADLINE = 1200


class Overdue(BaseException):
    """A test ran past its deadline."""


def run_one(test):
    def ring(*_):
        raise Overdue(f"the deadline of {deadline} s passed")

    deadline = getattr(test, "deadline", 120)
    signal.signal(signal.SIGALRM, ring)
    signal.alarm(deadline)
    try:
        if inspect.iscoroutinefunction(test):
            asyncio.run(test())
        else:
            test()
    finally:
        signal.alarm(0)


def passes(test):
    try:
        run_one(test)
    except (Exception, Overdue):
        traceback.print_exc()
        return False
    return True


def run_module(name):
    module = importlib.import_module(name)
    is_forgiving = os.environ.get("PARLEY_SECOND_TRY") == "1" and getattr(module, "PART", "interop") != "crash"
    tests = [
        (title, test)
        for title, test in vars(module).items()
        if title.startswith("test_") and inspect.isfunction(test) and test.__module__ == name
    ]
    passed = failed = 0
    for title, test in tests:
        start = time.monotonic()
        try:
            run_one(test)
        except support.Skip as skip:
            print(f"  skip {title}: {skip}", flush=True)
            continue
        except (Exception, Overdue):
            reason = traceback.format_exc()
            if is_forgiving and passes(test):
                print(f"  SHAKY {title}: passed at the second try; the first:\n{reason}", flush=True)
            else:
                failed += 1
                print(f"  FAILED {title}\n{reason}", flush=True)
                continue
        passed += 1
        print(f"  ok {title} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    return failed == 0 and bool(tests)


def run_file(path):
    """Answers how many tests of one file passed and failed."""
    module = ".".join(path.relative_to(HERE).with_suffix("").parts)
    print(module, flush=True)
    process = subprocess.Popen(
        [sys.executable, __file__, "--module", module], cwd=support.ROOT, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    overdue = threading.Timer(FILE_DEADLINE, process.kill)
    overdue.start()
    passed = failed = 0
    is_whole = False
    for line in process.stdout:
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed\n", line)
        if counts:
            passed, failed, is_whole = int(counts[1]), int(counts[2]), True
        else:
            print(line, end="", flush=True)
    status = process.wait()
    overdue.cancel()
    if not is_whole:
        print(f"  FAILED: {module} ended with {status} before its last test was done", flush=True)
    return passed, max(failed, 1 if status or not is_whole else 0)


def part_of(path):
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", None) == "PART":
            return ast.literal_eval(statement.value)
    return "interop"


def main(part, names):
    files = {path.stem.removesuffix("_test"): path for path in sorted(HERE.rglob("*_test.py")) if part_of(path) == part}
    unknown = sorted(set(names) - set(files))
    if unknown:
        print(f"There is no {unknown[0]}_test.py in the part {part}; it has {', '.join(files)}.")
        return False
    passed = failed = 0
    for name, path in files.items():
        if names and name not in names:
            continue
        good, bad = run_file(path)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--module"]:
        status = 0 if run_module(sys.argv[2]) else 1
        # Servers are ended; a client's thread that a test left behind must not hold the process.
        atexit._run_exitfuncs()
        os._exit(status)
    sys.exit(0 if main(sys.argv[1], sys.argv[2:]) else 1)
