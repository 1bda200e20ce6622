"""docs/asvs.md: each item of levels 1 and 2 of OWASP's ASVS 5.0 is there once, and each test that it names exists."""

from __future__ import annotations

import re

import support

PART = "attack"
PAGE = support.ROOT / "docs" / "asvs.md"

ITEMS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3,
    "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2,
    "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5,
    "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2,
    "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}
"""How many items of levels 1 and 2 each section has; they are numbered from 1."""


def rows() -> list[list[str]]:
    found = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.match(r"\d+\.\d+\.\d+", cells[0]):
            found.append(cells)
    return found


def test_every_item_of_levels_1_and_2_is_there():
    """S24: each once."""
    items = [item for cells in rows() for item in cells[0].split(", ")]
    assert sorted(items) == sorted(set(items))
    assert set(items) == {f"{section}.{number}" for section, most in ITEMS.items() for number in range(1, most + 1)}


def test_every_item_says_what_is_with_it():
    """S24: tested by files that exist, not applicable for a reason, or open with what is missing."""
    for item, level, _, state in rows():
        assert level in ("1", "2"), item
        assert re.match(r"(?:tested by|written in) `|not applicable: \S|\*\*open\*\*: \S", state), (item, state)
        for path in re.findall(r"`((?:Tests|docs|script)/[^`]+)`", state):
            assert (support.ROOT / path).exists(), (item, path)


def test_the_numbers_at_the_top_are_right():
    """S24: so that nobody has to count."""
    counts = {"1": {}, "2": {}}
    for items, level, _, state in rows():
        kind = re.match(r"tested|written|not applicable|\*\*open", state)[0].replace("written", "tested")
        counts[level][kind] = counts[level].get(kind, 0) + len(items.split(", "))
    for level, found in counts.items():
        numbers = [sum(found.values()), found["tested"], found["not applicable"], found["**open"]]
        line = f"| {level} | {' | '.join(str(number) for number in numbers)} |"
        assert line in PAGE.read_text(), (line, "is not in docs/asvs.md")
