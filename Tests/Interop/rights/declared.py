"""The routes and events that the server's sources declare."""

from __future__ import annotations

import re

import support

SOURCES = support.ROOT / "Sources" / "ParleyApp"
METHODS = "get|post|put|patch|delete"
DECLARED = re.compile(rf'\b(router|group)\.({METHODS})\(\s*(\w+\s*\+\s*)?(?:"([^"]*)"|(\w+))')
GROUP = re.compile(r'router\.group\(\s*"([^"]*)"')
LOOP = re.compile(r"for \((\w+), (\w+)\) in \[(.*?)\] \{", re.S)
CALL = re.compile(rf"\b(?:router|group)\.(?:{METHODS})\(")


def routes() -> set[str]:
    """`METHOD /path/{parameter}` of every route that a controller adds."""
    found: set[str] = set()
    for path in sorted(SOURCES.rglob("*.swift")):
        text = path.read_text()
        if "let dialect: any FilesDialect" in text:
            assert len(CALL.findall(text)) == len(FILES), f"{path.name} declares other routes than are known here"
            found |= {route.format(**names) for names in files_dialects() for route in FILES}
            continue
        matches = list(DECLARED.finditer(text))
        assert len(matches) == len(CALL.findall(text)), f"{path.name} declares routes in a way that is not understood"
        for match in matches:
            base = ""
            if match[1] == "group":
                base = [group for group in GROUP.finditer(text) if group.start() < match.start()][-1][1]
            for tail in tails(text, match):
                found.add(f"{match[2].upper()} {base}{tail}")
    return found


FILES = ("POST {uploadPath}", "GET {path}", "GET {path}/{{{nameParameter}}}", "DELETE {path}/{{{nameParameter}}}")
"""The routes that each dialect of files has, under names of its own."""


def files_dialects() -> list[dict[str, str]]:
    found = [dict(re.findall(r'let (path|uploadPath|nameParameter) = "([^"]+)"', path.read_text()))
             for path in SOURCES.rglob("*.swift") if re.search(r": FilesDialect\b", path.read_text())]
    assert len(found) >= 2 and all(len(names) == 3 for names in found), found
    return found


def tails(text: str, match: re.Match) -> list[str]:
    """What stands behind the group's path: a text, or in a loop the texts of its list with what is added."""
    name = match[5] or (match[3] and match[3].rstrip("+ \n"))
    if not name:
        return [match[4]]
    loops = [loop for loop in LOOP.finditer(text) if loop.start() < match.start() and name in (loop[1], loop[2])]
    assert loops, f"no loop gives the paths of {match[0]}"
    return [each + (match[4] or "") for each in re.findall(r'"([^"]+)"', loops[-1][3])]


def events() -> set[str]:
    """The names of the events that clients of the chat may send."""
    found: set[str] = set()
    for path in sorted((SOURCES / "Events").glob("*.swift")):
        text = path.read_text()
        named = re.findall(r'namespace\.on\("([^"]+)"\)', text)
        listed = re.search(r"static let moderation: .*? = \[(.*?)\n    \]", text, re.S)
        loops = 1 if "in Self.moderation" in text else 0
        assert len(named) + loops == len(re.findall(r"namespace\.on\(", text)), path
        found.update(named)
        if listed:
            found.update(re.findall(r'\("([^"]+)", ', listed[1]))
    return found
