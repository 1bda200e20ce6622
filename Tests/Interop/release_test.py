"""The program as script/server has built it: small, hardened, and without what Parley does not use."""

import shutil
import subprocess

import support

PART = "release"
LARGEST = 24_000_000
"""Bytes of code and data, without symbols. ICU's data alone are more than this."""


PROGRAM = support.ROOT / ".build" / "release" / "parley"


def tool(name, *arguments):
    if not shutil.which(name):
        raise support.Skip(f"{name} is missing")
    return subprocess.run([name, *arguments], capture_output=True, text=True, check=True).stdout


def test_a_second_start_builds_nothing_and_says_nothing_of_the_setup():
    done = subprocess.run(
        [support.ROOT / "script" / "server", "--help"], capture_output=True, text=True, env=support.environment())
    assert done.returncode == 0 and done.stdout.startswith("parley serve"), done
    assert "nstalling" not in done.stderr and "Compiling" not in done.stderr, done.stderr


def test_it_links_no_icu_and_no_swift_library():
    needed = [line.split("[")[1].split("]")[0] for line in tool("readelf", "-d",
        PROGRAM).splitlines() if "(NEEDED)" in line]
    assert needed, "readelf shows no libraries"
    foreign = [name for name in needed if "icu" in name.lower() or "swift" in name.lower() or "Foundation" in name]
    assert not foreign, foreign
    content = PROGRAM.read_bytes()
    for mark in [b"icudt", b"FoundationInternationalization"]:
        assert mark not in content, f"the program holds {mark.decode()}"


def test_it_is_small():
    code, data = tool("size", PROGRAM).splitlines()[1].split()[:2]
    size = int(code) + int(data)
    assert size <= LARGEST, f"{size} bytes"


def test_it_is_position_independent_and_its_stack_is_not_executable():
    headers = tool("readelf", "-hlW", PROGRAM)
    assert "DYN (Position-Independent Executable file)" in headers
    assert "GNU_RELRO" in headers
    stack = next(line for line in headers.splitlines() if "GNU_STACK" in line)
    assert "E" not in stack.split()[-2], stack


def test_it_does_not_look_for_libraries_in_the_toolchain():
    paths = [line for line in tool("readelf", "-d", PROGRAM).splitlines() if "RUNPATH" in line or "RPATH" in line]
    assert all("[$ORIGIN]" in line for line in paths), paths
