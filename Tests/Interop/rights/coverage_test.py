"""Each route and event that the sources declare has its row: who adds one says who may use it."""

from __future__ import annotations

import re

from rights import declared, registry

PART = "attack"


def pattern(route: str) -> re.Pattern:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)))


def matching(name: str, routes: set[str]) -> str | None:
    """The declared route that a row's name leads to: literal parts go before parameters."""
    found = [route for route in routes if pattern(route).fullmatch(name)]
    return min(found, key=lambda route: route.count("{"), default=None)


def covered(routes: set[str]) -> set[str | None]:
    rows = {row.name for row in registry.NATIVE + registry.SEED}
    others = {*registry.ANYBODY, *registry.OPERATORS, *registry.OWN, *registry.ADMINISTRATORS}
    return {matching(name, routes) for name in rows} | others


def test_every_route_has_a_row():
    """S11, S12: a new route without an entry fails."""
    routes = declared.routes()
    assert len(routes) > 100
    assert routes - covered(routes) == set(), "rights/registry.py has no row for these"
    assert covered(routes) - routes == set(), "rights/registry.py has rows for routes that are gone"


def test_every_event_has_a_row():
    """S11, S12, S14: a new event without an entry fails."""
    rows = {row.name for row in [registry.JOIN, *registry.EVENTS]}
    assert rows | registry.ROOMLESS_EVENTS == declared.events()
