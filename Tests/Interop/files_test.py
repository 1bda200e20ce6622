"""Files over REST and Socket.IO, as clients of the Socket.IO dialect and of the native API share them."""

import base64
import concurrent.futures
import contextlib
import http.client
import io
import os
import pathlib
import random
import re
import select
import socket
import struct
import time
import urllib.parse
import zipfile
import zlib

import requests

import harness
from chat_client import PASSWORD, Guest, House


def png(width=7, height=5, tail=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    content = chunk(b"IDAT", zlib.compress(b"\0" * height * (width + 1)))
    return b"\x89PNG\r\n\x1a\n" + head + content + chunk(b"IEND", b"") + tail


def upload(house, room, content, name="a.bin", **fields):
    return requests.post(
        f"{house.server.url}/chat/{room}/upload", files={"file": (name, content)},
        data={"user_id": "ann", "password": PASSWORD, **fields}, timeout=harness.PATIENCE)


def blobs(house):
    folder = house.server.data / "files"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def download(house, room, name, **headers):
    return requests.get(
        f"{house.server.url}/chat/{room}/files/{name}", params={"password": PASSWORD}, headers=headers,
        timeout=harness.PATIENCE)


def test_the_dialect_from_upload_to_deletion():
    house = House()
    room = house.room()
    with Guest(house) as ann, Guest(house) as bob:
        ann.join(room, "bob")
        content = png()
        answer = upload(house, room, content, "photo.png", message="look")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["success"] is True and told["message"]
        file = told["file"]
        assert {"id", "filename", "stored_filename", "size", "type", "uploaded_by", "uploaded_at"} <= set(file)
        assert "path" not in file and "client_ip" not in file
        assert (file["filename"], file["size"], file["type"]) == ("photo.png", len(content), "image/png")
        assert file["stored_filename"] == f"{file['id']}.png" and file["uploaded_by"] == "ann"
        event = ann.wait("file_uploaded", room=room, stored_filename=file["stored_filename"])
        assert event["file"] == file
        message = ann.wait("message", message="look")
        assert message["attachments"][0]["width"] == 7 and "media" not in message
        bob.join(room, "carl")
        listed = bob.wait("files_list", room=room)
        assert listed["files"] == [file]
        listed = requests.get(
            f"{house.server.url}/chat/{room}/files", params={"password": PASSWORD}, timeout=harness.PATIENCE).json()
        assert listed["success"] is True and listed["files"] == [file]
        got = download(house, room, file["stored_filename"])
        assert got.status_code == 200 and got.content == content
        assert got.headers["Content-Type"] == "image/png"
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Cache-Control"] == "private"
        assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert got.headers["Content-Disposition"].startswith("inline;")
        gone = requests.delete(
            f"{house.server.url}/chat/{room}/files/{file['stored_filename']}",
            json={"user_id": "ann", "password": PASSWORD}, timeout=harness.PATIENCE)
        assert gone.status_code == 200 and gone.json()["success"] is True
        assert ann.wait("file_deleted")["filename"] == file["stored_filename"]
        assert download(house, room, file["stored_filename"]).status_code == 404
        assert not blobs(house)


def test_nobody_without_a_proof_gets_a_file_or_leaves_one():
    house = House()
    room = house.room()
    file = upload(house, room, b"secret words").json()["file"]
    base = f"{house.server.url}/chat/{room}"
    for where in (room, "no-such-room"):
        url = f"{house.server.url}/chat/{where}"
        answers = [
            requests.get(f"{url}/files", timeout=60),
            requests.get(f"{url}/files/{file['stored_filename']}", timeout=60),
            requests.delete(f"{url}/files/{file['stored_filename']}", json={"user_id": "eve"}, timeout=60),
            requests.post(f"{url}/upload", files={"file": ("a", b"x" * 100_000)}, data={"user_id": "eve"}, timeout=60),
            requests.post(
                f"{url}/upload", files={"file": ("a", b"x")}, data={"user_id": "eve", "password": "wrong"}, timeout=60),
        ]
        for answer in answers:
            assert answer.status_code == 401, (where, answer.status_code, answer.text)
            assert answer.json() == {
                "success": False, "error": "Access denied! Verify your IP or provide the correct password."}
    assert requests.get(f"{base}/files", timeout=60).status_code == 401
    harness.wait_until(lambda: len(blobs(house)) == 1, "one file stays")


def test_a_password_behind_the_file_is_as_good_as_one_before_it():
    house = House()
    room = house.room()
    body = io.BytesIO()
    for name, value, more in [
        ("file", png(), '; filename="a.png"'), ("user_id", b"ann", ""), ("password", PASSWORD.encode(), "")]:
        body.write(f'--frontier\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode())
        body.write(value + b"\r\n")
    body.write(b"--frontier--\r\n")
    answer = requests.post(
        f"{house.server.url}/chat/{room}/upload", data=body.getvalue(),
        headers={"Content-Type": "multipart/form-data; boundary=frontier"}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert len(blobs(house)) == 1


def memory(house):
    for line in pathlib.Path(f"/proc/{house.server.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def test_twenty_megabytes_stream_through_little_memory():
    house = House()
    room = house.room()
    content = os.urandom(1 << 20) * 20
    # What the first one makes once (threads, caches) is no growth.
    file = upload(house, room, content[:1 << 20]).json()["file"]
    download(house, room, file["stored_filename"])
    before = memory(house)
    most = [before]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sending = pool.submit(upload, house, room, content)
        while not sending.done():
            most.append(memory(house))
            time.sleep(0.005)
        answer = sending.result()
        assert answer.status_code == 200, answer.text
        fetching = pool.submit(download, house, room, answer.json()["file"]["stored_filename"])
        while not fetching.done():
            most.append(memory(house))
            time.sleep(0.005)
        assert fetching.result().content == content
    growth = max(most) - before
    print(f"  memory grew by {growth >> 10} KiB")
    assert growth < 12 << 20, growth


def test_a_connection_cut_half_way_leaves_nothing():
    house = House()
    room = house.room()
    head = (
        f"POST /chat/{room}/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 5000000\r\n\r\n"
        f'--b\r\nContent-Disposition: form-data; name="user_id"\r\n\r\nann\r\n'
        f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{PASSWORD}\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", house.server.port)) as connection:
            connection.sendall(head.encode() + b"x" * 2_000_000)
            harness.wait_until(lambda: blobs(house), "the file has begun")
        harness.wait_until(lambda: not blobs(house), "the file is gone")
    # None of them holds a place.
    assert upload(house, room, b"x").status_code == 200


def test_an_upload_that_is_sent_again_is_stored_once():
    """D13: the answer to the first one may have been lost."""
    house = House()
    room = house.room()
    answers = [upload(house, room, b"the same", client_id="once") for _ in range(3)]
    # Also where they come together.
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        tasks = [pool.submit(upload, house, room, b"the same", client_id="once") for _ in range(3)]
        answers += [task.result() for task in tasks]
    assert [answer.status_code for answer in answers] == [200] * 6, [answer.text for answer in answers]
    (name,) = {answer.json()["file"]["stored_filename"] for answer in answers}
    assert download(house, room, name).content == b"the same"
    harness.wait_until(lambda: len(blobs(house)) == 1, "one file stays")
    assert len(house.history(room)) == 1


def test_many_uploads_that_stop_half_way_hold_little_and_leave_nothing():
    """S18: from many addresses at once."""
    house = House(PARLEY_UPLOADS="40", PARLEY_RATE_LIMITS="on")
    room = house.room()
    head = (
        f"POST /chat/{room}/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 20000000\r\n\r\n"
        f'--b\r\nContent-Disposition: form-data; name="user_id"\r\n\r\nann\r\n'
        f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{PASSWORD}\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n').encode()
    before, held = memory(house), []
    for number in range(60):
        held.append(socket.create_connection(
            ("127.0.0.1", house.server.port), harness.PATIENCE, source_address=(f"127.0.5.{number // 2 + 1}", 0)))
        held[-1].sendall(head + b"x" * 200_000)
    # As many have begun as may; the others are told to wait.
    harness.wait_until(lambda: len(blobs(house)) == 40, "the first of them have begun")
    harness.wait_until(lambda: len(select.select(held, [], [], 0)[0]) == 20, "the others are refused")
    for each in select.select(held, [], [], 0)[0]:
        # Who goes on sending where nobody reads loses the answer.
        with contextlib.suppress(ConnectionError):
            answer = each.recv(4096)
            assert re.match(rb"HTTP/1.1 (429|503) ", answer), answer
    assert download(house, room, "nothing.bin").status_code == 404
    growth = memory(house) - before
    print(f"  memory grew by {growth >> 10} KiB")
    assert growth < 64 << 20, growth
    for each in held:
        each.close()
    harness.wait_until(lambda: not blobs(house), "the files are gone")
    assert upload(house, room, b"x").status_code == 200


def test_limits_are_crossed_by_one_byte():
    house = House(PARLEY_FILE_SIZE="1000", PARLEY_ROOM_SPACE="2500", PARLEY_SERVER_SPACE="3000")
    room, other = house.room(), house.room()
    assert upload(house, room, b"x" * 1001).status_code == 413
    assert upload(house, room, b"x" * 1000).status_code == 200
    assert upload(house, room, b"x" * 1000).status_code == 200
    assert upload(house, room, b"x" * 501).status_code == 507
    assert upload(house, room, b"x" * 500).status_code == 200
    assert upload(house, other, b"x" * 501).status_code == 507
    refused = requests.post(
        f"{house.server.url}/api/v1/rooms/{other}/files", data=b"x" * 501,
        params={"user_id": "ann", "password": PASSWORD}, timeout=60)
    assert refused.status_code == 507 and refused.json()["error"]["code"] == "server_space", refused.text
    assert upload(house, other, b"x" * 500).status_code == 200
    harness.wait_until(lambda: len(blobs(house)) == 4, "four files stay")


def test_nothing_that_a_browser_would_run_is_inline():
    house = House()
    room = house.room()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 50_000_000)
    script = b"<script>alert(1)</script>"
    cases = [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.html", b"<!doctype html>" + script),
        ("a.png", b"  \n<html>" + script), ("a.jpg", b"\xef\xbb\xbf<svg>"), ("a.gif", b"<?xml version='1.0'?><svg/>"),
        ("a.zip", bomb.getvalue()), ("a.pdf", b"%PDF-1.7\n" + script), ("a.js", b"PK\x03\x04" + script),
        ("a.png", b"\x7fELF" + b"\0" * 100), ("a.swf", b"CWS\x0a\0\0\0\0"),
    ]
    for name, content in cases:
        file = upload(house, room, content, name).json()["file"]
        got = download(house, room, file["stored_filename"])
        assert got.content == content
        assert got.headers["Content-Disposition"].startswith("attachment;"), (name, got.headers)
        assert got.headers["Content-Type"].split(";")[0] not in ("text/html", "image/svg+xml", "text/xml"), name
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    # A picture that is a page, too, is a picture and nothing else.
    for content in (png(tail=script), b"GIF89a/*" + b"\0" * 20 + b"*/=1;" + script):
        file = upload(house, room, content, "a.html").json()["file"]
        got = download(house, room, file["stored_filename"])
        assert got.headers["Content-Type"].startswith("image/") and got.headers["X-Content-Type-Options"] == "nosniff"


def test_names_lead_nowhere():
    house = House()
    room = house.room()
    names = [
        "../../etc/passwd", "..\\..\\windows\\a.exe", "/etc/passwd", "a\u202egpj.exe", "....//....//a", ".htaccess",
        "a" * 600 + ".png", "con.", "\u2028a", "a\tb", "%2e%2e%2fa", "a;b=c", 'a"b', "\U0001f600.png",
    ]
    for name in names:
        answer = upload(house, room, b"x", name)
        assert answer.status_code == 200, (name, answer.text)
        shown = answer.json()["file"]["filename"]
        assert not set(shown) & set('/\\\0\u202e\u2028\r\n"<>|?*') and shown not in (".", "..", ""), (name, shown)
        assert len(shown.encode()) <= 255 and not shown.startswith(".")
        got = download(house, room, answer.json()["file"]["stored_filename"])
        assert got.status_code == 200 and "\n" not in got.headers["Content-Disposition"]
    folder = house.server.data
    assert {path.parent.parent.parent.name for path in blobs(house)} == {"files"}
    assert not [path for path in folder.rglob("*") if "passwd" in path.name or "htaccess" in path.name]
    secret = (folder / "encryption.keys").read_bytes().split()[-1]
    ways = [
        "..", "../parley.db", "..%2fparley.db", "%2e%2e%2fparley.db", "..%5cparley.db", "%00", "..%00",
        "....//parley.db",
        "..%252fparley.db", "%c0%ae%c0%ae%2fparley.db", "..;/parley.db", ".%2e/parley.db", "encryption.keys",
        "../encryption.keys", "..%2fencryption.keys", "%2fetc%2fpasswd", "/etc/passwd", "..%c0%afparley.db",
        "%uff0e%uff0e/parley.db", "~", "*", "a%0d%0aX:%20y",
    ]
    for way in ways:
        for prefix in (f"/chat/{room}/files/", f"/api/v1/rooms/{room}/files/", "/chat/../files/", "/files/"):
            connection = http.client.HTTPConnection("127.0.0.1", house.server.port, timeout=60)
            connection.putrequest("GET", f"{prefix}{way}?password={urllib.parse.quote(PASSWORD)}", skip_host=False)
            connection.endheaders()
            answer = connection.getresponse()
            content = answer.read()
            assert 400 <= answer.status < 500, (prefix, way, answer.status)
            assert b"SQLite" not in content and secret not in content and b"root:" not in content
            connection.close()


def test_parts_of_a_file():
    house = House()
    room = house.room()
    content = random.Random(3).randbytes(300_000)
    name = upload(house, room, content).json()["file"]["stored_filename"]
    whole = download(house, room, name)
    tag = whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    for field, start, end in [
        ("bytes=0-0", 0, 1), ("bytes=100-65535", 100, 65536), ("bytes=65535-65536", 65535, 65537),
        ("bytes=299999-", 299_999, 300_000), ("bytes=-10", 299_990, 300_000), ("bytes=5-999999999", 5, 300_000)]:
        got = download(house, room, name, Range=field)
        assert got.status_code == 206 and got.content == content[start:end], field
        assert got.headers["Content-Range"] == f"bytes {start}-{end - 1}/300000"
    past = download(house, room, name, Range="bytes=300000-")
    assert past.status_code == 416 and past.headers["Content-Range"] == "bytes */300000"
    assert download(house, room, name, Range="bytes=0-1", **{"If-Range": tag}).status_code == 206
    assert download(house, room, name, Range="bytes=0-1", **{"If-Range": '"other"'}).status_code == 200
    assert download(house, room, name, **{"If-None-Match": tag}).status_code == 304
    head = requests.head(
        f"{house.server.url}/chat/{room}/files/{name}", params={"password": PASSWORD}, timeout=harness.PATIENCE)
    assert head.status_code == 200 and head.content == b"" and head.headers["Content-Length"] == "300000"


def test_media_inside_a_message():
    house = House()
    room = house.room()
    content = png()
    data = "data:image/png;base64," + base64.b64encode(content).decode()
    with Guest(house) as ann, Guest(house) as bob:
        ann.join(room, "ann")
        bob.join(room, "bob")
        media = {"type": "image/png", "data": data, "name": "p.png"}
        answer = ann.ask("message", room=room, user_id="ann", message="", media=media)
        assert answer["status"] == "success", answer
        for guest in (ann, bob):
            got = guest.wait("message", id=answer["message_id"])
            assert got["message"] == "" and {key: got["media"][key] for key in media} == media
        assert bob.wait("file_uploaded")["filename"] == "p.png"
        old = house.history(room, user_id="bob")[-1]
        assert {key: old["media"][key] for key in media} == media and old["is_sent"] is False
        # What a type says counts for nothing.
        page = "data:image/png;base64," + base64.b64encode(b"<html><script>1</script>").decode()
        answer = ann.ask("message", room=room, user_id="ann", message="x", media={**media, "data": page})
        got = bob.wait("message", id=answer["message_id"])
        assert got["media"]["type"] == "application/octet-stream"
        assert got["media"]["data"].startswith("data:application/octet-stream;base64,")
        for wrong in ("x", {"data": "javascript:1"}, {"data": "data:image/png;base64,%%"}, {}, {"data": 5}, []):
            answer = ann.ask("message", room=room, user_id="ann", message="x", media=wrong)
            assert answer["status"] == "error", (wrong, answer)
        removed = ann.ask("delete", room=room, message_id=old["id"])
        assert removed["status"] == "success"
        bob.wait("file_deleted", filename=old["media"]["stored_filename"])
    harness.wait_until(lambda: len(blobs(house)) == 1, "one file stays")


def test_the_native_routes():
    house = House()
    room = house.room()
    url = f"{house.server.url}/api/v1/rooms/{room}/files"
    who = {"user_id": "ann", "token": house.token(room)}
    made = []
    for number in range(3):
        answer = requests.post(
            url, params=who, data=png(), timeout=60,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''f%C3%BC{number}.png"})
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    assert made[0]["name"] == "fü0.png" and made[0]["inline"] and made[0]["family"] == "image"
    first = requests.get(url, params={**who, "limit": 2}, timeout=60).json()
    assert [file["id"] for file in first["files"]] == [made[2]["id"], made[1]["id"]] and first["next"] == made[1]["id"]
    rest = requests.get(url, params={**who, "after": first["next"]}, timeout=60).json()
    assert [file["id"] for file in rest["files"]] == [made[0]["id"]] and rest["next"] is None
    ticket = requests.post(f"{url}/ticket", params=who, timeout=60).json()
    assert ticket["expires_in"] == 300
    for name in (made[0]["id"], made[0]["stored_name"]):
        got = requests.get(f"{url}/{name}", params={"ticket": ticket["ticket"]}, timeout=60)
        assert got.status_code == 200 and got.content == png()
    refused = requests.post(f"{url}/ticket", params={"ticket": ticket["ticket"]}, timeout=60)
    assert refused.status_code == 401 and refused.json()["error"]["code"] == "access_denied"
    other = requests.get(f"{house.server.url}{made[0]['url']}", timeout=60)
    assert other.status_code == 401, other.text
    # Somebody else, who may write and not clear.
    house.token(room, source="127.0.0.1")
    refused = requests.delete(f"{url}/{made[0]['id']}", params={"user_id": "eve"}, timeout=60)
    assert refused.status_code == 403 and refused.json()["error"]["code"] == "not_author", refused.text
    gone = requests.delete(f"{url}/{made[0]['id']}", params=who, json={"password": PASSWORD}, timeout=60)
    assert gone.status_code == 204, gone.text
    missing = requests.get(f"{url}/{made[0]['id']}", params=who, timeout=60)
    assert missing.status_code == 404 and missing.json()["error"]["code"] == "not_found"
    broken = requests.post(
        url, params=who, data=b"--x", headers={"Content-Type": "multipart/form-data; boundary=b"}, timeout=60)
    assert broken.status_code == 400 and set(broken.json()["error"]) >= {"code", "message"}, broken.text


def test_nothing_of_a_file_stands_on_the_disk_in_clear():
    house = House()
    room = house.room()
    canary = "canary-" + os.urandom(8).hex()
    file = upload(house, room, (canary * 1000).encode(), f"{canary}.txt", message=f"see {canary}").json()["file"]
    with Guest(house) as ann:
        ann.join(room, "ann")
        data = "data:text/plain;base64," + base64.b64encode(canary.encode()).decode()
        ann.ask("message", room=room, user_id="ann", message="m", media={"name": canary, "data": data, "type": "text"})
    assert download(house, room, file["stored_filename"]).text.startswith(canary)
    house.server.kill()
    forms = [canary.encode(), base64.b64encode(canary.encode())[:20]]
    for path in house.server.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(form in content for form in forms), path
    assert canary not in "\n".join(house.server.lines)
