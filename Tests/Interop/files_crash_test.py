"""SIGKILL during uploads: afterwards every file has its message, and every message its file."""

import concurrent.futures
import os
import random
import threading

import requests

from chat_client import House
from maintenance import stored_files

PART = "crash"
KILLS = 12


def upload(house, room, content):
    try:
        answer = requests.post(
            f"{house.server.url}/chat/{room}/upload", files={"file": ("a.bin", content)},
            data={"user_id": f"u{threading.get_ident()}"}, timeout=60)
        return answer.json()["file"]["stored_filename"] if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        return None


def check(house, acknowledged):
    missing = {name.split(".")[0] for name in acknowledged} - stored_files(house.server.data)
    assert not missing, missing


def test_no_orphan_and_no_message_without_its_file_after_kills():
    house = House(PARLEY_UPLOADS_PER_PERSON="100")
    room = house.room()
    # This machine is let in from now on, so that nobody's password has to be hashed.
    house.token(room, source="127.0.0.1")
    chance = random.Random(7)
    acknowledged = set()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for _ in range(KILLS):
            tasks = [pool.submit(upload, house, room, os.urandom(chance.randrange(1, 400_000))) for _ in range(12)]
            threading.Event().wait(0.02 + chance.random() * 0.6)
            house.server.kill()
            acknowledged |= {task.result() for task in tasks} - {None}
            house.server.start()
            check(house, acknowledged)
    assert upload(house, room, b"still here")
    print(f"  {KILLS} kills, {len(acknowledged)} files acknowledged")


test_no_orphan_and_no_message_without_its_file_after_kills.deadline = 600
