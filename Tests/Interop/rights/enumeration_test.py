"""Nobody learns by asking whether an account, a room, an invitation or a session is there."""

from __future__ import annotations

import functools
import re

from rights.town import PASSWORD, Account, Reply, Town, quoted

PART = "attack"


@functools.cache
def town() -> Town:
    return Town()


@functools.cache
def ann() -> Account:
    return town().account("ann")


@functools.cache
def bob() -> Account:
    return town().account("bob")


def shape(reply: Reply, *names: str) -> tuple:
    """What tells answers apart, without the names that were asked for."""
    text = reply.text
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}\b", "…", text)
    return reply.status, text, sorted(name for name in reply.headers.keys() if name != "Date")


def same(*replies: tuple) -> None:
    assert len({str(reply) for reply in replies}) == 1, replies


def test_a_log_in_tells_nothing_of_accounts():
    """S5: an unknown name, a wrong password, a disabled account and one without a password have one answer."""
    ann()
    town().account("disabled")
    town().govern("PATCH", "/api/v1/admin/users/disabled", {"disabled": True})
    town().govern("POST", "/api/v1/admin/users", {"username": "linked"})
    source = town().address()

    def answer(name: str, password: str = "wrong password") -> tuple:
        body = {"username": name, "password": password}
        return shape(town().ask("POST", "/api/v1/auth/login", body, source=source), name)

    same(answer("ann"), answer("nobody"), answer("disabled"), answer("disabled", PASSWORD), answer("linked"),
         answer("ann@example.org"), answer("nobody@example.org"), answer("a" * 500), answer("ann", "x" * 500))


def test_a_sign_in_link_tells_nothing_of_accounts():
    """S5: one that was used, one that another replaced, one of a deleted account and one that never was."""
    def link(name: str) -> str:
        return town().govern("POST", f"/api/v1/admin/users/{name}/sign-in-link", {}).json["token"]

    for name in ("used", "replaced", "gone"):
        town().account(name)
    used, replaced, gone = link("used"), link("replaced"), link("gone")
    town().done("POST", "/api/v1/auth/link", {"token": used})
    link("replaced")
    town().govern("DELETE", "/api/v1/admin/users/gone", {})
    source = town().address()
    same(*(shape(town().ask("POST", "/api/v1/auth/link", {"token": token}, source=source), token)
           for token in (used, replaced, gone, "A" * len(used), swapped(used))))


def swapped(token: str) -> str:
    return token[:-2] + ("AA" if token[-2:] != "AA" else "BB")


def test_an_invitation_tells_nothing_of_rooms():
    """S5: one that is used up, one that was withdrawn, one to a room that is gone and one that never was."""
    for room in ("kept", "gone"):
        town().done("POST", "/api/v1/rooms", {"id": room, "kind": "private"}, bearer=ann().access)

    def invitation(room: str, **limits: int) -> dict:
        path = f"/api/v1/rooms/{room}/invitations"
        return town().done("POST", path, limits, bearer=ann().access).json

    used, withdrawn, gone = invitation("kept", uses=1), invitation("kept"), invitation("gone")
    town().done("POST", f"/api/v1/invitations/{used['token']}", {}, bearer=bob().access)
    town().done("DELETE", f"/api/v1/rooms/kept/invitations/{withdrawn['id']}", bearer=ann().access)
    town().done("DELETE", "/api/v1/rooms/gone", bearer=ann().access)
    tokens = [used["token"], withdrawn["token"], gone["token"], "A" * 32]
    for method, body in (("GET", None), ("POST", {"user_id": "guest"})):
        same(*(shape(town().ask(method, f"/api/v1/invitations/{token}", body), token) for token in tokens))


def test_a_room_is_as_one_that_is_not_there():
    """S5: for a wrong password, a wrong token and none, over each way to show one; a private room always."""
    town().done("POST", "/room/create", {"room_id": "there-1", "password": PASSWORD})
    town().done("POST", "/api/v1/rooms", {"id": "hidden1", "kind": "private"}, bearer=ann().access)
    source = town().address()

    def answers(room: str) -> list[tuple]:
        asked = [("POST", "/auth/token", {"room_id": room, "password": "wrong"}),
                 ("POST", "/admin/delete_room", {"room_id": room, "password": "wrong"}),
                 ("POST", "/admin/clear_chat", {"room_id": room, "password": "wrong"}),
                 ("POST", f"/room/{room}/verify_ip", {"ip": "192.0.2.1", "password": "wrong"}),
                 ("GET", f"/chat/{room}/messages?password=wrong", None), ("GET", f"/chat/{room}/messages", None),
                 ("GET", f"/chat/{room}/messages?token=x", None), ("GET", f"/api/v1/rooms/{room}", None),
                 ("POST", f"/api/v1/rooms/{room}/join", {"password": "wrong"})]
        return [shape(town().ask(*each, source=source), room) for each in asked] + [
            shape(town().ask(*each, bearer=bob().access, source=source), room) for each in asked]

    same(answers("there-1"), answers("nowhere"), answers("hidden1"))
    same(*(shape(town().ask("POST", f"/chat/{room}/verify", {"password": "wrong"}, source=source), room)
           for room in ("nowhere", "hidden1")))


def test_a_session_is_its_own_accounts():
    """S5: to end somebody's session answers as for one that is not there, and ends nothing."""
    random = "00000000-0000-4000-8000-000000000000"
    same(*(shape(town().ask("DELETE", f"/api/v1/me/sessions/{session}", bearer=bob().access), session)
           for session in (ann().session, random, town().administrator.session)))
    assert town().ask("GET", "/api/v1/me", bearer=ann().access).status == 200


def test_a_conversation_is_found_by_its_people_alone():
    """S5: a person that there is not, and one who is disabled, have one answer."""
    town().account("left")
    town().govern("PATCH", "/api/v1/admin/users/left", {"disabled": True})
    same(*(shape(town().ask("POST", "/api/v1/rooms", {"kind": "direct", "people": [name]}, bearer=ann().access), name)
           for name in ("left", "unheard-of")))


def test_what_is_open_to_administrators_is_not_there_for_others():
    """S5, S26: the answer is that of an address at which nothing is."""
    paths = ["/api/v1/admin/users", "/api/v1/admin/users/ann", "/api/v1/admin/users/nobody",
             "/api/v1/admin/rooms/lobby",
             "/api/v1/admin/rooms/nowhere", "/api/v1/admin/nothing"]
    same(*((reply.status, reply.text) for reply in (town().ask("GET", path, bearer=bob().access) for path in paths)))


def test_a_profile_tells_no_more_than_the_name():
    """S5, defect of seed 003: no address of anybody is told to others."""
    ann()
    room = "profiles"
    town().done("POST", "/api/v1/rooms", {"id": room, "kind": "public"}, bearer=ann().access)
    told = [town().ask("GET", path, bearer=bob().access).text for path in (
        "/user/profile/ann", f"/api/v1/rooms/{room}/members", f"/api/v1/rooms/{room}", "/api/v1/rooms",
        f"/user/presence?room_id={room}", f"/user/profile/{quoted('ann@example.org')}")]
    assert not any("ann@" in text.replace(quoted("ann@example.org"), "") for text in told), told
