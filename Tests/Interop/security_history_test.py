"""docs/security-history.md: each fault has a test that exists, and each advisory that a test names is there."""

import importlib
import pathlib
import re

import support

PAGE = support.ROOT / "docs" / "security-history.md"
ADVISORY = re.compile(r"CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3}")
CITED = re.compile(r"`([\w./]+\.(?:py|swift)): ([^`]+)`")


def titles(path: pathlib.Path) -> set[str]:
    """The names of the tests in one file."""
    if path.suffix == ".swift":
        return set(re.findall(r"func `([^`]+)`", path.read_text()))
    module = importlib.import_module(f"{path.parent.name}.{path.stem}")
    return {name.removeprefix("test_") for name in vars(module) if name.startswith("test_")}


def file_of(name: str) -> pathlib.Path:
    return support.ROOT / ("Tests/Interop" if name.startswith("attacks/") else "") / name


def test_each_fault_names_tests_that_exist():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|") and ADVISORY.search(line)]
    assert len(rows) > 25, len(rows)
    known: dict[str, set[str]] = {}
    for row in rows:
        cited = CITED.findall(row)
        assert cited, f"no test tries {row}"
        for name, title in cited:
            if name not in known:
                known[name] = titles(file_of(name))
            assert title in known[name], f"{name} has no test {title!r}"


def test_each_advisory_that_a_test_names_is_in_the_table():
    told = set(ADVISORY.findall(PAGE.read_text()))
    for path in sorted((support.ROOT / "Tests/Interop/attacks").glob("*_test.py")):
        named = {advisory for title in titles(path) for advisory in ADVISORY.findall(title)}
        assert named <= told, f"{path.name}: {sorted(named - told)}"
