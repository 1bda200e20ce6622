"""Every setting does something: what is declared is read somewhere."""

import re

import support

SOURCES = support.ROOT / "Sources"


def test_every_setting_is_read():
    declared = set()
    for path in (SOURCES / "ParleyApp" / "Settings").glob("AppSettings*.swift"):
        declared |= set(re.findall(r"public static let (\w+) = Setting\b", path.read_text()))
    assert len(declared) > 50, declared
    text = "\n".join(
        path.read_text() for path in SOURCES.rglob("*.swift") if path.parent.name != "Settings")
    unread = sorted(name for name in declared if not re.search(rf"AppSettings\.{name}\b", text))
    assert not unread, f"declared and never read: {', '.join(unread)}"
